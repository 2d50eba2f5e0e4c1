/** What resolvers send. */
import {CLASS, FLAG, OPCODE, TYPE} from '../../../../src/decoy/codecs/dns/constants.ts'
import {type Message, readMessage} from '../../../../src/decoy/codecs/dns/message.ts'
import {nameOf} from '../../../../src/decoy/codecs/dns/name.ts'
import {type OptData, opt} from '../../../../src/decoy/codecs/dns/records.ts'
import {writeMessage} from '../../../../src/decoy/codecs/dns/writer.ts'

export interface Asked {
  readonly id?: number
  readonly opcode?: number
  readonly flags?: number
  readonly class?: number
  readonly edns?: Partial<OptData> & {readonly version?: number}
}

const ID = 0x1337

export function query(name: string, type: keyof typeof TYPE | number, asked: Asked = {}): Buffer {
  const {id = ID, opcode = OPCODE.QUERY, flags = FLAG.RECURSION_DESIRED, edns} = asked
  const number = typeof type === 'number' ? type : TYPE[type]
  const record = edns === undefined ? [] : [opt({size: 1232, ...edns})]
  const additionals = record.map((one) => ({...one, ttl: one.ttl + (edns?.version ?? 0) * 0x1_0000}))
  return writeMessage({
    id,
    flags: flags | (opcode << 11),
    questions: [{name: nameOf(name), type: number, class: asked.class ?? CLASS.IN}],
    additionals,
  })
}

export const chaos = (name: string, asked: Asked = {}): Buffer => query(name, 'TXT', {...asked, class: CLASS.CHAOS})

export const read = (bytes: Buffer | undefined): Message => readMessage(bytes ?? Buffer.alloc(0))

/** A message behind its length, as TCP carries it (RFC 1035 §4.2.2). */
export function framed(message: Buffer): Buffer {
  const length = Buffer.alloc(2)
  length.writeUInt16BE(message.length)
  return Buffer.concat([length, message])
}
