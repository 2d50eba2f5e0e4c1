/**
 * Asks a TLS server what it makes of a few handshakes that no browser begins, as scanners do to tell implementations
 * apart: what it chooses, and which extensions it answers in which order.
 */
import {randomBytes} from 'node:crypto'
import {createConnection} from 'node:net'

const RECORD = {alert: 21, handshake: 22} as const
const SERVER_HELLO = 2
const EXTENSION = {
  groups: 10,
  formats: 11,
  signatures: 13,
  alpn: 16,
  extendedMaster: 23,
  ticket: 35,
  versions: 43,
  keyShare: 51,
  renegotiation: 0xff01,
} as const

const u8 = (value: number): Buffer => Buffer.from([value])
const u16 = (...values: number[]): Buffer => Buffer.from(values.flatMap((value) => [value >> 8, value & 0xff]))
const vector8 = (bytes: Buffer): Buffer => Buffer.concat([u8(bytes.length), bytes])
const vector16 = (bytes: Buffer): Buffer => Buffer.concat([u16(bytes.length), bytes])

/** Of TLS 1.2 and before, from the best to the worst. */
const OLD_SUITES = [
  0xc030, 0xc02c, 0xcca8, 0xc02f, 0xc02b, 0x009f, 0xccaa, 0x009e, 0xc028, 0xc024, 0xc014, 0xc00a, 0xc027, 0xc023,
  0xc013, 0xc009, 0x006b, 0x0039, 0x0067, 0x0033, 0x009d, 0x009c, 0x003d, 0x003c, 0x0035, 0x002f, 0x000a, 0x0005,
]
const SUITES_13 = [0x1301, 0x1303, 0x1302, 0x1304]

interface Probe {
  /** As the record and the hello have it. */
  readonly version: number
  readonly suites: readonly number[]
  readonly versions?: readonly number[]
  readonly alpn?: readonly string[]
  /** Fewer extensions than any client of today. */
  readonly bare?: true
}

/** Our own choice of questions. */
export const TLS_PROBES: Readonly<Record<string, Probe>> = {
  'everything of 1.2': {version: 0x0303, suites: OLD_SUITES, alpn: ['h2', 'http/1.1']},
  'everything of 1.2, the worst first': {version: 0x0303, suites: OLD_SUITES.toReversed(), alpn: ['http/1.1']},
  'only CBC': {version: 0x0303, suites: [0x002f, 0x0035, 0xc013, 0xc014, 0xc027, 0x003c]},
  'no forward secrecy': {version: 0x0303, suites: [0x000a, 0x009c, 0x009d, 0x002f], bare: true},
  '1.1': {version: 0x0302, suites: OLD_SUITES},
  '1.0 of long ago': {version: 0x0301, suites: OLD_SUITES, bare: true},
  '1.3': {version: 0x0303, suites: SUITES_13, versions: [0x0304], alpn: ['h2', 'http/1.1']},
  '1.3 or 1.2': {version: 0x0303, suites: [...OLD_SUITES, ...SUITES_13], versions: [0x0304, 0x0303]},
}

/** RFC 8446 §4.1.2. */
function clientHello({version, suites, versions = [], alpn = [], bare}: Probe): Buffer {
  const extensions: [number, Buffer][] = [
    [EXTENSION.groups, vector16(u16(0x001d, 0x0017, 0x0018, 0x0019))],
    [EXTENSION.formats, vector8(Buffer.from([0, 1, 2]))],
    [EXTENSION.signatures, vector16(u16(0x0403, 0x0503, 0x0804, 0x0805, 0x0401, 0x0501, 0x0201))],
    [EXTENSION.renegotiation, vector8(Buffer.alloc(0))],
  ]
  if (bare !== true) {
    extensions.push([EXTENSION.ticket, Buffer.alloc(0)], [EXTENSION.extendedMaster, Buffer.alloc(0)])
  }
  const names = Buffer.concat(alpn.map((name) => vector8(Buffer.from(name))))
  if (alpn.length > 0) extensions.push([EXTENSION.alpn, vector16(names)])
  if (versions.length > 0) {
    extensions.push([EXTENSION.versions, vector8(u16(...versions))])
    extensions.push([EXTENSION.keyShare, vector16(Buffer.concat([u16(0x001d), vector16(randomBytes(32))]))])
  }
  const body = Buffer.concat([
    u16(version),
    randomBytes(32),
    vector8(randomBytes(32)),
    vector16(u16(...suites)),
    vector8(u8(0)),
    vector16(Buffer.concat(extensions.map(([type, data]) => Buffer.concat([u16(type), vector16(data)])))),
  ])
  const message = Buffer.concat([u8(1), u8(0), u16(body.length), body])
  return Buffer.concat([u8(RECORD.handshake), u16(Math.min(version, 0x0301)), vector16(message)])
}

/** `cipher|version|extensions` of a ServerHello, `alert N`, or how the connection ended. */
function answerOf(reply: Buffer): string {
  if (reply.length < 7) return reply.length === 0 ? 'nothing' : 'noise'
  if (reply[0] === RECORD.alert) return `alert ${reply[6]}`
  if (reply[0] !== RECORD.handshake || reply[5] !== SERVER_HELLO) return 'noise'
  const version = reply.readUInt16BE(9)
  let at = 11 + 32
  at += 1 + reply.readUInt8(at)
  const cipher = reply.readUInt16BE(at)
  at += 3
  const end = at + 2 + reply.readUInt16BE(at)
  const types: string[] = []
  for (at += 2; at < end; at += 4 + reply.readUInt16BE(at + 2)) types.push(reply.readUInt16BE(at).toString(16))
  return `${cipher.toString(16)}|${version.toString(16)}|${types.join('-')}`
}

function ask(port: number, probe: Probe, deadlineMs: number): Promise<string> {
  return new Promise((resolve) => {
    let reply = Buffer.alloc(0)
    const socket = createConnection({host: '127.0.0.1', port}, () => socket.write(clientHello(probe)))
    const deadline = setTimeout(() => socket.destroy(), deadlineMs)
    socket.on('data', (chunk: Buffer) => {
      reply = Buffer.concat([reply, chunk])
      // The first record tells it all.
      if (reply.length >= 5 && reply.length >= 5 + reply.readUInt16BE(3)) socket.destroy()
    })
    socket.on('error', () => {})
    socket.on('close', () => {
      clearTimeout(deadline)
      resolve(answerOf(reply))
    })
  })
}

/** One answer for each probe. */
export async function tlsAnswers(port: number, deadlineMs = 3000): Promise<Readonly<Record<string, string>>> {
  const entries: [string, string][] = []
  for (const [name, probe] of Object.entries(TLS_PROBES)) entries.push([name, await ask(port, probe, deadlineMs)])
  return Object.fromEntries(entries)
}
