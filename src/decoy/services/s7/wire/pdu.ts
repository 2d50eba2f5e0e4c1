/**
 * PDUs of S7 communication, as they are seen on the wire (there is no public specification):
 *
 *   pdu     = %x32 type %x00 %x00 reference plen dlen [error] parameters data
 *   type    = %x01 job / %x02 acknowledgement / %x03 acknowledgement with data / %x07 user data
 *   error   = class code                ; in acknowledgements only
 *   user data parameters = %x00 %x01 %x12 count method group function sequence [unit last error]
 *   user data            = code size length *OCTET      ; code %xFF: all is well
 *
 * All numbers are big-endian.
 */

const PROTOCOL = 0x32
export const PROTOCOL_PLUS = 0x72
const HEADER = 10
const JOB = 1
const ACK = 2
const ACK_DATA = 3
const USER_DATA = 7
const USER_HEAD = Buffer.from([0x00, 0x01, 0x12])
const USER_PARAMETERS = 8
const METHOD_RESPONSE = 0x12
const TYPE_REQUEST = 0x40
const TYPE_RESPONSE = 0x80
/** A header of user data: return code, transport size, length. */
export const DATA_HEADER = 4
const OCTETS = 0x09
const GOOD = 0xff
const NOTHING = 0x0a

export interface Job {
  readonly type: 'job'
  readonly reference: number
  readonly parameters: Buffer
  readonly data: Buffer
}

export interface UserData {
  readonly type: 'user-data'
  readonly reference: number
  readonly group: number
  readonly function: number
  readonly sequence: number
  /** Without its header. */
  readonly data: Buffer
}

export type Pdu = Job | UserData | {readonly type: 'bad' | 'plus' | 'other'}

export function readPdu(bytes: Buffer): Pdu {
  if (bytes[0] === PROTOCOL_PLUS) return {type: 'plus'}
  if (bytes.length < HEADER || bytes[0] !== PROTOCOL) return {type: 'bad'}
  const [type, reference] = [bytes.readUInt8(1), bytes.readUInt16BE(4)]
  const [parameterSize, dataSize] = [bytes.readUInt16BE(6), bytes.readUInt16BE(8)]
  if (bytes.length < HEADER + parameterSize + dataSize) return {type: 'bad'}
  const parameters = bytes.subarray(HEADER, HEADER + parameterSize)
  const data = bytes.subarray(HEADER + parameterSize, HEADER + parameterSize + dataSize)
  if (type === JOB) return parameters.length === 0 ? {type: 'bad'} : {type: 'job', reference, parameters, data}
  return type === USER_DATA ? readUserData(reference, parameters, data) : {type: 'other'}
}

function readUserData(reference: number, parameters: Buffer, data: Buffer): Pdu {
  if (parameters.length < USER_PARAMETERS || !parameters.subarray(0, 3).equals(USER_HEAD)) return {type: 'bad'}
  const group = parameters.readUInt8(5)
  if ((group & 0xf0) !== TYPE_REQUEST) return {type: 'other'}
  return {
    type: 'user-data',
    reference,
    group: group & 0x0f,
    function: parameters.readUInt8(6),
    sequence: parameters.readUInt8(7),
    data: data.subarray(DATA_HEADER),
  }
}

function acknowledgement(type: number, job: Job, error: number, parameters: Buffer, data: Buffer): Buffer {
  const header = Buffer.alloc(HEADER + 2)
  header.writeUInt8(PROTOCOL, 0)
  header.writeUInt8(type, 1)
  header.writeUInt16BE(job.reference, 4)
  header.writeUInt16BE(parameters.length, 6)
  header.writeUInt16BE(data.length, 8)
  header.writeUInt16BE(error, HEADER)
  return Buffer.concat([header, parameters, data])
}

export const jobReply = (job: Job, parameters: Buffer, data: Buffer = Buffer.alloc(0)): Buffer =>
  acknowledgement(ACK_DATA, job, 0, parameters, data)

/** `error`: class and code. */
export const jobRefusal = (job: Job, error: number): Buffer =>
  acknowledgement(ACK, job, error, Buffer.alloc(0), Buffer.alloc(0))

export interface UserReply {
  /** Null: there is nothing but the outcome. */
  readonly data: Buffer | null
  readonly error: number
  /** Which series this belongs to; the client names it when it asks for the next part. */
  readonly sequence: number
  /** More parts of the series follow. */
  readonly more: boolean
}

export function userReply(request: UserData, {data, error, sequence, more}: UserReply): Buffer {
  const parameters = Buffer.concat([
    USER_HEAD,
    Buffer.from([USER_PARAMETERS, METHOD_RESPONSE, TYPE_RESPONSE | request.group, request.function, sequence]),
    Buffer.from([more ? sequence : 0, more ? 1 : 0, error >> 8, error & 0xff]),
  ])
  const head = Buffer.alloc(DATA_HEADER)
  head.writeUInt8(data === null ? NOTHING : GOOD, 0)
  head.writeUInt8(data === null ? 0 : OCTETS, 1)
  head.writeUInt16BE(data?.length ?? 0, 2)
  const header = Buffer.alloc(HEADER)
  header.writeUInt8(PROTOCOL, 0)
  header.writeUInt8(USER_DATA, 1)
  header.writeUInt16BE(request.reference, 4)
  header.writeUInt16BE(parameters.length, 6)
  header.writeUInt16BE(DATA_HEADER + (data?.length ?? 0), 8)
  return Buffer.concat([header, parameters, head, data ?? Buffer.alloc(0)])
}

/** What of an agreed PDU remains for the data of one part of user data. */
export const userDataRoom = (pduSize: number): number => pduSize - HEADER - USER_PARAMETERS - 4 - DATA_HEADER
