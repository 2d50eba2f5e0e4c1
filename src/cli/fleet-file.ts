import {createHash} from 'node:crypto'
import {closeSync, constants, fstatSync, openSync, readSync} from 'node:fs'

import {DecnetError} from '../fleet/errors.ts'

/** A fleet file as read, once. */
export interface FleetFile {
  /** Its name in messages: the path, or `<stdin>`. */
  readonly name: string
  /** As it was given; `-` for standard input. */
  readonly path: string
  readonly bytes: Buffer
  readonly text: string
  readonly sha256: string
}

/** One byte more than the reader accepts, so that it is the reader that says what is too large. */
const READ_LIMIT = 512 * 1024 + 1
const CHUNK = 64 * 1024

/** Reads a regular file, or standard input for `-`. Throws FLEET_FILE_NOT_FOUND with the reason. */
export function readFleetFile(path: string): FleetFile {
  const name = path === '-' ? '<stdin>' : path
  const bytes = path === '-' ? readStdin() : readRegularFile(path)
  return {name, path, bytes, text: bytes.toString('utf8'), sha256: createHash('sha256').update(bytes).digest('hex')}
}

function readStdin(): Buffer {
  if (process.stdin.isTTY === true) {
    throw new DecnetError('FLEET_FILE_NOT_FOUND', 'standard input is a terminal', {
      hint: 'pipe the fleet file in, or name it: decnet deploy fleet.ini',
    })
  }
  return readBounded(0, '<stdin>')
}

function readRegularFile(path: string): Buffer {
  let fd: number
  try {
    // Not blocking: opening a FIFO would wait for a writer.
    fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  } catch (error) {
    throw unreadable(path, error)
  }
  try {
    if (!fstatSync(fd).isFile()) {
      throw new DecnetError('FLEET_FILE_NOT_FOUND', `${path} is not a regular file`, {
        hint: 'name a file, or use - for standard input',
      })
    }
    return readBounded(fd, path)
  } finally {
    closeSync(fd)
  }
}

function readBounded(fd: number, name: string): Buffer {
  const chunks: Buffer[] = []
  let size = 0
  while (size < READ_LIMIT) {
    const chunk = Buffer.allocUnsafe(Math.min(CHUNK, READ_LIMIT - size))
    const count = readChunk(fd, chunk, name)
    if (count === 0) break
    chunks.push(chunk.subarray(0, count))
    size += count
  }
  return Buffer.concat(chunks)
}

function readChunk(fd: number, chunk: Buffer, name: string): number {
  for (;;) {
    try {
      return readSync(fd, chunk)
    } catch (error) {
      const {code} = error as NodeJS.ErrnoException
      if (code === 'EOF') return 0
      // A pipe that is set non-blocking and has nothing yet: wait a little, without an event loop to wait in.
      if (code !== 'EAGAIN') throw unreadable(name, error)
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20)
    }
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'permission denied',
  ELOOP: 'too many symbolic links',
  ENOTDIR: 'a part of the path is no directory',
  EISDIR: 'it is a directory',
}

function unreadable(path: string, error: unknown): DecnetError {
  const {code = '', message} = error as NodeJS.ErrnoException
  return new DecnetError('FLEET_FILE_NOT_FOUND', `cannot read ${path}: ${REASONS[code] ?? message}`, {cause: error})
}
