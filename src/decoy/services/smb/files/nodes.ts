/** What a share holds. */

/** All in ms since the epoch. */
export interface Times {
  readonly created: number
  readonly modified: number
  readonly accessed: number
}

interface Named {
  readonly name: string
  /** The number by which the file system knows it. */
  readonly id: bigint
  readonly times: Times
}

export interface FileNode extends Named {
  readonly kind: 'file'
  readonly size: number
  /** Made when it is read. */
  read(): Buffer
}

export interface DirectoryNode extends Named {
  readonly kind: 'directory'
  readonly children: readonly Node[]
}

export type Node = FileNode | DirectoryNode

/** MS-FSCC §2.6. */
export const ATTRIBUTE = {HIDDEN: 0x02, DIRECTORY: 0x10, ARCHIVE: 0x20, NORMAL: 0x80} as const

export const attributesOf = (node: Node): number =>
  node.kind === 'directory' ? ATTRIBUTE.DIRECTORY : ATTRIBUTE.ARCHIVE

const CLUSTER = 4096

export const sizeOf = (node: Node): number => (node.kind === 'directory' ? 0 : node.size)
export const allocationOf = (node: Node): number => Math.ceil(sizeOf(node) / CLUSTER) * CLUSTER

/** Path components that are no names on Windows. */
const INVALID = /[\x00-\x1f"*/:<>?|]/

export type Lookup =
  | {readonly state: 'found'; readonly node: Node; readonly parent: DirectoryNode}
  /** The directory is there, the name in it is not. */
  | {readonly state: 'absent'; readonly parent: DirectoryNode; readonly name: string}
  | {readonly state: 'no-path'}
  | {readonly state: 'invalid'}

/** `path`: `a\b\c` without a leading backslash; the empty path is the root. */
export function lookUp(
  root: DirectoryNode,
  path: string,
  childrenOf: (directory: DirectoryNode, path: string) => readonly Node[],
): Lookup {
  const parts = path === '' ? [] : path.split('\\')
  let found: Lookup = {state: 'found', node: root, parent: root}
  for (const [index, part] of parts.entries()) {
    if (part === '' || INVALID.test(part)) return {state: 'invalid'}
    if (found.state !== 'found' || found.node.kind !== 'directory') return {state: 'no-path'}
    const parent: DirectoryNode = found.node
    const wanted = part.toLowerCase()
    const children = childrenOf(parent, parts.slice(0, index).join('\\'))
    const node = children.find(({name}) => name.toLowerCase() === wanted)
    found = node === undefined ? {state: 'absent', parent, name: part} : {state: 'found', node, parent}
  }
  return found
}
