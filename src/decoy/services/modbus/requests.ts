/** What each function does (V1.1b3 §6). All numbers on the wire are big-endian. */
import type {ServiceEvent} from '../../../events/event.ts'
import {sample} from '../../sample.ts'
import {FUNCTION, FUNCTION_NAMES, illegalFunction, illegalValue, type ModbusException} from './codes.ts'
import type {Device} from './device.ts'
import {identificationReply} from './identification.ts'
import type {Table} from './memory.ts'

const MAX_READ_BITS = 2000
const MAX_READ_WORDS = 125
const MAX_WRITE_BITS = 0x07b0
const MAX_WRITE_WORDS = 123
const MAX_READ_WRITE_WORDS = 121
const ON = 0xff00
const SAMPLE_BYTES = 256

/** Of diagnostics (§6.8): those that a server over TCP has. */
const DIAGNOSTIC = {echo: 0, restart: 1, register: 2, clear: 10, messages: 11} as const

export interface Call {
  readonly device: Device
  readonly pdu: Buffer
  readonly now: number
  /** Requests of this connection so far. */
  readonly messages: number
}

/** A reply, and what of the request is worth keeping. */
interface Answer {
  readonly pdu: Buffer
  readonly data: Readonly<Record<string, unknown>>
}

type Handler = (call: Call) => Answer

const readBits =
  (table: Table): Handler =>
  ({device, pdu, now}) => {
    const {address, second: count} = pair(pdu)
    inRange(count, MAX_READ_BITS)
    const packed = packBits(device.memory.bits(table, address, count, now))
    return {pdu: counted(pdu, packed), data: {address, count}}
  }

const readWords =
  (table: Table): Handler =>
  ({device, pdu, now}) => {
    const {address, second: count} = pair(pdu)
    inRange(count, MAX_READ_WORDS)
    return {pdu: counted(pdu, packWords(device.memory.words(table, address, count, now))), data: {address, count}}
  }

const writeCoil: Handler = ({device, pdu}) => {
  const {address, second: value} = pair(pdu)
  if (value !== 0 && value !== ON) throw illegalValue()
  device.memory.setBits(address, [value === ON])
  return {pdu, data: {address, value: value === ON}}
}

const writeWord: Handler = ({device, pdu, now}) => {
  const {address, second: value} = pair(pdu)
  device.memory.setWords(address, [value], now)
  return {pdu, data: {address, value}}
}

const writeCoils: Handler = ({device, pdu}) => {
  const {address, count, values} = block(pdu, 1)
  inRange(count, MAX_WRITE_BITS)
  if (values.length !== Math.ceil(count / 8)) throw illegalValue()
  device.memory.setBits(address, unpackBits(values, count))
  return {pdu: pdu.subarray(0, 5), data: {address, count, values: sample(values, SAMPLE_BYTES)}}
}

const writeWords: Handler = ({device, pdu, now}) => {
  const {address, count, values} = block(pdu, 1)
  inRange(count, MAX_WRITE_WORDS)
  if (values.length !== count * 2) throw illegalValue()
  device.memory.setWords(address, unpackWords(values), now)
  return {pdu: pdu.subarray(0, 5), data: {address, count, values: sample(values, SAMPLE_BYTES)}}
}

const maskWord: Handler = ({device, pdu, now}) => {
  if (pdu.length !== 7) throw illegalValue()
  const [address, and, or] = [pdu.readUInt16BE(1), pdu.readUInt16BE(3), pdu.readUInt16BE(5)]
  const [current = 0] = device.memory.words('holdingRegisters', address, 1, now)
  device.memory.setWords(address, [(current & and) | (or & ~and & 0xffff)], now)
  return {pdu, data: {address, and, or}}
}

/** The write comes first (§6.17). */
const readWriteWords: Handler = ({device, pdu, now}) => {
  if (pdu.length < 10) throw illegalValue()
  const [from, wanted] = [pdu.readUInt16BE(1), pdu.readUInt16BE(3)]
  const {address, count, values} = block(pdu, 5)
  inRange(wanted, MAX_READ_WORDS)
  inRange(count, MAX_READ_WRITE_WORDS)
  if (values.length !== count * 2) throw illegalValue()
  device.memory.words('holdingRegisters', from, wanted, now)
  device.memory.setWords(address, unpackWords(values), now)
  const read = packWords(device.memory.words('holdingRegisters', from, wanted, now))
  const data = {readAddress: from, readCount: wanted, address, count, values: sample(values, SAMPLE_BYTES)}
  return {pdu: counted(pdu, read), data}
}

const diagnose: Handler = ({pdu, messages}) => {
  const {address: test, second: value} = pair(pdu.subarray(0, 5))
  const answered = (word: number): Answer => {
    const reply = Buffer.from(pdu.subarray(0, 5))
    reply.writeUInt16BE(word, 3)
    return {pdu: reply, data: {test, value}}
  }
  switch (test) {
    case DIAGNOSTIC.echo:
      return {pdu, data: {test, value: sample(pdu.subarray(3), SAMPLE_BYTES)}}
    case DIAGNOSTIC.restart:
    case DIAGNOSTIC.clear:
      return {pdu, data: {test, value}}
    case DIAGNOSTIC.messages:
      return answered(messages & 0xffff)
    default:
      // The further ones, up to 18, are counters of a serial line.
      if (test > 18 || (test > DIAGNOSTIC.register && test < DIAGNOSTIC.clear)) throw illegalFunction()
      return answered(0)
  }
}

const reportServerId: Handler = ({device, pdu}) => {
  if (pdu.length !== 1) throw illegalValue()
  return {pdu: counted(pdu, device.serverId), data: {}}
}

const HANDLERS: ReadonlyMap<number, Handler> = new Map<number, Handler>([
  [FUNCTION.readCoils, readBits('coils')],
  [FUNCTION.readDiscreteInputs, readBits('discreteInputs')],
  [FUNCTION.readHoldingRegisters, readWords('holdingRegisters')],
  [FUNCTION.readInputRegisters, readWords('inputRegisters')],
  [FUNCTION.writeSingleCoil, writeCoil],
  [FUNCTION.writeSingleRegister, writeWord],
  [FUNCTION.diagnostics, diagnose],
  [FUNCTION.writeMultipleCoils, writeCoils],
  [FUNCTION.writeMultipleRegisters, writeWords],
  [FUNCTION.reportServerId, reportServerId],
  [FUNCTION.maskWriteRegister, maskWord],
  [FUNCTION.readWriteRegisters, readWriteWords],
  [FUNCTION.encapsulated, ({device, pdu}) => identificationReply(device.identification, pdu)],
])

const WRITES: ReadonlySet<number> = new Set([
  FUNCTION.writeSingleCoil,
  FUNCTION.writeSingleRegister,
  FUNCTION.writeMultipleCoils,
  FUNCTION.writeMultipleRegisters,
  FUNCTION.maskWriteRegister,
  FUNCTION.readWriteRegisters,
])

/** Throws ModbusException. */
export function perform(call: Call): Answer {
  const code = call.pdu.readUInt8(0)
  const handler = call.device.functions.has(code) ? HANDLERS.get(code) : undefined
  if (handler === undefined) throw illegalFunction()
  return handler(call)
}

export function exceptionReply(pdu: Buffer, code: number): Buffer {
  return Buffer.from([pdu.readUInt8(0) | 0x80, code])
}

/** Evidence of one request: writes are commands, what no device has is a probe. */
export function requestEvent(unit: number, pdu: Buffer, outcome: Answer | ModbusException): ServiceEvent {
  const code = pdu.readUInt8(0)
  const name = FUNCTION_NAMES.get(code)
  const common = {function: name ?? `function-${code}`, unit}
  const event = name === undefined ? 'probe' : WRITES.has(code) ? 'command' : 'query'
  if ('pdu' in outcome) return {event, data: {...common, ...outcome.data}}
  return {event, data: {...common, exception: outcome.code, request: sample(pdu.subarray(1), SAMPLE_BYTES)}}
}

/** Address and value or count: the whole of a request with two numbers. */
function pair(pdu: Buffer): {readonly address: number; readonly second: number} {
  if (pdu.length !== 5) throw illegalValue()
  return {address: pdu.readUInt16BE(1), second: pdu.readUInt16BE(3)}
}

function block(pdu: Buffer, at: number): {readonly address: number; readonly count: number; readonly values: Buffer} {
  if (pdu.length < at + 5) throw illegalValue()
  const values = pdu.subarray(at + 5)
  if (pdu.readUInt8(at + 4) !== values.length) throw illegalValue()
  return {address: pdu.readUInt16BE(at), count: pdu.readUInt16BE(at + 2), values}
}

function inRange(count: number, most: number): void {
  if (count < 1 || count > most) throw illegalValue()
}

const counted = (pdu: Buffer, values: Buffer): Buffer =>
  Buffer.concat([pdu.subarray(0, 1), Buffer.from([values.length]), values])

function packBits(bits: readonly boolean[]): Buffer {
  const bytes = Buffer.alloc(Math.ceil(bits.length / 8))
  for (const [index, bit] of bits.entries()) {
    if (bit) bytes[index >> 3] = (bytes[index >> 3] ?? 0) | (1 << (index & 7))
  }
  return bytes
}

const unpackBits = (bytes: Buffer, count: number): boolean[] =>
  Array.from({length: count}, (_, index) => (((bytes[index >> 3] ?? 0) >> (index & 7)) & 1) === 1)

function packWords(words: readonly number[]): Buffer {
  const bytes = Buffer.alloc(words.length * 2)
  for (const [index, word] of words.entries()) bytes.writeUInt16BE(word & 0xffff, index * 2)
  return bytes
}

const unpackWords = (bytes: Buffer): number[] =>
  Array.from({length: bytes.length / 2}, (_, index) => bytes.readUInt16BE(index * 2))
