/**
 * LOGIN7 (MS-TDS 2.2.6.4), little-endian, text in UTF-16:
 *
 *   login = length:u32 version:u32 packet-size:u32 program:u32 pid:u32 connection:u32 flags1:u8 flags2:u8 type:u8
 *           flags3:u8 zone:i32 locale:u32 places client-id[6] sspi:place file:place [password:place long-sspi:u32] data
 *   place = offset:u16 characters:u16       ; octets for SSPI
 *
 * Passwords are not encrypted: in each octet the halves are swapped, then every other bit is turned over.
 */
import {CodecError} from '../../../codecs/codec-error.ts'
import {TDS_7_0, TDS_7_2} from './constants.ts'

/** Fixed parts of 7.0 and 7.1, and of the versions since. */
const FIXED = 86
const FIXED_7_2 = 94
const INTEGRATED_SECURITY = 0x80
const SSPI_IN_LONG = 0xffff
const MAX_CHARACTERS = 128
const MAX_APPLICATION = 1024

const AT = {
  HOST: 36,
  USER: 40,
  PASSWORD: 44,
  APPLICATION: 48,
  SERVER: 52,
  LIBRARY: 60,
  LANGUAGE: 64,
  DATABASE: 68,
  CLIENT_ID: 72,
  SSPI: 78,
  NEW_PASSWORD: 86,
  LONG_SSPI: 90,
} as const

export interface Login {
  readonly version: number
  readonly packetSize: number
  readonly program: string
  readonly processId: number
  readonly integrated: boolean
  readonly host: string
  readonly user: string
  readonly password: string
  readonly application: string
  readonly server: string
  readonly library: string
  readonly language: string
  readonly database: string
  /** Usually the client's MAC address. */
  readonly clientId: Buffer
  readonly sspi: Buffer
  readonly newPassword: string
}

export function parseLogin(bytes: Buffer): Login {
  if (bytes.length < FIXED) throw new CodecError(`a LOGIN7 of ${bytes.length} octets`)
  const length = bytes.readUInt32LE(0)
  if (length > bytes.length || length < FIXED) throw new CodecError(`a LOGIN7 that says it has ${length} octets`)
  const version = bytes.readUInt32LE(4)
  if (version < TDS_7_0) throw new CodecError(`TDS version ${version.toString(16)}`)
  const later = version >= TDS_7_2 && length >= FIXED_7_2
  const data = bytes.subarray(0, length)
  const text = (at: number, most = MAX_CHARACTERS): string => place(data, at, most).toString('utf16le')
  return {
    version,
    packetSize: data.readUInt32LE(8),
    program: [15, 14, 12].map((at) => data.readUInt8(at)).join('.'),
    processId: data.readUInt32LE(16),
    integrated: (data.readUInt8(25) & INTEGRATED_SECURITY) !== 0,
    host: text(AT.HOST),
    user: text(AT.USER),
    password: revealed(place(data, AT.PASSWORD, MAX_CHARACTERS)),
    application: text(AT.APPLICATION, MAX_APPLICATION),
    server: text(AT.SERVER, MAX_APPLICATION),
    library: text(AT.LIBRARY),
    language: text(AT.LANGUAGE),
    database: text(AT.DATABASE),
    clientId: data.subarray(AT.CLIENT_ID, AT.CLIENT_ID + 6),
    sspi: sspi(data, later),
    newPassword: later ? revealed(place(data, AT.NEW_PASSWORD, MAX_CHARACTERS)) : '',
  }
}

function place(data: Buffer, at: number, most: number): Buffer {
  const offset = data.readUInt16LE(at)
  const characters = data.readUInt16LE(at + 2)
  if (characters === 0) return Buffer.alloc(0)
  if (characters > most) throw new CodecError(`a field of LOGIN7 of ${characters} characters`)
  return octets(data, offset, characters * 2)
}

function octets(data: Buffer, offset: number, size: number): Buffer {
  if (offset < FIXED || offset + size > data.length) {
    throw new CodecError(`${size} octets at ${offset} in a LOGIN7 of ${data.length}`)
  }
  return data.subarray(offset, offset + size)
}

function sspi(data: Buffer, later: boolean): Buffer {
  const short = data.readUInt16LE(AT.SSPI + 2)
  const long = later && short === SSPI_IN_LONG ? data.readUInt32LE(AT.LONG_SSPI) : 0
  const size = long > 0 ? long : short
  return size === 0 ? Buffer.alloc(0) : octets(data, data.readUInt16LE(AT.SSPI), size)
}

const OBSCURING = 0xa5

export function revealed(obscured: Buffer): string {
  const bytes = Buffer.from(obscured.map((octet) => swapped(octet ^ OBSCURING)))
  return bytes.toString('utf16le')
}

const swapped = (octet: number): number => ((octet << 4) | (octet >> 4)) & 0xff
