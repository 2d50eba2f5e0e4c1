/**
 * Read Device Identification (V1.1b3 §6.21):
 *
 *   request = %x2B %x0E code object
 *   reply   = %x2B %x0E code conformity more next count *(object length value)
 */
import {EXCEPTION, ModbusException} from './codes.ts'
import type {Identification} from './device.ts'

const READ_DEVICE_ID = 0x0e
const CODE = {basic: 1, regular: 2, extended: 3, individual: 4} as const
const CATEGORY_END: Readonly<Record<number, number>> = {
  [CODE.basic]: 0x03,
  [CODE.regular]: 0x07,
  [CODE.extended]: 0x100,
}
/** The basic category, as a stream and one by one. */
const CONFORMITY = 0x81

/** Throws ModbusException. */
export function identificationReply(
  objects: Identification,
  pdu: Buffer,
): {readonly pdu: Buffer; readonly data: Readonly<Record<string, unknown>>} {
  if (pdu.length !== 4 || pdu.readUInt8(1) !== READ_DEVICE_ID) throw new ModbusException(EXCEPTION.illegalFunction)
  const [code, object] = [pdu.readUInt8(2), pdu.readUInt8(3)]
  const told = code === CODE.individual ? one(objects, object) : stream(objects, code, object)
  const head = Buffer.from([...pdu.subarray(0, 3), CONFORMITY, 0, 0, told.length])
  const values = told.map(([id, text]) => Buffer.concat([Buffer.from([id, text.length]), Buffer.from(text, 'latin1')]))
  return {pdu: Buffer.concat([head, ...values]), data: {code, object}}
}

function one(objects: Identification, object: number): (readonly [number, string])[] {
  const text = objects.get(object)
  if (text === undefined) throw new ModbusException(EXCEPTION.illegalAddress)
  return [[object, text]]
}

/** From an object that does not exist it begins anew. */
function stream(objects: Identification, code: number, from: number): (readonly [number, string])[] {
  const end = CATEGORY_END[code]
  if (end === undefined) throw new ModbusException(EXCEPTION.illegalValue)
  const first = objects.has(from) ? from : 0
  return [...objects].filter(([id]) => id >= first && id < end)
}
