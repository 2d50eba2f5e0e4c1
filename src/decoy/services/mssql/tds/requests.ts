/**
 * Requests of a client that is in (MS-TDS 2.2.6.6, 2.2.6.7, 2.2.5.2):
 *
 *   batch   = [headers] text                                   ; UTF-16; headers since 7.2: length:u32, itself counted
 *   rpc     = [headers] (characters:u16 name / 0xffff id:u16) flags:u16 *parameter
 *   parameter = name:b status:u8 type value
 *
 * Types that no client uses for what is played here end the reading of parameters: the ones before are kept.
 */
import {CodecError} from '../../../codecs/codec-error.ts'
import {LittleEndianReader} from '../../../codecs/little-endian.ts'
import {COLLATION} from './tokens.ts'

const MAX_NAME = 1046
const MAX_PARAMETERS = 64
const BY_NUMBER = 0xffff
const PLP = 0xffff
const PLP_NULL = 0xffff_ffff_ffff_ffffn
const PLP_UNKNOWN = 0xffff_ffff_ffff_fffen
const NULL_SIZE = 0xffff

/** 2.2.6.6: procedures that are called by number. */
const WELL_KNOWN: Readonly<Record<number, string>> = {
  1: 'sp_cursor',
  2: 'sp_cursoropen',
  3: 'sp_cursorprepare',
  4: 'sp_cursorexecute',
  5: 'sp_cursorprepexec',
  6: 'sp_cursorunprepare',
  7: 'sp_cursorfetch',
  8: 'sp_cursoroption',
  9: 'sp_cursorclose',
  10: 'sp_executesql',
  11: 'sp_prepare',
  12: 'sp_execute',
  13: 'sp_prepexec',
  14: 'sp_prepexecrpc',
  15: 'sp_unprepare',
}

export type ParameterValue = string | number | boolean | null

export interface Parameter {
  readonly name: string
  readonly output: boolean
  readonly value: ParameterValue
}

export interface Rpc {
  readonly procedure: string
  readonly parameters: readonly Parameter[]
  /** All parameters were understood. */
  readonly complete: boolean
}

/** The layout of the agreed version. */
export interface Layout {
  readonly wide: boolean
  readonly collated: boolean
}

export function batchText(data: Buffer, {wide}: Layout): string {
  return withoutHeaders(data, wide).toString('utf16le')
}

function withoutHeaders(data: Buffer, wide: boolean): Buffer {
  if (!wide) return data
  const length = data.length < 4 ? 0 : data.readUInt32LE(0)
  if (length < 4 || length > data.length) throw new CodecError(`headers of ${length} octets`)
  return data.subarray(length)
}

export function parseRpc(data: Buffer, layout: Layout): Rpc {
  const reader = new LittleEndianReader(withoutHeaders(data, layout.wide))
  const size = reader.u16()
  const procedure = size === BY_NUMBER ? byNumber(reader.u16()) : nameOf(reader, size)
  reader.u16()
  const parameters: Parameter[] = []
  while (reader.left > 0) {
    if (parameters.length === MAX_PARAMETERS) return {procedure, parameters, complete: false}
    const parameter = readParameter(reader, layout)
    if (parameter === null) return {procedure, parameters, complete: false}
    parameters.push(parameter)
  }
  return {procedure, parameters, complete: true}
}

const byNumber = (id: number): string => WELL_KNOWN[id] ?? `#${id}`

function nameOf(reader: LittleEndianReader, characters: number): string {
  if (characters > MAX_NAME) throw new CodecError(`a procedure's name of ${characters} characters`)
  return reader.take(characters * 2).toString('utf16le')
}

function readParameter(reader: LittleEndianReader, layout: Layout): Parameter | null {
  const name = reader.take(reader.u8() * 2).toString('utf16le')
  const output = (reader.u8() & 1) !== 0
  const read = TYPES[reader.u8()]
  return read === undefined ? null : {name, output, value: read(reader, layout)}
}

type Read = (reader: LittleEndianReader, layout: Layout) => ParameterValue

const integer = (bytes: Buffer): ParameterValue => {
  switch (bytes.length) {
    case 0:
      return null
    case 1:
      return bytes.readUInt8(0)
    case 8:
      return Number(bytes.readBigInt64LE(0))
    default:
      return bytes.readIntLE(0, Math.min(bytes.length, 6))
  }
}
const float = (bytes: Buffer): ParameterValue => {
  if (bytes.length === 0) return null
  return bytes.length === 4 ? bytes.readFloatLE(0) : bytes.readDoubleLE(0)
}
const fixed =
  (size: number, make: (bytes: Buffer) => ParameterValue): Read =>
  (reader) =>
    make(reader.take(size))
/** The size of the type, then that of the value. */
const sized =
  (sizes: readonly number[], make: (bytes: Buffer) => ParameterValue): Read =>
  (reader) => {
    reader.u8()
    const size = reader.u8()
    if (!sizes.includes(size)) throw new CodecError(`a value of ${size} octets`)
    return make(reader.take(size))
  }

const text =
  (encoding: 'utf16le' | 'latin1' | 'hex', collation: boolean): Read =>
  (reader, {collated}) => {
    const most = reader.u16()
    if (collation && collated) reader.take(COLLATION.length)
    if (most === PLP) return partlyLengthPrefixed(reader)?.toString(encoding) ?? null
    const size = reader.u16()
    return size === NULL_SIZE ? null : reader.take(size).toString(encoding)
  }

/** 2.2.5.2.3: a length of all, then chunks until one of no length. */
function partlyLengthPrefixed(reader: LittleEndianReader): Buffer | null {
  const total = reader.u64()
  if (total === PLP_NULL) return null
  if (total !== PLP_UNKNOWN && total > BigInt(reader.left)) throw new CodecError('a value longer than its message')
  const chunks: Buffer[] = []
  for (let size = reader.u32(); size > 0; size = reader.u32()) chunks.push(reader.take(size))
  return Buffer.concat(chunks)
}

const large =
  (encoding: 'utf16le' | 'latin1'): Read =>
  (reader, {collated}) => {
    reader.u32()
    if (collated) reader.take(COLLATION.length)
    const size = reader.u32()
    return size === 0xffff_ffff ? null : reader.take(size).toString(encoding)
  }

const TYPES: Readonly<Record<number, Read>> = {
  31: () => null,
  38: sized([0, 1, 2, 4, 8], integer),
  48: fixed(1, integer),
  50: fixed(1, integer),
  52: fixed(2, integer),
  56: fixed(4, integer),
  62: fixed(8, float),
  104: sized([0, 1], integer),
  109: sized([0, 4, 8], float),
  127: fixed(8, integer),
  35: large('latin1'),
  99: large('utf16le'),
  165: text('hex', false),
  167: text('latin1', true),
  175: text('latin1', true),
  231: text('utf16le', true),
  239: text('utf16le', true),
}
