/**
 * Messages (mongodb.com/docs/manual/reference/mongodb-wire-protocol), little-endian:
 *
 *   message       = length:32 requestId:32 responseTo:32 opcode:32 body
 *   OP_MSG        = flags:32 1*section [checksum:32]      section = %x00 document / %x01 size:32 name:cstring *document
 *   OP_QUERY      = flags:32 collection:cstring skip:32 count:32 document [document]
 *   OP_REPLY      = flags:32 cursor:64 from:32 count:32 *document
 *   OP_COMPRESSED = opcode:32 size:32 compressor:8 body
 */
import {ByteQueue} from '../../byte-queue.ts'
import {decodeDocument} from '../../codecs/bson/decode.ts'
import {encodeDocument} from '../../codecs/bson/encode.ts'
import type {BsonDocument, BsonValue} from '../../codecs/bson/values.ts'
import {CodecError} from '../../codecs/codec-error.ts'
import {type Compressor, compress, compressorOf, decompress, idOf} from './compression.ts'

export const OPCODE = {
  REPLY: 1,
  UPDATE: 2001,
  INSERT: 2002,
  QUERY: 2004,
  GET_MORE: 2005,
  DELETE: 2006,
  KILL_CURSORS: 2007,
  COMPRESSED: 2012,
  MSG: 2013,
} as const

export const HEADER = 16
/** What a real server takes; above ours the connection is closed. */
export const MAX_MESSAGE = 256 * 1024

const FLAG = {CHECKSUM: 1, MORE_TO_COME: 2, EXHAUST_ALLOWED: 0x1_0000} as const
/** An unknown flag among these ends the connection. */
const REQUIRED_FLAGS = 0xffff

export interface Envelope {
  readonly requestId: number
  readonly opcode: number
  readonly body: Buffer
  /** By which the answer has to be compressed; null: it came plain. */
  readonly compressor: Compressor | null
}

export type ReadMessage = Envelope | {readonly problem: string}

export class MessageReader {
  readonly #queue = new ByteQueue()

  push(chunk: Buffer): void {
    this.#queue.push(chunk)
  }

  /** What came, not consumed. */
  peek(size: number): Buffer | null {
    return this.#queue.peek(size)
  }

  /** Null: more is needed. @throws CodecError for a compressed message that is broken. */
  next(): ReadMessage | null {
    const header = this.#queue.peek(HEADER)
    if (header === null) return null
    const size = header.readInt32LE(0)
    if (size < HEADER || size > MAX_MESSAGE) return {problem: 'length of a message'}
    const whole = this.#queue.take(size)
    if (whole === null) return null
    const plain = {
      requestId: whole.readInt32LE(4),
      opcode: whole.readInt32LE(12),
      body: whole.subarray(HEADER),
      compressor: null,
    }
    return plain.opcode === OPCODE.COMPRESSED ? uncompressed(plain) : plain
  }
}

function uncompressed({requestId, body}: Envelope): ReadMessage {
  if (body.length < 9) return {problem: 'compressed message too short'}
  const opcode = body.readInt32LE(0)
  const size = body.readInt32LE(4)
  const compressor = compressorOf(body.readUInt8(8))
  if (compressor === null || opcode === OPCODE.COMPRESSED) return {problem: 'compressor of a message'}
  if (size < 0 || size > MAX_MESSAGE - HEADER) return {problem: 'size of a compressed message'}
  return {requestId, opcode, body: decompress(compressor, body.subarray(9), size), compressor}
}

/** A command, however it came. */
export interface Command {
  readonly database: string
  /** With the sequences of OP_MSG put in as arrays. */
  readonly body: BsonDocument
  readonly legacy: boolean
  /** The client wants no answer. */
  readonly silent: boolean
  /** The client takes answers without asking again. */
  readonly exhaust: boolean
}

/** @throws CodecError. Null: flags that no client may send. */
export function readMsg(body: Buffer): Command | null {
  if (body.length < 9) throw new CodecError('message too short')
  const flags = body.readUInt32LE(0)
  if ((flags & REQUIRED_FLAGS & ~(FLAG.CHECKSUM | FLAG.MORE_TO_COME)) !== 0) return null
  const end = body.length - ((flags & FLAG.CHECKSUM) === 0 ? 0 : 4)
  const document = sections(body.subarray(0, end))
  const database = document.get('$db')
  return {
    database: typeof database === 'string' ? database : '',
    body: document,
    legacy: false,
    silent: (flags & FLAG.MORE_TO_COME) !== 0,
    exhaust: (flags & FLAG.EXHAUST_ALLOWED) !== 0,
  }
}

function sections(bytes: Buffer): BsonDocument {
  const sequences: [string, BsonValue[]][] = []
  let main: BsonDocument | null = null
  let at = 4
  while (at < bytes.length) {
    const kind = bytes.readUInt8(at++)
    if (kind === 0 && main === null) {
      const {document, end} = decodeDocument(bytes, at)
      main = document
      at = end
    } else if (kind === 1) {
      const [name, documents, end] = sequence(bytes, at)
      sequences.push([name, documents])
      at = end
    } else throw new CodecError('section of a message')
  }
  if (main === null) throw new CodecError('message without a body')
  for (const [name, documents] of sequences) main.set(name, documents)
  return main
}

function sequence(bytes: Buffer, at: number): [name: string, documents: BsonValue[], end: number] {
  if (bytes.length - at < 5) throw new CodecError('sequence too short')
  const end = at + bytes.readInt32LE(at)
  const nul = bytes.indexOf(0, at + 4)
  if (end > bytes.length || nul < 0 || nul >= end) throw new CodecError('length of a sequence')
  const documents: BsonValue[] = []
  let next = nul + 1
  while (next < end) {
    const read = decodeDocument(bytes.subarray(0, end), next)
    documents.push(read.document)
    next = read.end
  }
  return [bytes.toString('utf8', at + 4, nul), documents, end]
}

/** A query of a collection `database.$cmd` is a command; another is one of documents. */
export interface LegacyQuery extends Command {
  readonly collection: string
  readonly skip: number
  readonly count: number
}

/** @throws CodecError */
export function readQuery(body: Buffer): LegacyQuery {
  const nul = body.indexOf(0, 4)
  if (nul < 0 || body.length - nul < 9) throw new CodecError('query too short')
  const name = body.toString('utf8', 4, nul)
  const dot = name.indexOf('.')
  const {document} = decodeDocument(body, nul + 9)
  const wrapped = document.get('$query') ?? document.get('query')
  return {
    database: dot < 0 ? name : name.slice(0, dot),
    collection: dot < 0 ? '' : name.slice(dot + 1),
    skip: body.readInt32LE(nul + 1),
    count: body.readInt32LE(nul + 5),
    body: wrapped instanceof Map ? wrapped : document,
    legacy: true,
    silent: false,
    exhaust: false,
  }
}

export interface Answer {
  readonly requestId: number
  readonly responseTo: number
  readonly document: BsonDocument
  readonly compressor: Compressor | null
  readonly moreToCome: boolean
}

export function msg({document, moreToCome, ...answer}: Answer): Buffer {
  const flags = Buffer.alloc(5)
  flags.writeUInt32LE(moreToCome ? FLAG.MORE_TO_COME : 0)
  return message(OPCODE.MSG, Buffer.concat([flags, encodeDocument(document)]), answer)
}

/** AwaitCapable, which every server says. */
const REPLY_FLAGS = 8

export function reply(documents: readonly BsonDocument[], answer: Omit<Answer, 'document' | 'moreToCome'>): Buffer {
  const head = Buffer.alloc(20)
  head.writeInt32LE(REPLY_FLAGS)
  head.writeInt32LE(documents.length, 16)
  return message(OPCODE.REPLY, Buffer.concat([head, ...documents.map(encodeDocument)]), answer)
}

function message(opcode: number, body: Buffer, answer: Omit<Answer, 'document' | 'moreToCome'>): Buffer {
  const {compressor} = answer
  if (compressor === null) return framed(opcode, body, answer)
  const head = Buffer.alloc(9)
  head.writeInt32LE(opcode)
  head.writeInt32LE(body.length, 4)
  head.writeUInt8(idOf(compressor), 8)
  return framed(OPCODE.COMPRESSED, Buffer.concat([head, compress(compressor, body)]), answer)
}

function framed(
  opcode: number,
  body: Buffer,
  {requestId, responseTo}: Pick<Answer, 'requestId' | 'responseTo'>,
): Buffer {
  const head = Buffer.alloc(HEADER)
  head.writeInt32LE(HEADER + body.length)
  head.writeInt32LE(requestId | 0, 4)
  head.writeInt32LE(responseTo, 8)
  head.writeInt32LE(opcode, 12)
  return Buffer.concat([head, body])
}
