import type {OptionValues} from '../../../../src/decoy/definition.ts'
import {Persona, type PersonaFacts} from '../../../../src/decoy/persona.ts'
import type {Connection, Service} from '../../../../src/decoy/service.ts'
import type {NetworkState} from '../../../../src/decoy/services/snmp/mib/network.ts'
import {createAgent} from '../../../../src/decoy/services/snmp/server.ts'
import {openMessage, readCommunity, readCommunityPdu} from '../../../../src/decoy/services/snmp/wire/message.ts'
import {PDU, type Pdu, type VarBind} from '../../../../src/decoy/services/snmp/wire/pdu.ts'
import type {ServiceEvent} from '../../../../src/events/event.ts'
import {udpConnection} from '../../../support/abuse-udp.ts'
import {DEBIAN_MACHINE} from '../../../support/machine-facts.ts'
import {type Asking, request} from './corpus.ts'

export const FACTS: PersonaFacts = {
  ...DEBIAN_MACHINE,
  domain: 'corp.example',
  seed: '5a'.repeat(32),
  since: '2026-01-03T04:05:06.000Z',
  fleet: {seed: 'a1'.repeat(32), site: 'ber', controller: 'DC01'},
}

/** Every kind of machine, as its archetype has it. */
export const MACHINES: Readonly<Record<string, {facts: Partial<PersonaFacts>; options?: OptionValues}>> = {
  'net-snmp': {facts: {}},
  windows: {facts: {os: 'windows_server', distro: 'windows2022'}},
  cisco: {facts: {os: 'cisco', distro: 'ios', archetype: 'switch', mac: '58:97:bd:11:22:33'}},
  printer: {facts: {os: 'embedded', distro: 'embedded', archetype: 'printer', mac: '3c:d9:2b:11:22:33'}},
  ups: {facts: {os: 'embedded', distro: 'embedded', mac: '00:c0:b7:11:22:33'}, options: {product: 'ups'}},
  synology: {facts: {archetype: 'nas', mac: '00:11:32:11:22:33'}},
  axis: {facts: {os: 'embedded', distro: 'embedded', archetype: 'iot-device', mac: 'ac:cc:8e:11:22:33'}},
  plc: {facts: {os: 'embedded', distro: 'embedded', archetype: 'industrial-control', mac: '00:1b:1b:11:22:33'}},
}

export const NETWORK: NetworkState = {
  ports: [
    {protocol: 'tcp', ip: '192.168.1.5', port: 22},
    {protocol: 'udp', ip: '192.168.1.5', port: 161},
    {protocol: 'tcp', ip: '127.0.0.11', port: 39_000},
  ],
  neighbours: [
    {ip: '192.168.1.1', mac: Buffer.from('0a0b0c0d0e0f', 'hex')},
    {ip: '10.0.0.9', mac: Buffer.alloc(6)},
  ],
}

export function agent(facts: Partial<PersonaFacts> = {}, options: OptionValues = {}): Service {
  return createAgent(new Persona({...FACTS, ...facts}), options, () => NETWORK)
}

export function machine(name: string, more: OptionValues = {}): Service {
  const {facts, options} = MACHINES[name] ?? {facts: {}}
  return agent(facts, {...options, ...more})
}

export interface Told {
  readonly reply: Buffer | null
  readonly events: readonly ServiceEvent[]
}

/** One datagram of a neighbour's, where `more` does not say otherwise. */
export function tell(service: Service, bytes: Buffer, more: Partial<Connection> = {}): Told {
  const handler = service.udp?.(161)
  if (handler === undefined) throw new TypeError('no UDP port')
  const {replies, events} = handler.datagram(bytes, udpConnection(161, {proven: true, ...more}))
  if (replies.length > 1) throw new Error('more than one reply')
  return {reply: replies[0] ?? null, events}
}

export function pduOf(reply: Buffer): Pdu {
  const {fields} = openMessage(reply)
  readCommunity(fields)
  return readCommunityPdu(fields)
}

export function ask(service: Service, asking: Asking, more: Partial<Connection> = {}): Pdu {
  const {reply} = tell(service, request(asking), more)
  if (reply === null) throw new Error('no reply')
  return pduOf(reply)
}

export function get(service: Service, oid: string, more: Partial<Connection> = {}): VarBind['value'] {
  const [varbind] = ask(service, {names: [oid]}, more).varbinds
  if (varbind === undefined) throw new Error('no variable')
  return varbind.value
}

export const textOf = (service: Service, oid: string): string => get(service, oid).content.toString('latin1')

/** Everything the agent has, by GetNext. */
export function walk(service: Service, more: Partial<Connection> = {}): VarBind[] {
  const found: VarBind[] = []
  let name = '1.3'
  for (let step = 0; step < 5000; step++) {
    const [varbind] = ask(service, {type: PDU.GET_NEXT, names: [name]}, more).varbinds
    if (varbind === undefined || varbind.value.tag === 0x82) return found
    found.push(varbind)
    name = varbind.oid
  }
  throw new Error('the walk has no end')
}
