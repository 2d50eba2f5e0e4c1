/** Reads the directories that options of a fleet file name, so that their content travels to the decoy. */
import {closeSync, constants, fstatSync, lstatSync, openSync, readdirSync, readFileSync} from 'node:fs'
import {dirname, join, relative, resolve, sep} from 'node:path'

import {MAX_FILES, MAX_PACKED, MAX_UNPACKED, packSite} from '../decoy/site-archive.ts'
import type {DirectoryReader, DirectoryReading} from '../fleet/option-section.ts'

const MAX_DEPTH = 16
const KIB = 1024

/** A reason why a directory is not taken, as a diagnostic says it. */
class Refusal extends Error {
  readonly hint: string

  constructor(message: string, hint: string) {
    super(message)
    this.hint = hint
  }
}

/** Paths are relative to the fleet file (`-`: to the working directory) and lead nowhere outside of its directory. */
export function siteDirectories(file: string): DirectoryReader {
  const base = file === '-' ? process.cwd() : dirname(resolve(file))
  const known = new Map<string, DirectoryReading>()
  return (path) => {
    const reading = known.get(path) ?? read(base, path)
    known.set(path, reading)
    return reading
  }
}

function read(base: string, path: string): DirectoryReading {
  try {
    const root = resolve(base, path)
    const inside = relative(base, root)
    if (inside === '..' || inside.startsWith(`..${sep}`) || path.startsWith('/')) {
      throw new Refusal(`${path} is not below the fleet file`, 'move the directory beside the fleet file')
    }
    refuseLinks(base, inside)
    return {ok: true, value: pack(path, new Collector(root).collect())}
  } catch (error) {
    if (error instanceof Refusal) return {ok: false, problem: error.message, hint: error.hint}
    const {code = '', message} = error as NodeJS.ErrnoException
    return {ok: false, problem: `cannot read ${path}: ${REASONS[code] ?? message}`, hint: HINT}
  }
}

const HINT = 'name a directory of files, relative to the fleet file'
const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such directory',
  ENOTDIR: 'it is no directory',
  EACCES: 'permission denied',
  ELOOP: 'it is a symbolic link',
}

/** A link on the way would lead out of the directory as well as one in it. */
function refuseLinks(base: string, inside: string): void {
  let at = base
  for (const name of inside.split(sep).filter((part) => part !== '')) {
    at = join(at, name)
    if (lstatSync(at).isSymbolicLink()) throw linked(inside)
  }
}

const linked = (path: string): Refusal =>
  new Refusal(`${path} is a symbolic link`, 'links are not followed: copy what it points to')

class Collector {
  readonly #root: string
  readonly #files = new Map<string, Buffer>()
  #bytes = 0

  constructor(root: string) {
    this.#root = root
  }

  collect(): ReadonlyMap<string, Buffer> {
    this.#walk('', 0)
    return this.#files
  }

  /** Names that begin with a dot are no part of a site, but for `.well-known` (RFC 8615). */
  #walk(folder: string, depth: number): void {
    if (depth > MAX_DEPTH) throw new Refusal(`${folder} is too deep`, `at most ${MAX_DEPTH} directories in each other`)
    const entries = readdirSync(join(this.#root, folder), {withFileTypes: true}).sort((a, b) =>
      a.name < b.name ? -1 : 1,
    )
    for (const entry of entries) {
      const path = `${folder}/${entry.name}`
      if (entry.name.startsWith('.') && entry.name !== '.well-known') continue
      if (entry.isSymbolicLink()) throw linked(path)
      if (entry.isDirectory()) this.#walk(path, depth + 1)
      else if (entry.isFile()) this.#add(path)
      else throw new Refusal(`${path} is no regular file`, 'a site holds files and directories')
    }
  }

  #add(path: string): void {
    if (this.#files.size >= MAX_FILES) throw new Refusal(`it holds more than ${MAX_FILES} files`, 'serve fewer files')
    // The link could have come after the directory was listed.
    const fd = openSync(join(this.#root, path), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
    try {
      this.#bytes += fstatSync(fd).size
      if (this.#bytes > MAX_UNPACKED) {
        throw new Refusal(`it holds more than ${MAX_UNPACKED / KIB} KiB`, 'serve fewer or smaller files')
      }
      this.#files.set(path, readFileSync(fd))
    } finally {
      closeSync(fd)
    }
  }
}

function pack(path: string, files: ReadonlyMap<string, Buffer>): string {
  if (files.size === 0) throw new Refusal(`${path} holds no files`, 'put an index.html into it')
  const {text, bytes} = packSite(files)
  if (bytes <= MAX_PACKED) return text
  const size = Math.ceil(bytes / KIB)
  throw new Refusal(
    `${path} has ${size} KiB when compressed`,
    `at most ${MAX_PACKED / KIB} KiB travel to a decoy: leave out pictures and fonts, or make them smaller`,
  )
}
