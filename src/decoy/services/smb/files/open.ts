/** What a client has opened. */
import type {Association} from '../../../codecs/dcerpc/association.ts'
import type {DirectoryNode, FileNode, Node, Times} from './nodes.ts'
import type {Upload} from './uploads.ts'

interface Opened {
  readonly id: bigint
  readonly treeId: number
  /** Within its share, as the client wrote it. */
  readonly path: string
}

export interface FileOpen extends Opened {
  readonly kind: 'file'
  readonly node: FileNode
  /** The first read is an event, the further ones are not. */
  wasRead: boolean
}

export interface DirectoryOpen extends Opened {
  readonly kind: 'directory'
  readonly node: DirectoryNode
  /** What is listed and how far it was told; null before the first question. */
  listing: {readonly pattern: string; readonly entries: readonly Node[]; next: number} | null
}

export interface UploadOpen extends Opened {
  readonly kind: 'upload'
  readonly directory: string
  readonly name: string
  readonly number: bigint
  readonly times: Times
  readonly upload: Upload
}

export interface PipeOpen extends Opened {
  readonly kind: 'pipe'
  readonly association: Association
  /** Answered and not yet read. */
  readonly waiting: Buffer[]
}

export type Open = FileOpen | DirectoryOpen | UploadOpen | PipeOpen

/** As a node, of which information can be given; null: a pipe. */
export function nodeOf(open: Open): Node | null {
  if (open.kind === 'pipe') return null
  if (open.kind !== 'upload') return open.node
  const {name, number: id, times, upload} = open
  return {kind: 'file', name, id, times, size: upload.size, read: () => upload.content}
}
