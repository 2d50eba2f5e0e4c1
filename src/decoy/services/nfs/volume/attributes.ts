/** Attributes of files, in all the forms in which NFS 3 sends them (RFC 1813 §2.6). */
import type {Node} from '../../../files/nodes.ts'
import {hyper, uint} from '../wire/xdr.ts'
import {type Entry, sizeOf} from './volume.ts'

const TYPE: Readonly<Record<Node['kind'], number>> = {file: 1, directory: 2, device: 4, link: 5}
const BLOCK = 4096

export function attributes({node, id, fileSystem}: Entry): Buffer {
  const size = sizeOf(node)
  const used = node.kind === 'file' || node.kind === 'directory' ? Math.ceil(size / BLOCK) * BLOCK : 0
  const device = node.kind === 'device' ? [node.major, node.minor] : [0, 0]
  const links = node.kind === 'directory' ? 2 + [...node.entries.values()].filter(isDirectory).length : 1
  const time = uint(node.mtime, 0)
  return Buffer.concat([
    uint(TYPE[node.kind], node.mode, links, node.uid, node.gid),
    hyper(size, used),
    uint(...device),
    fileSystem.subarray(0, 8),
    hyper(id),
    time,
    time,
    time,
  ])
}

const isDirectory = (node: Node): boolean => node.kind === 'directory'

/** They are there. */
export const withAttributes = (entry: Entry): Buffer => Buffer.concat([uint(1), attributes(entry)])

export const WITHOUT = uint(0)
/** Before and after a change that is not made. */
export const UNCHANGED = uint(0, 0)
