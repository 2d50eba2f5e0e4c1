/** The client's side of TDS, as far as tests need it: packets, PRELOGIN, LOGIN7, requests, tokens. */
import type {OptionValues} from '../../../../src/decoy/definition.ts'
import {DEFAULT_LIMITS} from '../../../../src/decoy/limits.ts'
import {Persona, type PersonaFacts} from '../../../../src/decoy/persona.ts'
import type {Action, Connection, ProtocolSession, Service} from '../../../../src/decoy/service.ts'
import {MSSQL_PORT} from '../../../../src/decoy/services/mssql/definition.ts'
import {createService} from '../../../../src/decoy/services/mssql/server.ts'
import type {ServiceEvent} from '../../../../src/events/event.ts'

export const NOW = Date.parse('2026-03-04T05:06:07.089Z')

export const FACTS: PersonaFacts = {
  hostname: 'BER-SQL02',
  domain: 'corp.example',
  os: 'windows_server',
  distro: 'windows2019',
  archetype: 'windows-sql',
  ip: '192.168.1.5',
  mac: '00:50:56:01:02:03',
  seed: '11'.repeat(32),
  since: '2026-01-01T00:00:00.000Z',
}

export async function mssqlService(options: OptionValues = {}, facts: Partial<PersonaFacts> = {}): Promise<Service> {
  return createService(new Persona({...FACTS, ...facts}), {users: ['sa:secret'], ...options})
}

export function packet(type: number, data: Buffer, status = 1): Buffer {
  const header = Buffer.from([type, status, 0, 0, 0, 0, 1, 0])
  header.writeUInt16BE(8 + data.length, 2)
  return Buffer.concat([header, data])
}

/** What nmap's version probe sends. */
export const NMAP_PROBE = Buffer.from(
  '1201003400000000000015000601001b000102001c000c0300280004ff080001550000004d5353514c53657276657200480f0000',
  'hex',
)

export function prelogin(options: readonly (readonly [number, Buffer])[]): Buffer {
  const table = Buffer.alloc(options.length * 5 + 1, 0xff)
  let offset = table.length
  for (const [index, [token, data]] of options.entries()) {
    table.writeUInt8(token, index * 5)
    table.writeUInt16BE(offset, index * 5 + 1)
    table.writeUInt16BE(data.length, index * 5 + 3)
    offset += data.length
  }
  return packet(0x12, Buffer.concat([table, ...options.map(([, data]) => data)]))
}

export const clear = (encryption = 2): Buffer =>
  prelogin([
    [0, Buffer.from([17, 0, 0, 0, 0, 0])],
    [1, Buffer.from([encryption])],
  ])

export interface LoginFields {
  readonly user?: string
  readonly password?: string
  readonly database?: string
  readonly application?: string
  readonly host?: string
  readonly version?: number
  readonly sspi?: Buffer
}

const obscured = (password: string): Buffer =>
  Buffer.from(Buffer.from(password, 'utf16le').map((octet) => (((octet << 4) | (octet >> 4)) & 0xff) ^ 0xa5))

export function login7(fields: LoginFields): Buffer {
  const {user = '', password = '', database = '', application = 'app', host = 'WS01', version = 0x7400_0004} = fields
  const head = Buffer.alloc(94)
  const parts: Buffer[] = []
  let at = head.length
  const place = (where: number, bytes: Buffer, unit = 2): void => {
    head.writeUInt16LE(at, where)
    head.writeUInt16LE(bytes.length / unit, where + 2)
    parts.push(bytes)
    at += bytes.length
  }
  const text = (where: number, value: string): void => place(where, Buffer.from(value, 'utf16le'))
  head.writeUInt32LE(version, 4)
  head.writeUInt32LE(4096, 8)
  head.writeUInt32LE(4711, 16)
  head.writeUInt8(fields.sspi === undefined ? 0x03 : 0x83, 25)
  text(36, host)
  text(40, user)
  place(44, obscured(password))
  text(48, application)
  text(52, 'sql')
  text(60, 'ODBC')
  text(64, '')
  text(68, database)
  place(78, fields.sspi ?? Buffer.alloc(0), 1)
  head.writeUInt32LE(at, 0)
  return packet(0x10, Buffer.concat([head, ...parts]))
}

/** The headers that requests begin with since 7.2. */
const HEADERS = Buffer.from('16000000120000000200000000000000000001000000', 'hex')

export const batch = (sql: string): Buffer => packet(0x01, Buffer.concat([HEADERS, Buffer.from(sql, 'utf16le')]))

export function nvarchar(value: string, status = 0): Buffer {
  const bytes = Buffer.from(value, 'utf16le')
  const size = Buffer.alloc(2)
  size.writeUInt16LE(bytes.length)
  return Buffer.concat([Buffer.from([0, status]), Buffer.from('e7401f0904d00034', 'hex'), size, bytes])
}

export const intn = (value: number | null, status = 0): Buffer => {
  const bytes = Buffer.alloc(4)
  if (value !== null) bytes.writeInt32LE(value)
  return Buffer.concat([
    Buffer.from([0, status, 0x26, 4, value === null ? 0 : 4]),
    value === null ? Buffer.alloc(0) : bytes,
  ])
}

export function rpc(procedure: number | string, ...parameters: Buffer[]): Buffer {
  const name =
    typeof procedure === 'number'
      ? Buffer.from([0xff, 0xff, procedure, 0])
      : Buffer.concat([Buffer.from([procedure.length, 0]), Buffer.from(procedure, 'utf16le')])
  return packet(0x03, Buffer.concat([HEADERS, name, Buffer.alloc(2), ...parameters]))
}

export interface Token {
  readonly type: number
  readonly number?: number
  readonly text?: string
  readonly server?: string
  readonly state?: number
  readonly severity?: number
  readonly status?: number
  readonly rows?: number
  readonly columns?: readonly string[]
  readonly cells?: readonly (string | number | null)[]
  readonly value?: number
}

/** The message in a reply, its packets joined. */
export function dataOf(reply: Buffer): Buffer {
  const parts: Buffer[] = []
  for (let at = 0; at < reply.length; ) {
    if (reply[at] !== 4) throw new Error(`a packet of type ${reply[at]}`)
    const length = reply.readUInt16BE(at + 2)
    parts.push(reply.subarray(at + 8, at + length))
    at += length
  }
  return Buffer.concat(parts)
}

/** Reads a whole reply of TDS 7.2 and later; throws where a length is wrong. */
export function tokensOf(reply: Buffer): Token[] {
  const reader = new TokenReader(dataOf(reply))
  return reader.all()
}

class TokenReader {
  readonly #bytes: Buffer
  #at = 0
  #types: number[] = []

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  all(): Token[] {
    const tokens: Token[] = []
    while (this.#at < this.#bytes.length) tokens.push(this.#token())
    return tokens
  }

  #token(): Token {
    const type = this.#u8()
    if (type === 0xfd || type === 0xfe || type === 0xff) {
      const [status, , rows] = [this.#u16(), this.#u16(), Number(this.#take(8).readBigUInt64LE())]
      return {type, status, rows}
    }
    if (type === 0x79) return {type, value: this.#take(4).readInt32LE()}
    if (type === 0x81) return {type, columns: this.#columns()}
    if (type === 0xd1) return {type, cells: this.#types.map((each) => this.#cell(each))}
    if (type === 0xac) {
      this.#take(2 + 1 + 1 + 4 + 2 + 2)
      return {type, value: this.#take(this.#u8()).readInt32LE()}
    }
    const body = new TokenReader(this.#take(this.#u16()))
    return {type, ...(type === 0xaa || type === 0xab ? body.#message() : {})}
  }

  #message(): Omit<Token, 'type'> {
    const number = this.#take(4).readInt32LE()
    const [state, severity] = [this.#u8(), this.#u8()]
    const text = this.#take(this.#u16() * 2).toString('utf16le')
    const server = this.#take(this.#u8() * 2).toString('utf16le')
    this.#take(this.#u8() * 2 + 4)
    if (this.#at !== this.#bytes.length) throw new Error('a message of the wrong length')
    return {number, state, severity, text, server}
  }

  #columns(): string[] {
    this.#types = []
    return Array.from({length: this.#u16()}, () => {
      this.#take(6)
      const type = this.#u8()
      this.#types.push(type)
      this.#take({231: 7, 106: 3}[type] ?? 1)
      return this.#take(this.#u8() * 2).toString('utf16le')
    })
  }

  #cell(type: number): string | number | null {
    if (type === 0xe7) {
      const size = this.#u16()
      return size === 0xffff ? null : this.#take(size).toString('utf16le')
    }
    const bytes = this.#take(this.#u8())
    if (bytes.length === 0) return null
    return type === 0x26 ? bytes.readInt32LE() : bytes.toString('hex')
  }

  #u8(): number {
    return this.#take(1).readUInt8()
  }

  #u16(): number {
    return this.#take(2).readUInt16LE()
  }

  #take(size: number): Buffer {
    if (this.#at + size > this.#bytes.length) throw new Error('the reply ends too early')
    this.#at += size
    return this.#bytes.subarray(this.#at - size, this.#at)
  }
}

export interface TestClient {
  readonly session: ProtocolSession
  readonly events: ServiceEvent[]
  readonly actions: Action[]
  /** What the server wrote in answer. */
  send(bytes: Buffer): Buffer
  last(): Action['type'] | undefined
}

export function connectTo(
  service: Service,
  limits: Partial<typeof DEFAULT_LIMITS> = {},
  ip = '192.168.1.77',
): TestClient {
  const handler = service.tcp?.(MSSQL_PORT)
  if (handler?.kind !== 'protocol') throw new TypeError('no protocol')
  const session = handler.session(connectionFrom(ip, limits))
  const events: ServiceEvent[] = []
  const actions: Action[] = []
  return {
    session,
    events,
    actions,
    send: (bytes) => {
      actions.splice(0, actions.length, ...session.feed(bytes))
      for (const action of actions) if (action.type === 'event') events.push(action.event)
      return Buffer.concat(actions.flatMap((action) => (action.type === 'write' ? [action.data] : [])))
    },
    last: () => actions.at(-1)?.type,
  }
}

let drawn = 0

export const connectionFrom = (ip: string, limits: Partial<typeof DEFAULT_LIMITS> = {}): Connection => ({
  peer: {ip, port: 40_000},
  local: {ip: '192.168.1.5', port: MSSQL_PORT},
  limits: {...DEFAULT_LIMITS, ...limits},
  now: () => NOW,
  random: (size) => Buffer.alloc(size, ++drawn),
})

/** A session that was let in. */
export async function inside(options: OptionValues = {}, fields: LoginFields = {}): Promise<TestClient> {
  const client = connectTo(await mssqlService(options))
  client.send(clear())
  const tokens = tokensOf(client.send(login7({user: 'sa', password: 'secret', ...fields})))
  if (!tokens.some(({type}) => type === 0xad)) throw new Error(`not let in: ${JSON.stringify(tokens)}`)
  return client
}

/** The rows of a batch, or its error as `number text`. */
export function ask(client: TestClient, sql: string): unknown {
  const tokens = tokensOf(client.send(batch(sql)))
  const error = tokens.find(({type}) => type === 0xaa)
  if (error !== undefined) return `${error.number} ${error.text}`
  const rows = tokens.flatMap(({cells}) => (cells === undefined ? [] : [cells]))
  return rows.length > 0
    ? rows
    : tokens.flatMap(({number, text}) => (number === undefined ? [] : [`${number} ${text}`]))
}
