/** The exported files, by handle. Nothing in it can be changed. */
import type {FileSystem} from '../../../files/file-system.ts'
import {ImageBuilder} from '../../../files/image-builder.ts'
import {contentOf, type DirectoryNode, type Node} from '../../../files/nodes.ts'
import type {Persona} from '../../../persona.ts'
import {createMachine} from '../../../shell/machine.ts'
import {plantLures} from './lures.ts'

/** Of one export: more than machines of ours have. */
const MOST_ENTRIES = 5000
/** Version 1, the file system by its UUID, then nothing for its root or a number and a generation. */
const ROOT_HEAD = Buffer.from([1, 0, 6, 0])
const FILE_HEAD = Buffer.from([1, 0, 6, 1])
const UUID_SIZE = 16
const FIRST_NUMBER = 2

export interface Entry {
  readonly node: Node
  /** The whole path on the machine. */
  readonly path: string
  /** The number of its inode. */
  readonly id: number
  readonly parent: Entry | null
  readonly fileSystem: Buffer
  readonly handle: Buffer
}

export class Volume {
  readonly #persona: Persona
  readonly #roots = new Map<string, Entry>()
  readonly #byHandle = new Map<string, Entry>()
  readonly #children = new Map<Entry, ReadonlyMap<string, Entry>>()

  constructor(persona: Persona, exports: readonly string[]) {
    this.#persona = persona
    // The times of what is written do not matter: nothing is.
    const installed = persona.installedAt
    const {files} = createMachine(persona, [], () => Date.parse(persona.facts.since))
    for (const path of exports) this.#add(path, exportedTree(persona, files, path, installed))
  }

  /** The handle of an export, or of a directory in one; null: there is none. */
  mount(path: string): Buffer | null {
    for (const [exported, root] of this.#roots) {
      if (path !== exported && !path.startsWith(`${exported}/`)) continue
      const parts = path
        .slice(exported.length)
        .split('/', 64)
        .filter((part) => part !== '')
      const found = parts.reduce<Entry | null>((at, part) => (at === null ? null : this.child(at, part)), root)
      if (found?.node.kind === 'directory') return found.handle
    }
    return null
  }

  find(handle: Buffer): Entry | null {
    return this.#byHandle.get(handle.toString('hex')) ?? null
  }

  child(directory: Entry, name: string): Entry | null {
    if (name === '.') return directory
    if (name === '..') return directory.parent ?? directory
    return this.#children.get(directory)?.get(name) ?? null
  }

  /** With `.` and `..`, in the order in which they are listed. */
  children(directory: Entry): (readonly [string, Entry])[] {
    const listed = this.#children.get(directory) ?? new Map<string, Entry>()
    return [['.', directory], ['..', directory.parent ?? directory], ...listed]
  }

  #add(path: string, tree: DirectoryNode): void {
    const fileSystem = this.#persona.bytes(`nfs file system ${path}`, UUID_SIZE)
    let number = FIRST_NUMBER
    let count = 0
    const enter = (node: Node, at: string, parent: Entry | null): Entry => {
      const id = number
      number += this.#persona.integer(`nfs gap ${count % 64}`, 1, 900)
      const handle = parent === null ? rootHandle(fileSystem) : fileHandle(fileSystem, id, this.#generation(at))
      const entry: Entry = {node, path: at, id, parent, fileSystem, handle}
      this.#byHandle.set(handle.toString('hex'), entry)
      count++
      if (node.kind === 'directory') this.#children.set(entry, inside(node, entry))
      return entry
    }
    const inside = (node: DirectoryNode, parent: Entry): ReadonlyMap<string, Entry> => {
      const children = new Map<string, Entry>()
      for (const [name, child] of node.entries) {
        if (count >= MOST_ENTRIES) break
        children.set(name, enter(child, `${parent.path === '/' ? '' : parent.path}/${name}`, parent))
      }
      return children
    }
    this.#roots.set(path, enter(tree, path, null))
  }

  #generation(path: string): number {
    return this.#persona.integer(`nfs generation ${path}`, 1, 0xffffffff)
  }
}

function rootHandle(fileSystem: Buffer): Buffer {
  return Buffer.concat([ROOT_HEAD, fileSystem])
}

function fileHandle(fileSystem: Buffer, id: number, generation: number): Buffer {
  const numbers = Buffer.alloc(8)
  numbers.writeUInt32LE(id, 0)
  numbers.writeUInt32LE(generation, 4)
  return Buffer.concat([FILE_HEAD, fileSystem, numbers])
}

/** What the machine has there; where that is nothing, what such a directory would hold. */
function exportedTree(persona: Persona, files: FileSystem, path: string, installed: number): DirectoryNode {
  const root = {uid: 0, gid: 0}
  if (files.exists(path, root)) {
    const node = files.node(path, root)
    if (node.kind === 'directory' && node.entries.size > 0) return node
  }
  const age = Math.max(1, Date.parse(persona.facts.since) - installed)
  const image = new ImageBuilder((each) =>
    Math.floor((installed + persona.integer(`nfs time ${path}${each}`, 0, age)) / 1000),
  )
  plantLures(image, persona, path)
  return image.root
}

export const sizeOf = (node: Node): number =>
  node.kind === 'file'
    ? contentOf(node).length
    : node.kind === 'link'
      ? node.target.length
      : node.kind === 'directory'
        ? 4096
        : 0
