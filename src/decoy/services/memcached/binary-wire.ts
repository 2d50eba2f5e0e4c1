/**
 * The binary protocol (protocol-binary of memcached), which a connection speaks whose first byte is 0x80:
 *
 *   packet = magic:8 opcode:8 keyLength:16 extrasLength:8 dataType:8 status:16 bodyLength:32 opaque:32 cas:64
 *            extras key value
 */
import {itemSize, MAX_ITEM, MAX_KEY} from './item.ts'
import {MAX_VALUE} from './storing.ts'

export const HEADER = 24
export const REQUEST = 0x80
const RESPONSE = 0x81

export const STATUS = {
  KEY_NOT_FOUND: 0x01,
  KEY_EXISTS: 0x02,
  TOO_LARGE: 0x03,
  INVALID: 0x04,
  NOT_STORED: 0x05,
  NON_NUMERIC: 0x06,
  UNKNOWN: 0x81,
  NO_MEMORY: 0x82,
} as const

export type Status = (typeof STATUS)[keyof typeof STATUS]

const MESSAGES: Readonly<Record<Status, string>> = {
  [STATUS.KEY_NOT_FOUND]: 'Not found',
  [STATUS.KEY_EXISTS]: 'Data exists for key.',
  [STATUS.TOO_LARGE]: 'Too large.',
  [STATUS.INVALID]: 'Invalid arguments',
  [STATUS.NOT_STORED]: 'Not stored.',
  [STATUS.NON_NUMERIC]: 'Non-numeric server-side value for incr or decr',
  [STATUS.UNKNOWN]: 'Unknown command',
  [STATUS.NO_MEMORY]: 'Out of memory',
}

export interface Packet {
  readonly opcode: number
  readonly opaque: Buffer
  readonly cas: bigint
  readonly extras: Buffer
  readonly key: Buffer
  readonly value: Buffer
}

export interface Head {
  readonly opcode: number
  readonly keyLength: number
  readonly extrasLength: number
  readonly bodyLength: number
}

export function readHead(header: Buffer): Head {
  return {
    opcode: header.readUInt8(1),
    keyLength: header.readUInt16BE(2),
    extrasLength: header.readUInt8(4),
    bodyLength: header.readUInt32BE(8),
  }
}

export function readPacket(header: Buffer, body: Buffer): Packet {
  const {opcode, keyLength, extrasLength} = readHead(header)
  return {
    opcode,
    opaque: header.subarray(12, 16),
    cas: header.readBigUInt64BE(16),
    extras: body.subarray(0, extrasLength),
    key: body.subarray(extrasLength, extrasLength + keyLength),
    value: body.subarray(extrasLength + keyLength),
  }
}

/** What has to be there of a command's parts. `key` and `value`: whether it must have one, or must not. */
export interface Shape {
  readonly name: string
  readonly extras: number
  readonly key: boolean | null
  readonly value: boolean | null
  /** The command that says nothing when all went well, or nothing was found. */
  readonly quiet?: true
}

const shape = (name: string, extras: number, key: boolean | null, value: boolean | null): Shape => ({
  name,
  extras,
  key,
  value,
})
const quiet = (loud: Shape): Shape => ({...loud, quiet: true})
const GET = shape('get', 0, true, false)
const GETK = shape('getk', 0, true, false)
const SET = shape('set', 8, true, null)
const ADD = shape('add', 8, true, null)
const REPLACE = shape('replace', 8, true, null)
const DELETE = shape('delete', 0, true, false)
const INCR = shape('incr', 20, true, false)
const DECR = shape('decr', 20, true, false)
const QUIT = shape('quit', 0, false, false)
const FLUSH = shape('flush_all', 4, false, false)
const APPEND = shape('append', 0, true, null)
const PREPEND = shape('prepend', 0, true, null)
const TOUCH = shape('touch', 4, true, false)
const GAT = shape('gat', 4, true, false)
const GATK = shape('gatk', 4, true, false)

export const SHAPES: ReadonlyMap<number, Shape> = new Map([
  [0x00, GET],
  [0x01, SET],
  [0x02, ADD],
  [0x03, REPLACE],
  [0x04, DELETE],
  [0x05, INCR],
  [0x06, DECR],
  [0x07, QUIT],
  [0x08, FLUSH],
  [0x09, quiet(GET)],
  [0x0a, shape('noop', 0, false, false)],
  [0x0b, shape('version', 0, false, false)],
  [0x0c, GETK],
  [0x0d, quiet(GETK)],
  [0x0e, APPEND],
  [0x0f, PREPEND],
  [0x10, shape('stats', 0, null, false)],
  [0x11, quiet(SET)],
  [0x12, quiet(ADD)],
  [0x13, quiet(REPLACE)],
  [0x14, quiet(DELETE)],
  [0x15, quiet(INCR)],
  [0x16, quiet(DECR)],
  [0x17, quiet(QUIT)],
  [0x18, quiet(FLUSH)],
  [0x19, quiet(APPEND)],
  [0x1a, quiet(PREPEND)],
  [0x1b, shape('verbosity', 4, false, false)],
  [0x1c, TOUCH],
  [0x1d, GAT],
  [0x1e, quiet(GAT)],
  [0x23, GATK],
  [0x24, quiet(GATK)],
  [0x21, shape('sasl_auth', 0, true, null)],
  [0x22, shape('sasl_step', 0, true, null)],
])

/** Whether the lengths fit the command, which is checked before its body is there. */
export function fits({opcode, keyLength, extrasLength, bodyLength}: Head): boolean {
  const form = SHAPES.get(opcode)
  const valueLength = bodyLength - keyLength - extrasLength
  if (valueLength < 0 || keyLength > MAX_KEY) return false
  if (form === undefined) return true
  const extrasFit = extrasLength === form.extras || (form.name === 'flush_all' && extrasLength === 0)
  const keyFits = form.key === null || form.key === keyLength > 0
  return extrasFit && keyFits && (form.value === null || form.value === valueLength > 0)
}

/** What a value of that size is refused with before it is there; null: it is taken. */
export function sizeProblem({opcode, keyLength, extrasLength, bodyLength}: Head): Status | null {
  if (SHAPES.get(opcode)?.value !== null) return null
  const size = bodyLength - keyLength - extrasLength
  const whole = itemSize({key: 'x'.repeat(keyLength), flags: 1, data: Buffer.alloc(0)}) + size
  if (whole > MAX_ITEM) return STATUS.TOO_LARGE
  return size > MAX_VALUE ? STATUS.NO_MEMORY : null
}

export const commandName = (opcode: number): string | null => SHAPES.get(opcode)?.name ?? null

export function problem(opcode: number, opaque: Buffer, status: Status): Buffer {
  return response(opcode, opaque, {status, value: Buffer.from(MESSAGES[status])})
}

export const invalid = (opcode: number, opaque: Buffer): Buffer => problem(opcode, opaque, STATUS.INVALID)

export interface Parts {
  readonly status?: number
  readonly extras?: Buffer
  readonly key?: Buffer
  readonly value?: Buffer
  readonly cas?: bigint
}

export const NONE = Buffer.alloc(0)

export function response(opcode: number, opaque: Buffer, parts: Parts): Buffer {
  const {status = 0, extras = NONE, key = NONE, value = NONE, cas = 0n} = parts
  const head = Buffer.alloc(HEADER)
  head.writeUInt8(RESPONSE, 0)
  head.writeUInt8(opcode, 1)
  head.writeUInt16BE(key.length, 2)
  head.writeUInt8(extras.length, 4)
  head.writeUInt16BE(status, 6)
  head.writeUInt32BE(extras.length + key.length + value.length, 8)
  opaque.copy(head, 12)
  head.writeBigUInt64BE(cas, 16)
  return Buffer.concat([head, extras, key, value])
}
