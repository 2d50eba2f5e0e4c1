/** Writes tar archives (POSIX.1-1988 "ustar") as a stream: files, directories and symbolic links. */
import {createReadStream} from 'node:fs'
import {stat} from 'node:fs/promises'
import {Readable} from 'node:stream'

export type TarEntry =
  | {readonly type: 'directory'; readonly path: string; readonly mode: number}
  | {readonly type: 'file'; readonly path: string; readonly mode: number; readonly content: Buffer}
  /** A symbolic link. */
  | {readonly type: 'link'; readonly path: string; readonly mode: number; readonly target: string}
  /** The content of a file of this machine. */
  | {readonly type: 'copy'; readonly path: string; readonly mode: number; readonly source: string}

const BLOCK = 512
const NAME_LIMIT = 100
const PREFIX_LIMIT = 155
/** ustar has 11 octal digits. */
const SIZE_LIMIT = 8 ** 11
/** A fixed time makes equal contents equal archives. */
const MTIME = Date.UTC(2024, 0, 1) / 1000

export function tarStream(entries: readonly TarEntry[]): Readable {
  return Readable.from(archive(entries), {objectMode: false})
}

async function* archive(entries: readonly TarEntry[]): AsyncGenerator<Buffer> {
  for (const entry of entries) yield* record(entry)
  yield Buffer.alloc(2 * BLOCK)
}

async function* record(entry: TarEntry): AsyncGenerator<Buffer> {
  if (entry.type === 'directory') {
    yield header(`${entry.path}/`, entry.mode, 0, '5')
    return
  }
  if (entry.type === 'link') {
    yield header(entry.path, entry.mode, 0, '2', entry.target)
    return
  }
  if (entry.type === 'file') {
    yield header(entry.path, entry.mode, entry.content.length, '0')
    yield entry.content
    yield padding(entry.content.length)
    return
  }
  const {size} = await stat(entry.source)
  yield header(entry.path, entry.mode, size, '0')
  yield* exactly(entry.source, size)
  yield padding(size)
}

/** A file that changes its length under us would shift every entry behind it. */
async function* exactly(source: string, size: number): AsyncGenerator<Buffer> {
  let read = 0
  for await (const chunk of createReadStream(source, {highWaterMark: 1024 * 1024})) {
    const bytes = Buffer.from(chunk)
    read += bytes.length
    if (read > size) break
    yield bytes
  }
  if (read !== size) throw new Error(`${source} changed while it was read`)
}

function padding(size: number): Buffer {
  return Buffer.alloc((BLOCK - (size % BLOCK)) % BLOCK)
}

function header(path: string, mode: number, size: number, type: '0' | '2' | '5', target = ''): Buffer {
  const {prefix, name} = splitPath(path)
  if (Buffer.byteLength(target) > NAME_LIMIT) throw new RangeError(`${target} is too long for a tar header`)
  if (size >= SIZE_LIMIT) throw new RangeError(`${path} is too large for a tar header`)
  const block = Buffer.alloc(BLOCK)
  block.write(name, 0)
  octal(block, 100, 8, mode)
  octal(block, 108, 8, 0)
  octal(block, 116, 8, 0)
  octal(block, 124, 12, size)
  octal(block, 136, 12, MTIME)
  block.fill(' ', 148, 156)
  block.write(type, 156)
  block.write(target, 157)
  block.write('ustar\0', 257)
  block.write('00', 263)
  block.write(prefix, 345)
  octal(
    block,
    148,
    7,
    block.reduce((sum, byte) => sum + byte, 0),
  )
  return block
}

/** Whether a header has room for a path, and for what a link at it points to. */
export function fitsTar(path: string, target = ''): boolean {
  return divide(`${path}/`) !== undefined && Buffer.byteLength(target) <= NAME_LIMIT
}

function splitPath(path: string): {readonly prefix: string; readonly name: string} {
  const parts = divide(path)
  if (parts === undefined) throw new RangeError(`${path} is too long for a tar header`)
  return parts
}

/** A path that is too long for the name goes on in front of it, cut at a slash. */
function divide(path: string): {readonly prefix: string; readonly name: string} | undefined {
  if (Buffer.byteLength(path) <= NAME_LIMIT) return {prefix: '', name: path}
  for (let cut = path.indexOf('/', 1); cut >= 0; cut = path.indexOf('/', cut + 1)) {
    const [prefix, name] = [path.slice(0, cut), path.slice(cut + 1)]
    if (name !== '' && Buffer.byteLength(name) <= NAME_LIMIT && Buffer.byteLength(prefix) <= PREFIX_LIMIT) {
      return {prefix, name}
    }
  }
  return undefined
}

function octal(block: Buffer, at: number, length: number, value: number): void {
  block.write(`${value.toString(8).padStart(length - 1, '0')}\0`, at)
}
