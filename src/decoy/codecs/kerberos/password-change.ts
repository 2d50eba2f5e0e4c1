/**
 * The password service of port 464 (RFC 3244 §2), all numbers big-endian.
 *
 *   request = length:u16 version:u16 apReqLength:u16 AP-REQ KRB-PRIV
 *   error   = length:u16 version:u16 0:u16 KRB-ERROR      e-data = result:u16 text
 */
import {announcedLength} from '../ber/header.ts'
import {BerReader} from '../ber/reader.ts'
import {application} from '../ber/tags.ts'
import {CodecError} from '../codec-error.ts'
import {ERROR_CODE, MESSAGE} from './constants.ts'
import {buildKrbError, type KrbError} from './krb-error.ts'
import {type ApRequest, parseApRequest} from './ticket.ts'
import {type EncryptedData, readEncryptedData} from './types.ts'

/** Changes one's own password, as MIT writes it, or sets another's (0xff80). */
export const VERSION = {CHANGE: 1, SET: 0xff80} as const

export const RESULT = {MALFORMED: 1, HARD_ERROR: 2, AUTH_ERROR: 3, SOFT_ERROR: 4, ACCESS_DENIED: 5} as const

export interface PasswordRequest {
  readonly version: number
  readonly apRequest: ApRequest
  /** Holds the new password, for the holder of the session key. */
  readonly encrypted: EncryptedData
}

const HEADER = 6
const REPLY_VERSION = 1

export function parsePasswordRequest(bytes: Buffer): PasswordRequest {
  if (bytes.length < HEADER) throw new CodecError('a password request that ends within its header')
  const length = bytes.readUInt16BE(0)
  const version = bytes.readUInt16BE(2)
  const end = HEADER + bytes.readUInt16BE(4)
  if (length !== bytes.length || end > length) throw new CodecError('a password request of another length')
  if (version !== VERSION.CHANGE && version !== VERSION.SET) throw new CodecError(`password protocol ${version}`)
  const apRequest = bytes.subarray(HEADER, end)
  if (announcedLength(apRequest, apRequest.length) !== apRequest.length)
    throw new CodecError('an AP-REQ of another length')
  const reader = new BerReader(bytes.subarray(end)).enter(application(MESSAGE.KRB_PRIV)).sequence()
  reader.explicit(0)
  reader.explicit(1)
  return {version, apRequest: parseApRequest(apRequest), encrypted: readEncryptedData(reader.explicit(3))}
}

/** The refusal of a request whose ticket the server cannot use. */
export function buildPasswordError(result: number, text: string, error: Omit<KrbError, 'code' | 'data'>): Buffer {
  const code = Buffer.alloc(2)
  code.writeUInt16BE(result)
  const data = Buffer.concat([code, Buffer.from(text, 'utf8')])
  const message = buildKrbError({...error, code: ERROR_CODE.GENERIC, data})
  const header = Buffer.alloc(HEADER)
  header.writeUInt16BE(HEADER + message.length, 0)
  header.writeUInt16BE(REPLY_VERSION, 2)
  return Buffer.concat([header, message])
}
