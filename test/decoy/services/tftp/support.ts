import type {OptionValues} from '../../../../src/decoy/definition.ts'
import {Persona, type PersonaFacts} from '../../../../src/decoy/persona.ts'
import type {Service, UdpTransfer} from '../../../../src/decoy/service.ts'
import {createService} from '../../../../src/decoy/services/tftp/server.ts'
import type {ServiceEvent} from '../../../../src/events/event.ts'
import {udpConnection} from '../../../support/abuse-udp.ts'
import {DEBIAN_MACHINE} from '../../../support/machine-facts.ts'

export const FACTS: PersonaFacts = {
  ...DEBIAN_MACHINE,
  hostname: 'boot01',
  domain: 'corp.example',
  ip: '10.213.7.1',
  seed: '44'.repeat(32),
  fleet: {seed: 'a0'.repeat(32), site: 'ber', controller: 'DC01'},
}

export async function tftpService(options: OptionValues = {}, facts: Partial<PersonaFacts> = {}): Promise<Service> {
  return createService(new Persona({...FACTS, ...facts}), options)
}

/** One exchange: the first packet goes to the port of requests, the others to that of the transfer. */
export function converse(
  service: Service,
  packets: readonly string[],
  proven = true,
): {replies: (string | null)[]; events: ServiceEvent[]; transfer: UdpTransfer | undefined} {
  const [first = '', ...rest] = packets
  const answer = service.udp?.(69).datagram(Buffer.from(first, 'latin1'), udpConnection(69, {proven}))
  const transfer = answer?.transfer
  const text = (replies: readonly Buffer[] | undefined): string | null => replies?.[0]?.toString('latin1') ?? null
  const replies = [text([...(answer?.replies ?? []), ...(transfer?.opening ?? [])])]
  const events = [...(answer?.events ?? [])]
  for (const packet of rest) {
    const step = transfer?.datagram(Buffer.from(packet, 'latin1'))
    replies.push(text(step?.replies))
    events.push(...(step?.events ?? []))
  }
  return {replies, events, transfer}
}

export const block = (number: number, content: string): string =>
  `\0\x03${String.fromCharCode(number >> 8, number & 0xff)}${content}`
export const ack = (number: number): string => `\0\x04${String.fromCharCode(number >> 8, number & 0xff)}`
