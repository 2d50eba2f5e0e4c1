/** Packets as clients build them. */

export const string = (text: string | Buffer): Buffer => {
  const bytes = typeof text === 'string' ? Buffer.from(text, 'latin1') : text
  const size = Buffer.alloc(2)
  size.writeUInt16BE(bytes.length)
  return Buffer.concat([size, bytes])
}

export const uint16 = (value: number): Buffer => Buffer.from([value >> 8, value & 0xff])

export function packet(first: number, ...parts: readonly (Buffer | string)[]): Buffer {
  const body = Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : part)))
  const size: number[] = []
  let left = body.length
  do {
    const digit = left & 0x7f
    left >>= 7
    size.push(left > 0 ? digit | 0x80 : digit)
  } while (left > 0)
  return Buffer.concat([Buffer.from([first, ...size]), body])
}

export interface ConnectOptions {
  readonly name?: string
  readonly flags?: number
  readonly keepAlive?: number
  readonly id?: string
  /** Behind the client identifier. */
  readonly rest?: Buffer
  /** Of version 5, hex. */
  readonly properties?: string
}

export function connect(level: number, options: ConnectOptions = {}): Buffer {
  const {name = level === 3 ? 'MQIsdp' : 'MQTT', flags = 2, keepAlive = 60, id = 'c1', properties = ''} = options
  return packet(
    0x10,
    string(name),
    Buffer.from([level, flags]),
    uint16(keepAlive),
    level === 5 ? propertyList(properties) : '',
    string(id),
    options.rest ?? '',
  )
}

export const propertyList = (hex: string): Buffer => {
  const bytes = Buffer.from(hex, 'hex')
  return Buffer.concat([Buffer.from([bytes.length]), bytes])
}

export const login = (level: number, user: string, password: string, options: ConnectOptions = {}): Buffer =>
  connect(level, {flags: 0xc2, rest: Buffer.concat([string(user), string(password)]), ...options})

export const will = (level: number, topic: string, payload: string, flags = 0x06): Buffer =>
  connect(level, {
    flags,
    rest: Buffer.concat([...(level === 5 ? [propertyList('')] : []), string(topic), string(payload)]),
  })

/** `filters`: topic and options, in turn. */
export const subscribe = (level: number, id: number, ...filters: readonly [string, number][]): Buffer =>
  packet(
    0x82,
    uint16(id),
    level === 5 ? propertyList('') : '',
    ...filters.map(([filter, options]) => Buffer.concat([string(filter), Buffer.from([options])])),
  )

export const unsubscribe = (level: number, id: number, ...filters: readonly string[]): Buffer =>
  packet(0xa2, uint16(id), level === 5 ? propertyList('') : '', ...filters.map(string))

/** `flags`: retain 1, QoS 2 and 4, again 8. */
export const publish = (
  level: number,
  flags: number,
  topic: string,
  payload: string,
  id = 1,
  properties = '',
): Buffer =>
  packet(
    0x30 | flags,
    string(topic),
    (flags & 6) === 0 ? '' : uint16(id),
    level === 5 ? propertyList(properties) : '',
    payload,
  )

export const acknowledge = (first: number, id: number): Buffer => packet(first, uint16(id))
export const PING = Buffer.from('c000', 'hex')
export const DISCONNECT = Buffer.from('e000', 'hex')
