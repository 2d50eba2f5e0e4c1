/** The answer to CREATE (MS-SMB2 §2.2.14). */
import {LittleEndianWriter} from '../../../codecs/little-endian.ts'
import {answer, type Reply, type TreeCall} from '../session/call.ts'
import {timesOf} from './file-information.ts'
import {ATTRIBUTE, allocationOf, attributesOf, type Node, sizeOf} from './nodes.ts'
import {nodeOf, type Open} from './open.ts'
import {accessOf} from './shares.ts'

export const ACTION = {OPENED: 1, CREATED: 2, OVERWRITTEN: 3} as const

const REPLY_SIZE = 89
const FIXED = 88
const HEADER_SIZE = 64
/** No oplock and no lease is ever given: that is up to the server (§3.3.5.9). */
const NO_OPLOCK = 0

export function createReply(call: TreeCall, open: Open, action: number, asked: ReadonlySet<string>): Reply {
  const node = nodeOf(open)
  const contexts = chained(contextsOf(call, node, asked))
  const out = new LittleEndianWriter().u16(REPLY_SIZE).u8(NO_OPLOCK).u8(0).u32(action)
  if (node === null) out.zeros(32).u64(4096n, 0n).u32(ATTRIBUTE.NORMAL)
  else
    out
      .bytes(timesOf(node))
      .u64(BigInt(allocationOf(node)), BigInt(sizeOf(node)))
      .u32(attributesOf(node))
  out.u32(0).u64(open.id, open.id)
  const offset = contexts.length === 0 ? 0 : HEADER_SIZE + FIXED
  return answer(out.u32(offset, contexts.length).bytes(contexts).done())
}

interface Context {
  readonly tag: string
  readonly data: Buffer
}

/** §2.2.14.2: the maximal access and the number on disk, for those who ask. */
function contextsOf({tree, logon}: TreeCall, node: Node | null, asked: ReadonlySet<string>): Context[] {
  if (node === null) return []
  const contexts: Context[] = []
  if (asked.has('MxAc')) {
    contexts.push({tag: 'MxAc', data: new LittleEndianWriter().u32(0, accessOf(tree.share, logon.account)).done()})
  }
  if (asked.has('QFid')) {
    contexts.push({tag: 'QFid', data: new LittleEndianWriter().u64(node.id, 0x1a2bn).zeros(16).done()})
  }
  return contexts
}

function chained(contexts: readonly Context[]): Buffer {
  const out = new LittleEndianWriter()
  for (const [index, {tag, data}] of contexts.entries()) {
    const size = 24 + data.length
    const next = index === contexts.length - 1 ? 0 : Math.ceil(size / 8) * 8
    out.u32(next).u16(16, 4, 0, 24).u32(data.length).bytes(Buffer.from(tag, 'latin1')).u32(0).bytes(data)
    if (next > 0) out.align(8)
  }
  return out.done()
}
