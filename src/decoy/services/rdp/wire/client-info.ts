/**
 * The Client Info PDU (MS-RDPBCGR §2.2.1.11), in which a client logs on, and what a server may answer it with.
 *
 *   client-info = flags:u16le(SEC_INFO_PKT) u16 codePage:u32 flags:u32 5 × size:u16le
 *                 domain user password shell directory                    zero-terminated, the zeros not counted
 *                 [family:u16 size:u16 address size:u16 directory …]      zeros counted
 */
import {CodecError} from '../../../codecs/codec-error.ts'
import {LittleEndianReader, LittleEndianWriter} from '../../../codecs/little-endian.ts'
import {SERVER_USER} from './mcs.ts'

const SEC_INFO_PKT = 0x0040
const SEC_LICENSE_PKT = 0x0080
const INFO_UNICODE = 0x10
const MAX_FIELD = 1024

export interface ClientInfo {
  readonly domain: string
  readonly user: string
  readonly password: string
  readonly shell: string
  /** The address that the client believes to have, and where it is installed; empty where it does not say. */
  readonly address: string
  readonly directory: string
}

export function parseClientInfo(bytes: Buffer): ClientInfo {
  const reader = new LittleEndianReader(bytes)
  if ((reader.u16() & SEC_INFO_PKT) === 0) throw new CodecError('no client info')
  reader.u16()
  reader.u32()
  const unicode = (reader.u32() & INFO_UNICODE) !== 0
  const zero = unicode ? 2 : 1
  const sizes = Array.from({length: 5}, () => reader.u16())
  const [domain = '', user = '', password = '', shell = ''] = sizes.map((size) => {
    const value = field(reader, size, unicode)
    reader.take(zero)
    return value
  })
  const more = reader.left > 6
  if (more) reader.u16()
  const address = more ? field(reader, reader.u16(), true) : ''
  const directory = more && reader.left >= 2 ? field(reader, reader.u16(), true) : ''
  return {domain, user, password, shell, address, directory}
}

function field(reader: LittleEndianReader, size: number, unicode: boolean): string {
  if (size > MAX_FIELD) throw new CodecError(`a field of ${size} octets`)
  return reader
    .take(size)
    .toString(unicode ? 'utf16le' : 'latin1')
    .replace(/\0+$/, '')
}

/** The client needs no licence, or none is asked for (MS-RDPBCGR §2.2.1.12). */
export function validClient(): Buffer {
  const [errorAlert, version3, validClientCode, noTransition, errorBlob] = [0xff, 3, 7, 2, 4]
  return new LittleEndianWriter()
    .u16(SEC_LICENSE_PKT, 0)
    .u8(errorAlert)
    .u8(version3)
    .u16(16)
    .u32(validClientCode, noTransition)
    .u16(errorBlob, 0)
    .done()
}

/** Set Error Info (MS-RDPBCGR §2.2.5.1.1): the reason that the client shows to its user. */
export function errorInfo(code: number): Buffer {
  const [dataPdu, streamLow, setErrorInfo] = [0x17, 1, 0x2f]
  return new LittleEndianWriter()
    .u16(22, dataPdu, SERVER_USER)
    .u32(0)
    .u8(0)
    .u8(streamLow)
    .u16(8)
    .u8(setErrorInfo)
    .u8(0)
    .u16(0)
    .u32(code)
    .done()
}
