/** Reads the directories that options of a fleet file name, so that their content travels to the decoy. */
import {closeSync, constants, fstatSync, openSync, readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {MAX_FILES, MAX_PACKED, MAX_UNPACKED, packDirectory} from '../decoy/directory-archive.ts'
import {mailFileProblem} from '../decoy/mailbox/mail-files.ts'
import type {DirectoryContent} from '../fleet/catalog.ts'
import type {DirectoryReader, DirectoryReading} from '../fleet/option-section.ts'

import {baseOf, linked, Refusal, refusable, resolveBeside} from './beside-file.ts'

const MAX_DEPTH = 16
const KIB = 1024

/** Paths are relative to the fleet file (`-`: to the working directory) and lead nowhere outside of its directory. */
export function optionDirectories(file: string): DirectoryReader {
  const base = baseOf(file)
  const known = new Map<string, DirectoryReading>()
  return (path, content) => {
    const key = `${content} ${path}`
    const reading = known.get(key) ?? read(base, path, content)
    known.set(key, reading)
    return reading
  }
}

function read(base: string, path: string, content: DirectoryContent): DirectoryReading {
  return refusable(path, () => {
    const root = resolveBeside(base, path)
    const files = new Collector(root).collect()
    const wrong = content === 'mails' ? mailFileProblem(files) : null
    if (wrong !== null) throw new Refusal(wrong.problem, wrong.hint)
    return {ok: true, value: pack(path, files)}
  })
}

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
      else throw new Refusal(`${path} is no regular file`, 'only files and directories are taken')
    }
  }

  #add(path: string): void {
    if (this.#files.size >= MAX_FILES)
      throw new Refusal(`it holds more than ${MAX_FILES} files`, 'name a directory with fewer files')
    // The link could have come after the directory was listed.
    const fd = openSync(join(this.#root, path), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
    try {
      this.#bytes += fstatSync(fd).size
      if (this.#bytes > MAX_UNPACKED) {
        throw new Refusal(
          `it holds more than ${MAX_UNPACKED / KIB} KiB`,
          'name a directory with fewer or smaller files',
        )
      }
      this.#files.set(path, readFileSync(fd))
    } finally {
      closeSync(fd)
    }
  }
}

function pack(path: string, files: ReadonlyMap<string, Buffer>): string {
  if (files.size === 0) throw new Refusal(`${path} holds no files`, 'put the files into it, or remove the option')
  const {text, bytes} = packDirectory(files)
  if (bytes <= MAX_PACKED) return text
  const size = Math.ceil(bytes / KIB)
  throw new Refusal(
    `${path} has ${size} KiB when compressed`,
    `at most ${MAX_PACKED / KIB} KiB travel to a decoy: leave out what is large, such as pictures, fonts and attachments, or make it smaller`,
  )
}
