/**
 * The data blocks of a conference (MS-RDPBCGR §2.2.1.3, §2.2.1.4) in their T.124 frame:
 *
 *   create-request  = key PER-length 00 08 00 10 00 01 c0 00 "Duca" PER-length *block
 *   create-response = key 2a 14 76 0a 01 01 00 01 c0 00 "McDn" PER-length *block
 *   key             = 00 05 00 14 7c 00 01
 *   block           = type:u16le length:u16le *OCTET             length counts its header
 */
import {CodecError} from '../../../codecs/codec-error.ts'
import {LittleEndianReader, LittleEndianWriter} from '../../../codecs/little-endian.ts'
import {perLength, readPerLength} from './per.ts'

const KEY = Buffer.from('000500147c0001', 'hex')
const CLIENT_KEY = Buffer.from('000800100001c00044756361', 'hex')
const SERVER_HEADER = Buffer.from('2a14760a01010001c0004d63446e', 'hex')
const BLOCK = {CS_CORE: 0xc001, CS_NET: 0xc003, SC_CORE: 0x0c01, SC_SECURITY: 0x0c02, SC_NET: 0x0c03} as const
const MAX_BLOCKS = 16
const MAX_CHANNELS = 31
const BLOCK_HEADER = 4
const CHANNEL_NAME = 8
const COLOURS = 14
const PRODUCT_ID = 64

/** What a client tells of itself. Text is as it was sent. */
export interface ClientData {
  readonly version: number
  readonly desktop: {readonly width: number; readonly height: number}
  readonly keyboardLayout: number
  readonly keyboardType: number
  readonly build: number
  readonly name: string
  /** An identifier of the client's installation, or empty. */
  readonly productId: string
  readonly channels: readonly string[]
}

export function parseCreateRequest(bytes: Buffer): ClientData {
  if (!bytes.subarray(0, KEY.length).equals(KEY)) throw new CodecError('no T.124 connection data')
  const {end} = readPerLength(bytes, KEY.length)
  if (!bytes.subarray(end, end + CLIENT_KEY.length).equals(CLIENT_KEY)) throw new CodecError('no conference request')
  const {value, end: start} = readPerLength(bytes, end + CLIENT_KEY.length)
  if (start + value > bytes.length) throw new CodecError('a conference request longer than what holds it')
  const blocks = parseBlocks(bytes.subarray(start, start + value))
  const core = blocks.get(BLOCK.CS_CORE)
  if (core === undefined) throw new CodecError('a conference request without its core')
  return {...parseCore(core), channels: parseChannels(blocks.get(BLOCK.CS_NET))}
}

function parseBlocks(bytes: Buffer): ReadonlyMap<number, Buffer> {
  const blocks = new Map<number, Buffer>()
  for (let at = 0; at < bytes.length; ) {
    if (bytes.length - at < BLOCK_HEADER || blocks.size === MAX_BLOCKS) throw new CodecError('conference data')
    const length = bytes.readUInt16LE(at + 2)
    if (length < BLOCK_HEADER || at + length > bytes.length) throw new CodecError('a block of conference data')
    blocks.set(bytes.readUInt16LE(at), bytes.subarray(at + BLOCK_HEADER, at + length))
    at += length
  }
  return blocks
}

/** TS_UD_CS_CORE (§2.2.1.3.2); what comes after the name of the input method is optional, field by field. */
function parseCore(bytes: Buffer): Omit<ClientData, 'channels'> {
  const reader = new LittleEndianReader(bytes)
  const version = reader.u32()
  const [width, height] = [reader.u16(), reader.u16()]
  reader.u32()
  const keyboardLayout = reader.u32()
  const build = reader.u32()
  const name = text(reader.take(32))
  const keyboardType = reader.u32()
  reader.take(8 + 64)
  // Six fields of colours and capabilities lie before it.
  const productId = reader.left >= COLOURS + PRODUCT_ID ? text(reader.take(COLOURS + PRODUCT_ID).subarray(COLOURS)) : ''
  return {version, desktop: {width, height}, keyboardLayout, keyboardType, build, name, productId}
}

function parseChannels(bytes: Buffer | undefined): string[] {
  if (bytes === undefined) return []
  const reader = new LittleEndianReader(bytes)
  const count = reader.u32()
  if (count > MAX_CHANNELS) throw new CodecError(`${count} channels`)
  return Array.from({length: count}, () => {
    const name = reader.take(CHANNEL_NAME).toString('latin1').split('\0', 1)[0] ?? ''
    reader.u32()
    return name
  })
}

export interface ServerData {
  readonly version: number
  /** What the client asked for in its connection request. */
  readonly requestedProtocols: number
  readonly ioChannel: number
  readonly channels: readonly number[]
}

/** SC_EDGE_ACTIONS_SUPPORTED_V1, DYNAMIC_DST and EDGE_ACTIONS_V2. */
const EARLY_CAPABILITIES = 7

/** The server has no encryption of its own to offer: TLS does it. */
export function buildCreateResponse({version, requestedProtocols, ioChannel, channels}: ServerData): Buffer {
  const padding = (channels.length % 2) * 2
  const data = new LittleEndianWriter()
    .u16(BLOCK.SC_CORE, 16)
    .u32(version, requestedProtocols, EARLY_CAPABILITIES)
    .u16(BLOCK.SC_NET, 8 + 2 * channels.length + padding, ioChannel, channels.length, ...channels)
    .zeros(padding)
    .u16(BLOCK.SC_SECURITY, 12)
    .u32(0, 0)
    .done()
  return Buffer.concat([KEY, SERVER_HEADER, perLength(data.length), data])
}

const text = (bytes: Buffer): string => bytes.toString('utf16le').split('\0', 1)[0] ?? ''
