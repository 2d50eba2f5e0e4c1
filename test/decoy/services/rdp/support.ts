import {X509Certificate} from 'node:crypto'
import {application} from '../../../../src/decoy/codecs/ber/tags.ts'
import {
  boolean,
  constructed,
  explicit,
  integer,
  octetString,
  sequence,
} from '../../../../src/decoy/codecs/ber/writer.ts'
import {LittleEndianWriter} from '../../../../src/decoy/codecs/little-endian.ts'
import {MessageSecurity} from '../../../../src/decoy/codecs/ntlm/message-security.ts'
import type {OptionValues} from '../../../../src/decoy/definition.ts'
import {DEFAULT_LIMITS} from '../../../../src/decoy/limits.ts'
import {Persona, type PersonaFacts} from '../../../../src/decoy/persona.ts'
import type {Action, Connection, ProtocolSession, Service} from '../../../../src/decoy/service.ts'
import {PublicKeyBinding} from '../../../../src/decoy/services/rdp/credssp/public-key.ts'
import {buildTsRequest, parseTsRequest} from '../../../../src/decoy/services/rdp/credssp/ts-request.ts'
import {createService} from '../../../../src/decoy/services/rdp/server.ts'
import {perLength} from '../../../../src/decoy/services/rdp/wire/per.ts'
import {encodeTpkt} from '../../../../src/decoy/services/rdp/wire/tpkt.ts'
import {encodeData} from '../../../../src/decoy/services/rdp/wire/x224.ts'
import type {ServiceEvent} from '../../../../src/events/event.ts'
import {fakeRandom, negotiateMessage, WINDOWS_CLIENT_FLAGS, windowsAnswer} from '../../codecs/ntlm/client.ts'

export const FACTS: PersonaFacts = {
  hostname: 'BER-TS01',
  domain: 'corp.example',
  os: 'windows_server',
  distro: 'windows2019',
  archetype: 'windows-server',
  ip: '192.168.1.5',
  mac: '00:50:56:01:02:03',
  seed: '22'.repeat(32),
  since: '2026-01-01T00:00:00.000Z',
}
export const NOW = Date.parse('2026-03-04T05:06:07.089Z')
/** Its keys are made once for all tests. */
const PERSONA = new Persona(FACTS)

export const OPTIONS: OptionValues = {users: ['alice:Winter-2024']}

export const rdpService = async (
  options: OptionValues = OPTIONS,
  facts: Partial<PersonaFacts> = {},
): Promise<Service> =>
  createService(Object.keys(facts).length === 0 ? PERSONA : new Persona({...FACTS, ...facts}), options)

export function openSession(service: Service): ProtocolSession {
  const handler = service.tcp?.(3389)
  if (handler?.kind !== 'protocol') throw new TypeError('rdp is a protocol')
  let drawn = 0
  const connection: Connection = {
    peer: {ip: '192.168.1.77', port: 40_000},
    local: {ip: FACTS.ip, port: 3389},
    limits: DEFAULT_LIMITS,
    now: () => NOW,
    random: (size) => Buffer.alloc(size, ++drawn),
  }
  return handler.session(connection)
}

const certificates = new Map<string, Buffer>()
let latest: Buffer | null = null

/** The same service with the TLS taken away: what is inside of it can then be fed and cut as bytes. */
export function withoutTls(service: Service): Service {
  const tcp = (port: number) => {
    const handler = service.tcp?.(port)
    if (handler?.kind !== 'protocol') throw new TypeError('rdp is a protocol')
    return {kind: 'protocol' as const, session: (connection: Connection) => bare(handler.session(connection))}
  }
  return {tcp, selfTest: service.selfTest}
}

function bare(session: ProtocolSession): ProtocolSession {
  const expand = (actions: readonly Action[]): Action[] =>
    actions.flatMap((action) => {
      if (action.type !== 'upgrade') return [action]
      const pem = action.tls.identity(NOW).certificate
      const certificate = certificates.get(pem) ?? new X509Certificate(pem).raw
      certificates.set(pem, certificate)
      latest = certificate
      const info = {version: 'TLSv1.2', cipher: '', alpn: null, serverName: null, ja3: '', ja4: '', certificate}
      return [...(session.secured?.(info) ?? []), ...expand(session.feed(clear(action.received)))]
    })
  return {
    open: () => session.open(),
    feed: (bytes) => expand(session.feed(bytes)),
    end: () => session.end(),
  }
}

/** Without the octet by which a client begins with TLS. */
const clear = (received: Buffer = Buffer.alloc(0)): Buffer => (received[0] === 0x16 ? received.subarray(1) : received)

export interface Talk {
  /** What the client sent, piece by piece. */
  readonly sent: Buffer[]
  readonly events: ServiceEvent[]
  readonly last: () => Buffer
  readonly closed: () => boolean
  send(bytes: Buffer): Buffer
}

export function talk(service: Service): Talk {
  const session = openSession(service)
  const sent: Buffer[] = []
  const events: ServiceEvent[] = []
  let [last, closed] = [Buffer.alloc(0), false]
  return {
    sent,
    events,
    last: () => last,
    closed: () => closed,
    send(bytes) {
      sent.push(bytes)
      const actions = session.feed(bytes)
      events.push(...actions.flatMap((action) => (action.type === 'event' ? [action.event] : [])))
      closed ||= actions.some(({type}) => type === 'close' || type === 'reset')
      last = Buffer.concat(actions.flatMap((action) => (action.type === 'write' ? [action.data] : [])))
      return last
    },
  }
}

/** An X.224 connection request; `protocols` null: without a negotiation. */
export function connectionRequest(protocols: number | null, line = 'Cookie: mstshash=alice\r\n'): Buffer {
  const negotiation = new LittleEndianWriter().u8(1).u8(0).u16(8)
  const rest = Buffer.concat([
    Buffer.from(line, 'latin1'),
    protocols === null ? Buffer.alloc(0) : negotiation.u32(protocols).done(),
  ])
  return encodeTpkt(Buffer.concat([Buffer.from([6 + rest.length, 0xe0, 0, 0, 0, 0, 0]), rest]))
}

export interface Login {
  readonly user?: string
  readonly password?: string
  readonly version?: number
  /** Another key than the server's is shown, as by somebody in the middle. */
  readonly otherKey?: boolean
}

export const NONCE = Buffer.alloc(32, 0xab)

/** The steps of CredSSP up to the answer to the public key; null for the keys where the server refused. */
export function logOn(client: Talk, certificate: Buffer, login: Login = {}) {
  const {user = 'alice', password = 'Winter-2024', version = 6, otherKey = false} = login
  const negotiate = negotiateMessage(WINDOWS_CLIENT_FLAGS)
  const challenge = parseTsRequest(client.send(buildTsRequest({version, token: negotiate}))).token ?? Buffer.alloc(0)
  const identity = {user, domain: 'CORP', workstation: 'PC7', password}
  const random = {clientChallenge: fakeRandom('challenge', 8), sessionKey: fakeRandom('session', 16)}
  const {authenticate, exported} = windowsAnswer(identity, negotiate, challenge, random)
  const outgoing = new MessageSecurity(WINDOWS_CLIENT_FLAGS, exported, 'client-to-server')
  const incoming = new MessageSecurity(WINDOWS_CLIENT_FLAGS, exported, 'server-to-client')
  const binding = new PublicKeyBinding(certificate, version, NONCE)
  const shown = otherKey ? Buffer.alloc(binding.expected.length) : binding.expected
  const pubKeyAuth = outgoing.seal(shown)
  const answer = client.send(buildTsRequest({version, token: authenticate, pubKeyAuth, clientNonce: NONCE}))
  return {answer, outgoing, incoming, binding, challenge, authenticate}
}

/** TSCredentials with a password, as MS-CSSP §2.2.1.2 has them. */
export function passwordCredentials(domain: string, user: string, password: string): Buffer {
  const text = (value: string) => octetString(Buffer.from(value, 'utf16le'))
  const inner = sequence([explicit(0, text(domain)), explicit(1, text(user)), explicit(2, text(password))])
  return sequence([explicit(0, integer(1)), explicit(1, octetString(inner))])
}

export function connectInitial(channels: readonly string[] = ['rdpdr', 'cliprdr']): Buffer {
  const core = new LittleEndianWriter()
    .u16(0xc001, 216)
    .u32(0x0008_000c)
    .u16(1280, 800, 0xca01, 0xaa03)
    .u32(0x407, 19_045)
    .bytes(Buffer.from('ATTACKER-PC'.padEnd(16, '\0'), 'utf16le'))
    .u32(4, 0, 12)
    .zeros(64)
    .u16(0xca01, 1)
    .u32(0)
    .u16(24, 7, 1)
    .bytes(Buffer.from('00330-80000'.padEnd(32, '\0'), 'utf16le'))
    .zeros(2)
    .u32(2)
    .done()
  const net = new LittleEndianWriter().u16(0xc003, 8 + 12 * channels.length).u32(channels.length)
  for (const name of channels) net.bytes(Buffer.from(name.padEnd(8, '\0'), 'latin1')).u32(0x8080_0000)
  const blocks = Buffer.concat([core, net.done()])
  const request = Buffer.concat([Buffer.from('000800100001c00044756361', 'hex'), perLength(blocks.length), blocks])
  const userData = Buffer.concat([Buffer.from('000500147c0001', 'hex'), perLength(request.length), request])
  const parameters = sequence([34, 2, 0, 1, 0, 1, 65_535, 2].map((value) => integer(value)))
  const one = octetString(Buffer.from([1]))
  return encodeData(
    constructed(application(101), [one, one, boolean(true), parameters, parameters, parameters, octetString(userData)]),
  )
}

export function clientInfo(user: string, password: string): Buffer {
  const fields = ['CORP', user, password, '', '']
  const info = new LittleEndianWriter().u16(0x40, 0).u32(0, 0x13)
  info.u16(...fields.map((field) => 2 * field.length))
  for (const field of fields) info.text(field).u16(0)
  const [address, directory] = ['10.9.8.7', 'C:\\Windows']
  info
    .u16(2, 2 * address.length + 2)
    .text(address)
    .u16(0)
  info
    .u16(2 * directory.length + 2)
    .text(directory)
    .u16(0)
  const data = info.done()
  return encodeData(Buffer.concat([Buffer.from('64000703eb70', 'hex'), perLength(data.length), data]))
}

/** A whole logon of a honey user, up to the refusal; what the client sent of it. */
export async function wholeLogon(facts: Partial<PersonaFacts> = {}): Promise<Talk> {
  const client = talk(withoutTls(await rdpService(OPTIONS, facts)))
  client.send(connectionRequest(11))
  const {outgoing} = logOn(client, certificateOf())
  const authInfo = outgoing.seal(passwordCredentials('CORP', 'alice', 'Winter-2024'))
  client.send(buildTsRequest({version: 6, authInfo}))
  client.send(connectInitial())
  client.send(Buffer.concat([encodeData(Buffer.from('0401000100', 'hex')), encodeData(Buffer.from([0x28]))]))
  client.send(encodeData(Buffer.from('38000403eb', 'hex')))
  client.send(clientInfo('alice', 'Winter-2024'))
  return client
}

/** The certificate that was presented last. */
export function certificateOf(): Buffer {
  if (latest === null) throw new Error('no handshake yet')
  return latest
}
