/** READ, CLOSE, FLUSH and LOCK (MS-SMB2 §2.2.15 to §2.2.20, §2.2.26). */
import {LittleEndianWriter} from '../../../codecs/little-endian.ts'
import {shown} from '../evidence.ts'
import {
  answer,
  bodyOf,
  EMPTY_BODY,
  fail,
  type Logon,
  type Reply,
  type Shared,
  type Tree,
  type TreeCall,
} from '../session/call.ts'
import {STATUS} from '../wire/constants.ts'
import {openOf, readFileId} from './file-id.ts'
import {timesOf} from './file-information.ts'
import {allocationOf, attributesOf, sizeOf} from './nodes.ts'
import {type FileOpen, nodeOf, type Open, type PipeOpen} from './open.ts'
import {finishUpload} from './write.ts'

const READ_SIZE = 49
const READ_REPLY_SIZE = 17
const DATA_AT = 80
const CLOSE_SIZE = 24
const CLOSE_REPLY_SIZE = 60
const WITH_ATTRIBUTES = 1
const FLUSH_SIZE = 24
const LOCK_SIZE = 48
const MAX_READ = 1024 * 1024
const PATH_SHOWN = 512

export function read(call: TreeCall): Reply {
  const reader = bodyOf(call, READ_SIZE)
  reader.u16()
  const length = Math.min(reader.u32(), MAX_READ)
  const offset = reader.u64()
  const open = openOf(call, readFileId(reader))
  const least = reader.u32()
  if (open === null) return fail(STATUS.FILE_CLOSED)
  if (open.kind === 'directory') return fail(STATUS.INVALID_DEVICE_REQUEST)
  if (open.kind === 'pipe') return readPipe(open, length)
  const content = open.kind === 'upload' ? open.upload.content : open.node.read()
  if (offset >= BigInt(content.length)) return length === 0 ? dataReply(Buffer.alloc(0)) : fail(STATUS.END_OF_FILE)
  const data = content.subarray(Number(offset), Number(offset) + length)
  if (data.length < least) return fail(STATUS.END_OF_FILE)
  if (open.kind === 'file') reportRead(call, open)
  return dataReply(data)
}

function reportRead({shared, tree}: TreeCall, open: FileOpen): void {
  if (open.wasRead) return
  open.wasRead = true
  const {node, path} = open
  shared.report({
    event: 'file.read',
    data: {share: shown(tree.share.name, 128), path: shown(path, PATH_SHOWN), size: node.size},
  })
}

function dataReply(data: Buffer, status: number = STATUS.SUCCESS): Reply {
  const out = new LittleEndianWriter().u16(READ_REPLY_SIZE).u8(DATA_AT).u8(0).u32(data.length, 0, 0).bytes(data)
  return answer(data.length === 0 ? out.u8(0).done() : out.done(), status)
}

/** What does not fit stays for the next read, which is told so. */
function readPipe(open: PipeOpen, length: number): Reply {
  const first = open.waiting.shift()
  // A real server lets the reader wait; with nothing asked there is nothing to wait for.
  if (first === undefined) return fail(STATUS.INVALID_DEVICE_REQUEST)
  if (first.length <= length) return dataReply(first)
  open.waiting.unshift(first.subarray(length))
  return dataReply(first.subarray(0, length), STATUS.BUFFER_OVERFLOW)
}

export function close(call: TreeCall): Reply {
  const reader = bodyOf(call, CLOSE_SIZE)
  const flags = reader.u16()
  reader.u32()
  const open = openOf(call, readFileId(reader))
  if (open === null) return fail(STATUS.FILE_CLOSED)
  call.logon.opens.delete(open.id)
  const node = nodeOf(open)
  const out = new LittleEndianWriter().u16(CLOSE_REPLY_SIZE, flags & WITH_ATTRIBUTES).u32(0)
  if ((flags & WITH_ATTRIBUTES) === 0 || node === null) out.zeros(52)
  else
    out
      .bytes(timesOf(node))
      .u64(BigInt(allocationOf(node)), BigInt(sizeOf(node)))
      .u32(attributesOf(node))
  const reply = answer(out.done())
  settle(call.shared, call.tree, open)
  return reply
}

/** What is to be done when a file is closed, by its client or because the connection is gone. */
export function settle(shared: Shared, tree: Tree, open: Open): void {
  if (open.kind === 'upload') finishUpload(shared, tree.share.name, open)
}

/** Closes everything that a session has open. */
export function settleAll(shared: Shared, logon: Logon): void {
  for (const open of logon.opens.values()) {
    const tree = logon.trees.get(open.treeId)
    if (tree !== undefined) settle(shared, tree, open)
  }
  logon.opens.clear()
}

export function flush(call: TreeCall): Reply {
  const reader = bodyOf(call, FLUSH_SIZE)
  reader.take(6)
  return openOf(call, readFileId(reader)) === null ? fail(STATUS.FILE_CLOSED) : answer(EMPTY_BODY)
}

/** Nobody else is there to be locked out. */
export function lock(call: TreeCall): Reply {
  const reader = bodyOf(call, LOCK_SIZE)
  reader.take(6)
  const open = openOf(call, readFileId(reader))
  if (open === null) return fail(STATUS.FILE_CLOSED)
  return open.kind === 'file' || open.kind === 'upload' ? answer(EMPTY_BODY) : fail(STATUS.INVALID_DEVICE_REQUEST)
}
