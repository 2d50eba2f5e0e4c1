/** QUERY_DIRECTORY (MS-SMB2 §2.2.33, §2.2.34; entries: MS-FSCC §2.4). */
import {LittleEndianWriter} from '../../../codecs/little-endian.ts'
import {operationEvent, shown} from '../evidence.ts'
import {bodyOf, fail, type Reply, type TreeCall} from '../session/call.ts'
import {STATUS} from '../wire/constants.ts'
import {openOf, readFileId} from './file-id.ts'
import {shortName, timesOf} from './file-information.ts'
import {allocationOf, attributesOf, type Node, sizeOf} from './nodes.ts'
import type {DirectoryOpen} from './open.ts'
import {dataReply} from './query-info.ts'
import {matcher} from './wildcard.ts'

const REQUEST_SIZE = 33
const FLAG = {RESTART: 1, SINGLE: 2, REOPEN: 0x10} as const
const MAX_PATTERN = 1024
const MAX_ROOM = 256 * 1024
const PATH_SHOWN = 512

/** What an entry of a class has besides times, sizes, attributes and name. */
interface Layout {
  readonly bare?: true
  readonly extended?: true
  readonly short?: true
  readonly numbered?: true
}

const LAYOUTS: Readonly<Record<number, Layout>> = {
  1: {},
  2: {extended: true},
  3: {extended: true, short: true},
  12: {bare: true},
  37: {extended: true, short: true, numbered: true},
  38: {extended: true, numbered: true},
}

export function queryDirectory(call: TreeCall): Reply {
  const reader = bodyOf(call, REQUEST_SIZE)
  const layout = LAYOUTS[reader.u8()]
  const flags = reader.u8()
  reader.u32()
  const open = openOf(call, readFileId(reader))
  const nameOffset = reader.u16()
  const nameLength = reader.u16()
  const room = Math.min(reader.u32(), MAX_ROOM)
  if (open === null) return fail(STATUS.FILE_CLOSED)
  if (open.kind !== 'directory') return fail(STATUS.INVALID_PARAMETER)
  if (layout === undefined) return fail(STATUS.INVALID_INFO_CLASS)
  if (nameLength > MAX_PATTERN) return fail(STATUS.OBJECT_NAME_INVALID)
  const pattern = reader.slice(nameOffset, nameLength & ~1).toString('utf16le')
  const first = open.listing === null || (flags & (FLAG.RESTART | FLAG.REOPEN)) !== 0
  const listing = first ? begin(call, open, pattern === '' ? '*' : pattern) : open.listing
  if (listing === null) return fail(STATUS.NO_MORE_FILES)
  if (listing.entries.length === 0) return fail(first ? STATUS.NO_SUCH_FILE : STATUS.NO_MORE_FILES)
  if (listing.next >= listing.entries.length) return fail(STATUS.NO_MORE_FILES)
  const most = (flags & FLAG.SINGLE) === 0 ? listing.entries.length : listing.next + 1
  const {data, next} = encodeEntries(listing.entries.slice(0, most), listing.next, layout, room)
  if (data.length === 0) return fail(STATUS.INFO_LENGTH_MISMATCH)
  listing.next = next
  return dataReply(data)
}

function begin(call: TreeCall, open: DirectoryOpen, pattern: string): NonNullable<DirectoryOpen['listing']> {
  const {shared, tree} = call
  const {node, path} = open
  const matches = matcher(pattern)
  const all = [
    {...node, name: '.'},
    {...node, name: '..'},
    ...node.children,
    ...shared.host.uploads.listed(tree.share.name, path),
  ]
  const listing = {pattern, entries: all.filter(({name}) => matches(name)), next: 0}
  open.listing = listing
  shared.report(
    operationEvent('list', STATUS.SUCCESS, {
      share: shown(tree.share.name, 128),
      path: shown(path, PATH_SHOWN),
      pattern: shown(pattern, PATH_SHOWN),
    }),
  )
  return listing
}

/** As many entries as there is room for, each at a multiple of eight and linked to the next. */
function encodeEntries(
  entries: readonly Node[],
  from: number,
  layout: Layout,
  room: number,
): {data: Buffer; next: number} {
  const parts: Buffer[] = []
  let size = 0
  let next = from
  for (const node of entries.slice(from)) {
    const entry = encodeEntry(node, layout)
    const at = Math.ceil(size / 8) * 8
    if (at + entry.length > room) break
    const last = parts.at(-1)
    if (last !== undefined) {
      last.writeUInt32LE(last.length + at - size, 0)
      parts.push(Buffer.alloc(at - size))
    }
    parts.push(entry)
    size = at + entry.length
    next++
  }
  return {data: Buffer.concat(parts), next}
}

function encodeEntry(node: Node, {bare, extended, short, numbered}: Layout): Buffer {
  const name = Buffer.from(node.name, 'utf16le')
  const out = new LittleEndianWriter().u32(0, 0)
  if (bare === true) return out.u32(name.length).bytes(name).done()
  out
    .bytes(timesOf(node))
    .u64(BigInt(sizeOf(node)), BigInt(allocationOf(node)))
    .u32(attributesOf(node), name.length)
  if (extended === true) out.u32(0)
  if (short === true) {
    const alternate = Buffer.from(node.name === '.' || node.name === '..' ? '' : shortName(node.name), 'utf16le')
    out
      .u8(alternate.length)
      .u8(0)
      .bytes(alternate)
      .zeros(24 - alternate.length)
  }
  if (numbered === true) out.zeros(short === true ? 2 : 4).u64(node.id)
  return out.bytes(name).done()
}
