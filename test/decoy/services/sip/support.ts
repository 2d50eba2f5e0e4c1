import {createHash} from 'node:crypto'
import type {OptionValues} from '../../../../src/decoy/definition.ts'
import {Persona, type PersonaFacts} from '../../../../src/decoy/persona.ts'
import type {Connection, Service} from '../../../../src/decoy/service.ts'
import {createService} from '../../../../src/decoy/services/sip/server.ts'
import type {ServiceEvent} from '../../../../src/events/event.ts'
import {udpConnection} from '../../../support/abuse-udp.ts'
import {DEBIAN_MACHINE} from '../../../support/machine-facts.ts'

export const FACTS: PersonaFacts = {
  ...DEBIAN_MACHINE,
  hostname: 'pbx01',
  domain: 'corp.example',
  seed: '44'.repeat(32),
}
export const HONEY = {users: ['2001:Winter-2024'], extensions: ['200-219']}
export const FREEPBX = {product: 'freepbx', version: '16.0.33(18.13.0)'}
export const ASTERISK = {product: 'asterisk', version: '16.28.0~dfsg-0+deb11u4'}

export async function sipService(options: OptionValues = {}, facts: Partial<PersonaFacts> = {}): Promise<Service> {
  return createService(new Persona({...FACTS, ...facts}), options)
}

export const lines = (...text: readonly string[]): Buffer => Buffer.from(`${text.join('\r\n')}\r\n\r\n`, 'latin1')

interface Asked {
  readonly method?: string
  readonly user?: string
  readonly uri?: string
  readonly cseq?: number
  readonly more?: readonly string[]
}

export function request({
  method = 'REGISTER',
  user = '2001',
  uri = 'sip:192.168.1.5',
  cseq = 1,
  more = [],
}: Asked = {}): Buffer {
  return lines(
    `${method} ${uri} SIP/2.0`,
    'Via: SIP/2.0/UDP 192.168.1.77:5062;branch=z9hG4bK-1;rport',
    `From: "x"<sip:${user}@192.168.1.5>;tag=9f`,
    `To: "x"<sip:${user}@192.168.1.5>`,
    'Call-ID: 77@192.168.1.77',
    `CSeq: ${cseq} ${method}`,
    ...more,
    'Max-Forwards: 70',
    'Content-Length: 0',
  )
}

export interface Told {
  readonly text: string
  readonly replies: readonly Buffer[]
  readonly events: readonly ServiceEvent[]
}

export function ask(service: Service, bytes: Buffer, more: Partial<Connection> = {}): Told {
  const answer = service.udp?.(5060).datagram(bytes, udpConnection(5060, {proven: true, ...more}))
  const replies = answer?.replies ?? []
  return {text: Buffer.concat(replies).toString('latin1'), replies, events: answer?.events ?? []}
}

const md5 = (text: string): string => createHash('md5').update(text).digest('hex')

/** An Authorization header as clients make it of a challenge (RFC 2617 §3.2.2). */
export function authorization(
  challenge: string,
  user: string,
  password: string,
  uri: string,
  method = 'REGISTER',
): string {
  const get = (name: string): string => new RegExp(`${name}="([^"]*)"`).exec(challenge)?.[1] ?? ''
  const [realm, nonce, opaque] = [get('realm'), get('nonce'), get('opaque')]
  const [first, second] = [md5(`${user}:${realm}:${password}`), md5(`${method}:${uri}`)]
  const qop = get('qop') === 'auth'
  const middle = qop ? ':00000001:0a4f113b:auth' : ''
  const parts = [
    `username="${user}"`,
    `realm="${realm}"`,
    `nonce="${nonce}"`,
    `uri="${uri}"`,
    `response="${md5(`${first}:${nonce}${middle}:${second}`)}"`,
    'algorithm=MD5',
    ...(qop ? ['cnonce="0a4f113b"', `opaque="${opaque}"`, 'qop=auth', 'nc=00000001'] : []),
  ]
  return `Authorization: Digest ${parts.join(', ')}`
}

/** Registers as a phone does: unasked, then with the answer to the challenge. */
export function register(service: Service, user: string, password: string, more: Partial<Connection> = {}): Told {
  const challenge = ask(service, request({user}), more).text
  const answer = authorization(challenge, user, password, 'sip:192.168.1.5')
  const contact = `Contact: <sip:${user}@192.168.1.77:5062>`
  return ask(service, request({user, cseq: 2, more: [contact, 'Expires: 600', answer]}), more)
}
