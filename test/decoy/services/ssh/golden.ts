/**
 * Conversations with an SSH server that are recorded with the real one and repeated with ours. Payloads are kept as
 * characters U+0000 to U+00FF; what differs from one connection to the next (cookies, keys, signatures) is masked.
 */
import {connect} from 'node:net'
import ssh2, {type Connection as ServerClient} from 'ssh2'

import {
  type PayloadHandler,
  protocolOf,
  type Ssh2Protocol,
  sendPayload,
  socketOf,
} from '../../../../src/decoy/services/ssh/transport/ssh2-internals.ts'
import {byte, string, WireReader} from '../../../../src/decoy/services/ssh/wire.ts'

export const USER = 'golden'
export const PASSWORD = 'Right-secret-1'

/** What the server sent in reaction to one turn, message by message. */
export interface Recorded {
  readonly replies: readonly string[]
  readonly closed: boolean
}

export interface Golden {
  readonly identification: string
  /** Milliseconds from a wrong password to its answer, by user. */
  readonly delays: Readonly<Record<string, readonly number[]>>
  readonly raw: Readonly<Record<string, Recorded>>
  readonly dialogues: Readonly<Record<string, readonly Recorded[]>>
}

/** Replies from this length on are stored once, however many conversations they are part of. */
const SHARED_LENGTH = 60

/** The text of a fixture. */
export function encodeGolden(golden: Golden): string {
  const shared: string[] = []
  const share = (key: string, value: unknown): unknown => {
    if (key === 'identification' || typeof value !== 'string' || value.length < SHARED_LENGTH) return value
    if (!shared.includes(value)) shared.push(value)
    return {shared: shared.indexOf(value)}
  }
  const body: unknown = JSON.parse(JSON.stringify(golden, share))
  return `${JSON.stringify({shared, golden: body}, null, 1)}\n`
}

export function decodeGolden(text: string): Golden {
  const {shared, golden} = JSON.parse(text) as {readonly shared: readonly string[]; readonly golden: unknown}
  const restore = (_key: string, value: unknown): unknown =>
    typeof value === 'object' && value !== null && 'shared' in value && typeof value.shared === 'number'
      ? shared[value.shared]
      : value
  return JSON.parse(JSON.stringify(golden), restore) as Golden
}

/** Bytes sent as they are, without a transport. */
export type RawProbe = Buffer

export interface Dialogue {
  /** Where the turns begin: after the keys, after the service request, or after the login. */
  readonly from: 'keys' | 'service' | 'login'
  readonly turns: readonly (readonly Buffer[])[]
}

/** How a listener knows that a server has said everything. */
export interface Patience {
  /** Silence after which it has. */
  readonly quietMs: number
  /** What it is expected to say; then silence is only waited for to see that nothing follows. */
  readonly expected?: Recorded | undefined
}

const GIVE_UP_MS = 8000

/** Collects messages, and tells when nothing more is to be expected. */
class Listener {
  #replies: string[] = []
  #closed = false
  #last = performance.now()

  heard(message: string): void {
    this.#last = performance.now()
    this.#replies.push(message)
  }

  close(): void {
    this.#closed = true
    this.#last = performance.now()
  }

  /** @param heard how many messages what has arrived makes. */
  async take({quietMs, expected}: Patience, heard = () => this.#replies.length): Promise<Recorded> {
    const start = performance.now()
    this.#last = start
    for (;;) {
      const now = performance.now()
      const enough = expected === undefined || (heard() >= expected.replies.length && this.#closed === expected.closed)
      if (this.#closed || (enough && now - this.#last > quietMs) || now - start > GIVE_UP_MS) break
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    const replies = this.#replies
    this.#replies = []
    return {replies, closed: this.#closed}
  }
}

const KEXINIT = 20
const COOKIE_BYTES = 16
/** KEXDH_REPLY or the group of an exchange, and the reply of a group exchange. */
const KEY_REPLIES: ReadonlySet<number> = new Set([31, 33])

/** Text up to the first packet, then packets with their padding; a KEXINIT shows its lists. */
export async function probe(port: number, bytes: RawProbe, patience: Patience): Promise<Recorded> {
  const received: Buffer[] = []
  const listener = new Listener()
  const socket = connect(port, '127.0.0.1', () => socket.write(bytes))
  socket.on('data', (chunk: Buffer) => {
    received.push(chunk)
    listener.heard('')
  })
  socket.on('error', () => {})
  socket.on('close', () => listener.close())
  const replies = (): string[] => readable(Buffer.concat(received))
  const {closed} = await listener.take(patience, () => replies().length)
  socket.destroy()
  return {replies: replies(), closed}
}

function readable(bytes: Buffer): string[] {
  const replies: string[] = []
  let at = 0
  while (at < bytes.length) {
    const length = bytes.length - at >= 6 ? bytes.readUInt32BE(at) : 0
    if (length >= 8 && length < 35_000 && at + 4 + length <= bytes.length) {
      replies.push(packetText(bytes.subarray(at + 4, at + 4 + length)))
      at += 4 + length
      continue
    }
    const end = bytes.indexOf('\n', at)
    const next = end === -1 ? bytes.length : end + 1
    replies.push(bytes.subarray(at, next).toString('latin1'))
    at = next
  }
  return replies
}

function packetText(packet: Buffer): string {
  const padding = packet.readUInt8(0)
  const payload = Buffer.from(packet.subarray(1, packet.length - padding))
  // Numbers of a key exchange vary in length, and the padding with them.
  if (KEY_REPLIES.has(payload[0] ?? 0)) return mask(payload)
  const tail = packet.subarray(packet.length - padding).toString('hex')
  return `packet ${mask(payload)} padding ${tail}`
}

/** Hides what is random. */
function mask(payload: Buffer): string {
  const type = payload[0]
  if (type === KEXINIT) return payload.fill(0, 1, 1 + COOKIE_BYTES).toString('latin1')
  // Replies of key exchanges hold keys and signatures; only their being there matters.
  if (type !== undefined && KEY_REPLIES.has(type)) return `message ${type}`
  if (type === 80) return maskedHostKeys(payload)
  return payload.toString('latin1')
}

function maskedHostKeys(payload: Buffer): string {
  const reader = new WireReader(payload, 1)
  if (reader.text() !== 'hostkeys-00@openssh.com') return payload.toString('latin1')
  const types: string[] = []
  reader.byte()
  while (reader.rest.length > 0) types.push(new WireReader(reader.string()).text())
  return `host keys ${types.join(' ')}`
}

/** A client that sends whatever it is told and only writes down what it gets. */
export class WireClient {
  readonly #client = new ssh2.Client()
  readonly #listener = new Listener()
  #protocol: Ssh2Protocol | null = null

  async connect(port: number): Promise<void> {
    const client = this.#client
    client.on('error', () => {})
    client.on('close', () => this.#listener.close())
    const ready = new Promise<void>((resolve, reject) => {
      client.once('handshake', () => resolve())
      client.once('close', () => reject(new Error('closed before the keys were exchanged')))
    })
    client.connect({
      host: '127.0.0.1',
      port,
      username: USER,
      // The library would give up on a login that takes its time.
      readyTimeout: 0,
      ident: 'OpenSSH_9.2p1 Debian-2+deb12u7',
      algorithms: {
        kex: ['curve25519-sha256'],
        serverHostKey: ['ssh-ed25519'],
        cipher: ['aes128-ctr'],
        hmac: ['hmac-sha2-256'],
        compress: ['none'],
      },
    })
    const protocol = protocolOf(client as unknown as ServerClient)
    this.#protocol = protocol
    Object.assign(protocol, {service: () => {}})
    const library: PayloadHandler = protocol._onPayload
    protocol._onPayload = (payload) => {
      const type = payload[0] ?? 0
      if (type >= 20 && type < 50) return library(payload)
      this.#listener.heard(mask(Buffer.from(payload)))
      return undefined
    }
    await ready
  }

  send(payload: Buffer): void {
    if (this.#protocol !== null) sendPayload(this.#protocol, payload)
  }

  /** Reads nothing from here on. */
  stopReading(): void {
    socketOf(this.#client as unknown as ServerClient).pause()
  }

  /** Exchanges keys again; false: the connection is over. */
  exchangeAgain(): Promise<boolean> {
    return new Promise((resolve) => {
      this.#client.once('close', () => resolve(false))
      this.#client.once('handshake', () => resolve(true))
      this.#protocol?.rekey()
    })
  }

  hear(patience: Patience): Promise<Recorded> {
    return this.#listener.take(patience)
  }

  end(): void {
    this.#client.destroy()
  }
}

export const SERVICE_REQUEST = Buffer.concat([byte(5), string('ssh-userauth')])

export function userauth(method: string, rest: Buffer = Buffer.alloc(0), user = USER, service = 'ssh-connection') {
  return Buffer.concat([byte(50), string(user), string(service), string(method), rest])
}

export function passwordRequest(secret: string, user = USER): Buffer {
  return userauth('password', Buffer.concat([byte(0), string(secret)]), user)
}

/** One conversation; every turn waits until the server is silent. */
export async function converse(
  port: number,
  dialogue: Dialogue,
  quietMs: number,
  expected?: readonly Recorded[],
): Promise<Recorded[]> {
  const client = new WireClient()
  await client.connect(port)
  const recorded: Recorded[] = []
  const turns = [...opening(dialogue.from), ...dialogue.turns]
  for (const [index, turn] of turns.entries()) {
    for (const payload of turn) client.send(payload)
    const heard = await client.hear({quietMs, expected: expected?.[index]})
    recorded.push(heard)
  }
  client.end()
  return recorded
}

function opening(from: Dialogue['from']): readonly (readonly Buffer[])[] {
  if (from === 'keys') return []
  if (from === 'service') return [[SERVICE_REQUEST]]
  return [[SERVICE_REQUEST], [passwordRequest(PASSWORD)]]
}

/** Milliseconds until a wrong password is refused, on a connection that has just failed: the first one waits longer. */
export async function delayOf(port: number, user: string): Promise<number> {
  const client = new WireClient()
  await client.connect(port)
  const one = {replies: [''], closed: false}
  client.send(SERVICE_REQUEST)
  await client.hear({quietMs: 0, expected: {replies: ['', ''], closed: false}})
  client.send(userauth('none', undefined, user))
  await client.hear({quietMs: 0, expected: one})
  const start = performance.now()
  client.send(passwordRequest('wrong', user))
  await client.hear({quietMs: 0, expected: one})
  const delay = Math.round(performance.now() - start)
  client.end()
  return delay
}
