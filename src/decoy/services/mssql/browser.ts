/**
 * SQL Server Browser (MC-SQLR 2.2):
 *
 *   request = 0x02 / 0x03                    ; all instances, by broadcast or of this machine
 *           / 0x04 name NUL                  ; one instance
 *           / 0x0f 0x01 name NUL             ; the port of its dedicated administrator connection
 *   reply   = 0x05 size:u16le text           ; of pairs and semicolons
 *           / 0x05 0x06 0x00 0x01 port:u16le
 *
 * A request of one octet brings about a reply of a hundred: with a forged source that is an amplifier, and the protocol
 * has neither a cookie nor short replies. Hence the text is for proven sources only, which the runtime sees to: those
 * that have connected by TCP of late. Scanners that ask for instances have usually done so.
 */
import type {ServiceEvent} from '../../../events/event.ts'
import {sample} from '../../sample.ts'
import type {UdpHandler} from '../../service.ts'
import type {Instance} from './inside/session-state.ts'

const KIND = {BROADCAST: 0x02, ALL: 0x03, INSTANCE: 0x04, ADMINISTRATOR: 0x0f} as const
const REPLY = 0x05
const ADMINISTRATOR_PORT = 1434
const NAMES: Readonly<Record<number, string>> = {
  [KIND.BROADCAST]: 'CLNT_BCAST_EX',
  [KIND.ALL]: 'CLNT_UCAST_EX',
  [KIND.INSTANCE]: 'CLNT_UCAST_INST',
  [KIND.ADMINISTRATOR]: 'CLNT_UCAST_DAC',
}

export function browser(instance: Instance): UdpHandler {
  return {
    datagram: (bytes, connection) => {
      const {reply, name} = answer(bytes, instance)
      const known = NAMES[bytes[0] ?? 0]
      const event: ServiceEvent =
        known === undefined
          ? {event: 'malformed', data: {sample: sample(bytes, connection.limits.sample)}}
          : {event: 'request', data: {request: known, ...(name && {instance: sample(name, connection.limits.sample)})}}
      return {replies: reply === null ? [] : [reply], events: [event]}
    },
  }
}

function answer(bytes: Buffer, instance: Instance): {reply: Buffer | null; name: Buffer | null} {
  switch (bytes[0]) {
    case KIND.BROADCAST:
    case KIND.ALL:
      return {reply: described(instance), name: null}
    case KIND.INSTANCE: {
      const name = nameAt(bytes, 1)
      return {reply: names(name, instance) ? described(instance) : null, name}
    }
    case KIND.ADMINISTRATOR: {
      const name = nameAt(bytes, 2)
      const reply = Buffer.from([REPLY, 6, 0, 1, 0, 0])
      reply.writeUInt16LE(ADMINISTRATOR_PORT, 4)
      return {reply: bytes[1] === 1 && names(name, instance) ? reply : null, name}
    }
    default:
      return {reply: null, name: null}
  }
}

function nameAt(bytes: Buffer, from: number): Buffer {
  const end = bytes.indexOf(0, from)
  return bytes.subarray(from, end < 0 ? bytes.length : end)
}

const names = (name: Buffer, instance: Instance): boolean =>
  name.toString('latin1').toUpperCase() === instance.name.toUpperCase()

function described({serverName, name, release, port}: Instance): Buffer {
  const machine = serverName.split('\\')[0] ?? ''
  const text = `ServerName;${machine};InstanceName;${name};IsClustered;No;Version;${release.installed};tcp;${port};;`
  const head = Buffer.from([REPLY, 0, 0])
  head.writeUInt16LE(text.length, 1)
  return Buffer.concat([head, Buffer.from(text, 'latin1')])
}
