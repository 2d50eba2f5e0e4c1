/**
 * Messages of DNS, mDNS and LLMNR as they are read (RFC 1035 §4, RFC 6762 §18, RFC 4795 §2.1), big-endian:
 *
 *   message  = id:u16 flags:u16 questions:u16 answers:u16 authorities:u16 additionals:u16 *question *resource
 *   question = name type:u16 class:u16
 *   resource = name type:u16 class:u16 ttl:u32 length:u16 length*OCTET
 *   OPT      = resource, the root's, of type 41: class is the size of answers, ttl is rcode:u8 version:u8 flags:u16
 *   option   = code:u16 length:u16 length*OCTET                                              ; RFC 6891 §6.1.2
 */
import {CodecError} from '../codec-error.ts'
import {HEADER_SIZE, TYPE} from './constants.ts'
import {type Name, readName} from './name.ts'

/** More than any client asks or tells in one message. */
const MAX_ENTRIES = 1024

export interface Question {
  readonly name: Name
  readonly type: number
  readonly class: number
}

export interface ReadRecord extends Question {
  readonly ttl: number
  readonly data: Buffer
  /** Where the data begins in the message: names in it may point back. */
  readonly at: number
}

export interface Header {
  readonly id: number
  /** All of the second word. */
  readonly flags: number
  readonly response: boolean
  readonly opcode: number
  readonly rcode: number
  readonly counts: readonly [questions: number, answers: number, authorities: number, additionals: number]
}

export interface Message extends Header {
  readonly questions: readonly Question[]
  readonly answers: readonly ReadRecord[]
  readonly authorities: readonly ReadRecord[]
  readonly additionals: readonly ReadRecord[]
  /** Octets behind the last record. */
  readonly rest: number
}

/** Null: too short for one. */
export function readHeader(bytes: Buffer): Header | null {
  if (bytes.length < HEADER_SIZE) return null
  const flags = bytes.readUInt16BE(2)
  const [id = 0, , ...counts] = Array.from({length: 6}, (_, index) => bytes.readUInt16BE(2 * index))
  const [questions = 0, answers = 0, authorities = 0, additionals = 0] = counts
  return {
    id,
    flags,
    response: (flags & 0x8000) !== 0,
    opcode: (flags >> 11) & 0x0f,
    rcode: flags & 0x0f,
    counts: [questions, answers, authorities, additionals],
  }
}

/** @throws CodecError where it is none. */
export function readMessage(bytes: Buffer): Message {
  const header = readHeader(bytes)
  if (header === null) throw new CodecError('shorter than a header')
  const [questionCount, ...recordCounts] = header.counts
  if (header.counts.reduce((sum, count) => sum + count, 0) > MAX_ENTRIES) throw new CodecError('too many records')
  const reader = {at: HEADER_SIZE}
  const questions = times(questionCount, () => readQuestion(bytes, reader))
  const [answers = [], authorities = [], additionals = []] = recordCounts.map((count) =>
    times(count, () => readRecord(bytes, reader)),
  )
  return {...header, questions, answers, authorities, additionals, rest: bytes.length - reader.at}
}

const times = <T>(count: number, make: () => T): T[] => Array.from({length: count}, make)

interface Reader {
  at: number
}

function readQuestion(bytes: Buffer, reader: Reader): Question {
  const {name, end} = readName(bytes, reader.at)
  if (end + 4 > bytes.length) throw new CodecError('a question is cut off')
  reader.at = end + 4
  return {name, type: bytes.readUInt16BE(end), class: bytes.readUInt16BE(end + 2)}
}

function readRecord(bytes: Buffer, reader: Reader): ReadRecord {
  const {name, type, class: recordClass} = readQuestion(bytes, reader)
  const fields = reader.at
  if (fields + 6 > bytes.length) throw new CodecError('a record is cut off')
  const at = fields + 6
  const end = at + bytes.readUInt16BE(fields + 4)
  if (end > bytes.length) throw new CodecError('a record is cut off')
  reader.at = end
  return {name, type, class: recordClass, ttl: bytes.readUInt32BE(fields), data: bytes.subarray(at, end), at}
}

export interface Edns {
  /** Octets of a datagram that the sender takes. */
  readonly size: number
  readonly version: number
  readonly dnssecOk: boolean
  readonly options: readonly {readonly code: number; readonly data: Buffer}[]
}

/**
 * Null: the message has no OPT record.
 *
 * @throws CodecError where there are two, or one that is broken.
 */
export function ednsOf({additionals}: Pick<Message, 'additionals'>): Edns | null {
  const [record, second] = additionals.filter(({type}) => type === TYPE.OPT)
  if (record === undefined) return null
  if (second !== undefined) throw new CodecError('two OPT records')
  if (record.name.length > 0) throw new CodecError('an OPT record that is not the root’s')
  const {ttl, data} = record
  return {size: record.class, version: (ttl >> 16) & 0xff, dnssecOk: (ttl & 0x8000) !== 0, options: readOptions(data)}
}

function readOptions(data: Buffer): Edns['options'] {
  const options: {code: number; data: Buffer}[] = []
  let at = 0
  while (at < data.length) {
    if (at + 4 > data.length) throw new CodecError('an EDNS option is cut off')
    const end = at + 4 + data.readUInt16BE(at + 2)
    if (end > data.length) throw new CodecError('an EDNS option is cut off')
    options.push({code: data.readUInt16BE(at), data: data.subarray(at + 4, end)})
    at = end
  }
  return options
}
