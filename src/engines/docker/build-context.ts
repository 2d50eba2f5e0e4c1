/** The directory that an operator's image is built from, as it is sent to the engine. */
import {createHash} from 'node:crypto'
import {
  closeSync,
  constants,
  type Dirent,
  fstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
} from 'node:fs'
import {isAbsolute, join, posix, relative} from 'node:path'

import {fitsTar, type TarEntry} from './tar.ts'

/** Images that were built from a directory of the operator's. */
export const BUILT_REPOSITORY = 'decnet-custom'

const MIB = 1024 * 1024
export const MAX_CONTEXT_BYTES = 64 * MIB
export const MAX_CONTEXT_FILES = 2000
const MAX_DEPTH = 16
const RECIPE = 'Dockerfile'
/** Counts up whenever the same files are to make another image. */
const VERSION = 1

export interface BuildContext {
  /** `decnet-custom:<16 hex digits>`: the same for the same files, and for no others. */
  readonly image: string
  /** By path; what is in them is in memory, so that what is sent is what was counted. */
  readonly entries: readonly TarEntry[]
}

/** A directory that no image is built from; the hint says what to do. */
export class UnusableContext extends Error {
  readonly hint: string

  constructor(message: string, hint: string) {
    super(message)
    this.name = 'UnusableContext'
    this.hint = hint
  }
}

/** Throws UnusableContext, or what the file system says. */
export function readBuildContext(root: string): BuildContext {
  const entries = new Walk(root).entries()
  if (!entries.some(({type, path}) => type === 'file' && path === RECIPE)) {
    throw new UnusableContext(`there is no ${RECIPE} in it`, `write one: "FROM scratch" and what to copy is enough`)
  }
  return {image: `${BUILT_REPOSITORY}:${digest(entries).slice(0, 16)}`, entries}
}

function digest(entries: readonly TarEntry[]): string {
  const hash = createHash('sha256').update(`${VERSION}\n`)
  for (const entry of entries) {
    const content = entry.type === 'file' ? createHash('sha256').update(entry.content).digest('hex') : ''
    const target = entry.type === 'link' ? entry.target : ''
    hash.update(`${JSON.stringify([entry.type, entry.path, entry.mode, target, content])}\n`)
  }
  return hash.digest('hex')
}

class Walk {
  readonly #root: string
  readonly #real: string
  readonly #found: TarEntry[] = []
  #bytes = 0

  constructor(root: string) {
    this.#root = root
    this.#real = realpathSync.native(root)
  }

  entries(): readonly TarEntry[] {
    this.#enter('', 0)
    return this.#found
  }

  #enter(folder: string, depth: number): void {
    if (depth > MAX_DEPTH) {
      throw new UnusableContext(`${folder} is too deep`, `at most ${MAX_DEPTH} directories in each other`)
    }
    const listed = readdirSync(join(this.#root, folder), {withFileTypes: true})
    for (const entry of listed.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
      if (this.#found.length >= MAX_CONTEXT_FILES) {
        throw new UnusableContext(`it holds more than ${MAX_CONTEXT_FILES} files`, 'leave out what no image needs')
      }
      this.#add(entry, posix.join(folder, entry.name), depth)
    }
  }

  #add(entry: Dirent, path: string, depth: number): void {
    if (!fitsTar(path)) throw new UnusableContext(`the path ${path} is too long`, 'use shorter names')
    if (entry.isSymbolicLink()) this.#found.push({type: 'link', path, mode: 0o777, target: this.#target(path)})
    else if (entry.isDirectory()) {
      this.#found.push({type: 'directory', path, mode: 0o755})
      this.#enter(path, depth + 1)
    } else if (entry.isFile()) this.#read(path)
    else throw new UnusableContext(`${path} is no regular file`, 'an image is built from files and directories')
  }

  /** A link has to stay inside both as it is written and as the file system follows it. */
  #target(path: string): string {
    const target = readlinkSync(join(this.#root, path))
    const written = posix.join(posix.dirname(path), target)
    if (isAbsolute(target) || !fitsTar('', target) || leaves(written) || this.#leadsOut(path)) {
      throw new UnusableContext(`${path} is a link to ${target}, which is not in it`, 'copy what it points to')
    }
    return target
  }

  #leadsOut(path: string): boolean {
    try {
      // The other one joins a link's target before it follows what is in it.
      return leaves(relative(this.#real, realpathSync.native(join(this.#root, path))))
    } catch (error) {
      // What it names may be made by the build.
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false
      throw error
    }
  }

  #read(path: string): void {
    // A link could have taken its place after the directory was listed.
    const fd = openSync(join(this.#root, path), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
    try {
      const {size, mode} = fstatSync(fd)
      this.#bytes += size
      if (this.#bytes > MAX_CONTEXT_BYTES) {
        throw new UnusableContext(`it holds more than ${MAX_CONTEXT_BYTES / MIB} MiB`, 'leave out what no image needs')
      }
      // Of the mode, what a checkout keeps: whether it can be run.
      this.#found.push({
        type: 'file',
        path,
        mode: (mode & 0o100) === 0 ? 0o644 : 0o755,
        content: readFileSync(fd),
      })
    } finally {
      closeSync(fd)
    }
  }
}

function leaves(path: string): boolean {
  return path === '..' || path.startsWith('../')
}
