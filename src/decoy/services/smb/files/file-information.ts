/** Information about one file (MS-FSCC §2.4). */
import {LittleEndianWriter} from '../../../codecs/little-endian.ts'
import {encodeFileTime} from '../../../codecs/ntlm/file-time.ts'
import {allocationOf, attributesOf, type Node, sizeOf} from './nodes.ts'

/** Creation, last access, last write, change. */
export function timesOf({times}: Node): Buffer {
  const {created, accessed, modified} = times
  return Buffer.concat([created, accessed, modified, modified].map((time) => encodeFileTime(time)))
}

export interface Asked {
  readonly node: Node
  readonly path: string
  readonly access: number
}

type Encoder = (asked: Asked) => Buffer

const out = (): LittleEndianWriter => new LittleEndianWriter()

const basic: Encoder = ({node}) => out().bytes(timesOf(node)).u32(attributesOf(node), 0).done()
const standard: Encoder = ({node}) =>
  out()
    .u64(BigInt(allocationOf(node)), BigInt(sizeOf(node)))
    .u32(1)
    .u8(0)
    .u8(node.kind === 'directory' ? 1 : 0)
    .u16(0)
    .done()
const internal: Encoder = ({node}) => out().u64(node.id).done()
const four: Encoder = () => Buffer.alloc(4)
const eight: Encoder = () => Buffer.alloc(8)
const accessInformation: Encoder = ({access}) => out().u32(access).done()
const nameInformation: Encoder = ({path}) => {
  const text = Buffer.from(`\\${path}`, 'utf16le')
  return out().u32(text.length).bytes(text).done()
}
const networkOpen: Encoder = ({node}) =>
  out()
    .bytes(timesOf(node))
    .u64(BigInt(allocationOf(node)), BigInt(sizeOf(node)))
    .u32(attributesOf(node), 0)
    .done()
const tag: Encoder = ({node}) => out().u32(attributesOf(node), 0).done()

const everything: Encoder = (asked) =>
  Buffer.concat([
    basic(asked),
    standard(asked),
    internal(asked),
    four(asked),
    accessInformation(asked),
    eight(asked),
    four(asked),
    four(asked),
    nameInformation(asked),
  ])

const streams: Encoder = ({node}) => {
  if (node.kind === 'directory') return Buffer.alloc(0)
  const name = Buffer.from('::$DATA', 'utf16le')
  return out()
    .u32(0, name.length)
    .u64(BigInt(sizeOf(node)), BigInt(allocationOf(node)))
    .bytes(name)
    .done()
}

/** The name in eight and three characters that NTFS gives to names which are longer. */
const shortNameInformation: Encoder = ({node}) => {
  const text = Buffer.from(shortName(node.name) || node.name.toUpperCase(), 'utf16le')
  return out().u32(text.length).bytes(text).done()
}

/** Empty where the name is short as it is. */
export function shortName(name: string): string {
  const dot = name.lastIndexOf('.')
  const [stem, extension] = dot > 0 ? [name.slice(0, dot), name.slice(dot + 1)] : [name, '']
  const plain = (text: string): string => text.toUpperCase().replace(/[^A-Z0-9_-]/g, '')
  if (stem.length <= 8 && extension.length <= 3 && plain(stem).length === stem.length) return ''
  const end = plain(extension).slice(0, 3)
  return `${plain(stem).slice(0, 6)}~1${end === '' ? '' : `.${end}`}`
}

const ENCODERS: Readonly<Record<number, Encoder>> = {
  4: basic,
  5: standard,
  6: internal,
  7: four,
  8: accessInformation,
  14: eight,
  16: four,
  17: four,
  18: everything,
  21: shortNameInformation,
  22: streams,
  34: networkOpen,
  35: tag,
  48: nameInformation,
}

/** Null: a class that cannot be asked for. */
export function fileInformation(infoClass: number, asked: Asked): Buffer | null {
  return ENCODERS[infoClass]?.(asked) ?? null
}
