/**
 * PRELOGIN (MS-TDS 2.2.6.5), both ways:
 *
 *   message = *(token:u8 offset:u16be length:u16be) 0xff data      ; offsets count from the message's first octet
 *
 * The server answers the options that it was sent and no others. A fixed list, or one with the client's own version in
 * it, is what gives decoys away.
 */
import {CodecError} from '../../../codecs/codec-error.ts'
import {ENCRYPT} from './constants.ts'

const TOKEN = {VERSION: 0, ENCRYPTION: 1, INSTANCE: 2, THREAD: 3, MARS: 4, TRACE: 5, FEDERATED: 6} as const
const TERMINATOR = 0xff
const ENTRY = 5
const MAX_OPTIONS = 16
/** A client with a certificate adds this bit. */
const CLIENT_CERTIFICATE = 0x80

export interface Prelogin {
  /** In the client's order. */
  readonly options: readonly {readonly token: number; readonly data: Buffer}[]
  readonly encryption: number | null
  /** The instance that the client believes to speak with; empty: any. */
  readonly instance: Buffer
}

export function parsePrelogin(bytes: Buffer): Prelogin {
  const options: {token: number; data: Buffer}[] = []
  let at = 0
  for (;;) {
    const token = bytes[at]
    if (token === undefined) throw new CodecError('a PRELOGIN without its end')
    if (token === TERMINATOR) break
    if (options.length === MAX_OPTIONS || at + ENTRY > bytes.length) throw new CodecError('too many PRELOGIN options')
    const offset = bytes.readUInt16BE(at + 1)
    const length = bytes.readUInt16BE(at + 3)
    if (offset + length > bytes.length) throw new CodecError(`PRELOGIN option ${token} outside of the message`)
    options.push({token, data: bytes.subarray(offset, offset + length)})
    at += ENTRY
  }
  if (options[0]?.token !== TOKEN.VERSION) throw new CodecError('a PRELOGIN that does not begin with a version')
  const dataOf = (token: number) => options.find((option) => option.token === token)?.data
  const instance = dataOf(TOKEN.INSTANCE) ?? Buffer.alloc(0)
  const end = instance.indexOf(0)
  return {
    options,
    encryption: dataOf(TOKEN.ENCRYPTION)?.[0] ?? null,
    instance: end < 0 ? instance : instance.subarray(0, end),
  }
}

export type EncryptionPolicy = 'on' | 'off' | 'required'

/** What the server answers, and with it what is encrypted (the table of 2.2.6.5). */
export function negotiateEncryption(asked: number | null, policy: EncryptionPolicy): number {
  const wish = (asked ?? ENCRYPT.NOT_SUPPORTED) & ~CLIENT_CERTIFICATE
  if (policy === 'off') return ENCRYPT.NOT_SUPPORTED
  if (wish === ENCRYPT.ON || wish === ENCRYPT.REQUIRED) return ENCRYPT.ON
  if (policy === 'required') return ENCRYPT.REQUIRED
  return wish === ENCRYPT.OFF ? ENCRYPT.OFF : ENCRYPT.NOT_SUPPORTED
}

export interface PreloginFacts {
  readonly major: number
  readonly build: number
  readonly encryption: number
  readonly instanceMatches: boolean
}

export function preloginReply(asked: Prelogin, facts: PreloginFacts): Buffer {
  const values = asked.options.flatMap(({token}) => {
    const data = VALUES[token]?.(facts)
    return data === undefined ? [] : [{token, data}]
  })
  const table = Buffer.alloc(values.length * ENTRY + 1)
  let offset = table.length
  for (const [index, {token, data}] of values.entries()) {
    table.writeUInt8(token, index * ENTRY)
    table.writeUInt16BE(offset, index * ENTRY + 1)
    table.writeUInt16BE(data.length, index * ENTRY + 3)
    offset += data.length
  }
  table.writeUInt8(TERMINATOR, table.length - 1)
  return Buffer.concat([table, ...values.map(({data}) => data)])
}

const flag = (value: number): Buffer => Buffer.from([value])

const VALUES: Readonly<Record<number, (facts: PreloginFacts) => Buffer>> = {
  [TOKEN.VERSION]: ({major, build}) => Buffer.from([major, 0, build >> 8, build & 0xff, 0, 0]),
  [TOKEN.ENCRYPTION]: ({encryption}) => flag(encryption),
  [TOKEN.INSTANCE]: ({instanceMatches}) => flag(instanceMatches ? 0 : 1),
  [TOKEN.THREAD]: () => Buffer.alloc(0),
  [TOKEN.MARS]: () => flag(0),
  [TOKEN.TRACE]: () => Buffer.alloc(0),
  [TOKEN.FEDERATED]: () => flag(0),
}
