/** The volume `0:` as PJL's file commands see it (HP, Printer Job Language Technical Reference, "File system commands"). */
import {FileSystem} from '../../files/file-system.ts'
import {ImageBuilder} from '../../files/image-builder.ts'
import {contentOf, type DirectoryNode, FsError, type FsErrorCode, type Node, ROOT} from '../../files/nodes.ts'
import {absolutePath} from '../../files/paths.ts'
import type {Printer} from '../../persona/printer.ts'
import type {Persona} from '../../persona.ts'
import {VOLUME_SIZE} from './info.ts'
import {plantVolume} from './lures.ts'

/** The last digits of status codes 32000 to 32056. */
const FILE_ERRORS: Readonly<Record<FsErrorCode, number>> = {
  ENOSPC: 2,
  ENOENT: 3,
  EEXIST: 6,
  EINVAL: 7,
  ENAMETOOLONG: 7,
  EISDIR: 9,
  ENOTDIR: 10,
  ENOTEMPTY: 14,
  EROFS: 12,
  EACCES: 26,
  EPERM: 26,
  ELOOP: 24,
}
const NO_VOLUME = 1
const NO_NAME = 27
const DIRECTORY_ENTRIES = 512

export class FileError extends Error {
  override readonly name = 'FileError'
  readonly code: number

  constructor(code: number) {
    super(`FILEERROR=${code}`)
    this.code = code
  }
}

export class Volume {
  readonly #files: FileSystem

  constructor(persona: Persona, printer: Printer, now: () => number) {
    const installed = Math.floor(persona.installedAt / 1000)
    const image = new ImageBuilder((path) => installed + persona.integer(`printer mtime ${path}`, 0, 90 * 86_400))
    plantVolume(image, persona, printer)
    this.#files = new FileSystem(image.root, now)
  }

  get free(): number {
    return VOLUME_SIZE - usedBy(this.#files.root)
  }

  /** Lines of FSDIRLIST. Throws FileError. */
  list(name: string, first: number, most: number): string[] {
    return guard(() => {
      const entries = this.#files.list(resolve(name), ROOT).map(([entry, node]) => `${entry} ${describe(node)}`)
      return ['. TYPE=DIR', '.. TYPE=DIR', ...entries].slice(first - 1, first - 1 + Math.min(most, DIRECTORY_ENTRIES))
    })
  }

  /** What FSQUERY says of it. Throws FileError. */
  query(name: string): string {
    return guard(() => describe(this.#files.node(resolve(name), ROOT)))
  }

  /** Throws FileError. */
  read(name: string): Buffer {
    return guard(() => this.#files.read(resolve(name), ROOT))
  }

  /** Throws FileError. */
  write(name: string, data: Buffer, append: boolean): void {
    guard(() => this.#files.write(resolve(name), data, ROOT, {append}))
  }

  /** Throws FileError. */
  mkdir(name: string): void {
    guard(() => this.#files.mkdir(resolve(name), ROOT))
  }

  /** Throws FileError. */
  remove(name: string): void {
    guard(() => {
      const path = resolve(name)
      if (this.#files.node(path, ROOT).kind === 'directory') this.#files.rmdir(path, ROOT)
      else this.#files.unlink(path, ROOT)
    })
  }
}

/** `0:\dir\file` to `/dir/file`; no way leads above the root. Throws FileError. */
function resolve(name: string): string {
  if (name === '') throw new FileError(NO_NAME)
  const [, volume = '0', path = ''] = /^(?:(\d{1,3}):)?(.*)$/s.exec(name) ?? []
  if (Number(volume) !== 0) throw new FileError(NO_VOLUME)
  return absolutePath('/', path.replaceAll('\\', '/'))
}

function guard<T>(run: () => T): T {
  try {
    return run()
  } catch (error) {
    if (error instanceof FsError) throw new FileError(FILE_ERRORS[error.code])
    throw error
  }
}

const describe = (node: Node): string =>
  node.kind === 'file' ? `TYPE=FILE SIZE=${contentOf(node).length}` : 'TYPE=DIR'

function usedBy(directory: DirectoryNode): number {
  let used = 0
  for (const node of directory.entries.values()) {
    used += node.kind === 'directory' ? usedBy(node) : node.kind === 'file' ? contentOf(node).length : 0
  }
  return used
}
