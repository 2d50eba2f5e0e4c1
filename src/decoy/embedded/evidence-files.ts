/**
 * Evidence in files: numbered, of bounded size and number, whole lines only. The oldest file goes when a new one is
 * begun. Both ends are here: the sink of the process, and the reader that takes lines out in the order of writing.
 */
import {
  closeSync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  rmSync,
  writeSync,
} from 'node:fs'
import {join} from 'node:path'

import type {LineSink} from '../line-sink.ts'

/** 128 MiB in all: at some 400 bytes an event, 300,000 events between two collections. */
export const FILE_BYTES = 16 * 1024 * 1024
export const FILE_COUNT = 8

const FILE_NAME = /^(\d{8})\.jsonl$/
const LINE_FEED = 0x0a
/** A folder that cannot be written is tried again at most so often. */
const REOPEN_MS = 1000
const CHUNK = 256 * 1024

/** Where a reader is: a file's number, and the bytes of it that are done with. */
export interface EvidenceCursor {
  readonly file: number
  readonly offset: number
}

export interface SinkLimits {
  readonly fileBytes: number
  readonly files: number
}

export class EvidenceFiles implements LineSink {
  readonly #folder: string
  readonly #limits: SinkLimits
  #descriptor: number | null = null
  #number = 0
  #size = 0
  #retryAt = 0

  constructor(folder: string, limits: SinkLimits = {fileBytes: FILE_BYTES, files: FILE_COUNT}) {
    this.#folder = folder
    this.#limits = limits
  }

  /** False: the disk is full or the folder is gone; nothing of the line is left in the file. */
  write(line: string): boolean {
    const bytes = Buffer.from(`${line}\n`, 'latin1')
    try {
      if (this.#descriptor !== null && this.#size + bytes.length > this.#limits.fileBytes) this.#next()
      const descriptor = this.#descriptor ?? this.#open()
      return descriptor !== null && this.#append(descriptor, bytes)
    } catch {
      return false
    }
  }

  close(): void {
    if (this.#descriptor !== null) closeSync(this.#descriptor)
    this.#descriptor = null
  }

  #append(descriptor: number, bytes: Buffer): boolean {
    let written = 0
    try {
      written = writeSync(descriptor, bytes)
    } catch {
      // Nothing was written.
    }
    if (written === bytes.length) {
      this.#size += written
      return true
    }
    // Half a line would make one with the next.
    if (written > 0) ftruncateSync(descriptor, this.#size)
    return false
  }

  /** Goes on with the newest file; what a killed process left of a line there is closed with a line feed. */
  #open(): number | null {
    const now = performance.now()
    if (now < this.#retryAt) return null
    this.#retryAt = now + REOPEN_MS
    mkdirSync(this.#folder, {recursive: true, mode: 0o700})
    this.#number = Math.max(this.#number, evidenceFiles(this.#folder).at(-1) ?? 1)
    const descriptor = openSync(this.#path(this.#number), 'a+', 0o600)
    this.#size = fstatSync(descriptor).size
    this.#descriptor = descriptor
    const last = Buffer.alloc(1)
    const torn = this.#size > 0 && readSync(descriptor, last, 0, 1, this.#size - 1) === 1 && last[0] !== LINE_FEED
    if (torn) this.#append(descriptor, Buffer.from('\n'))
    return descriptor
  }

  #next(): void {
    const descriptor = openSync(this.#path(this.#number + 1), 'ax', 0o600)
    this.close()
    this.#descriptor = descriptor
    this.#number++
    this.#size = 0
    for (const old of evidenceFiles(this.#folder)) {
      if (old <= this.#number - this.#limits.files) rmSync(this.#path(old), {force: true})
    }
  }

  #path(number: number): string {
    return evidencePath(this.#folder, number)
  }
}

/** Numbers of the files that are there, oldest first. */
function evidenceFiles(folder: string): number[] {
  try {
    return readdirSync(folder)
      .flatMap((name) => FILE_NAME.exec(name)?.[1] ?? [])
      .map(Number)
      .toSorted((a, b) => a - b)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  }
}

function evidencePath(folder: string, number: number): string {
  return join(folder, `${String(number).padStart(8, '0')}.jsonl`)
}

export interface EvidenceBatch {
  /** Without their line feeds, in the order of writing. */
  readonly lines: readonly string[]
  /** Where to go on once these lines are safe. */
  readonly cursor: EvidenceCursor
}

/**
 * Whole lines from a cursor (null: from the oldest file that is left) to the end of what is written, in batches. A line
 * that is being written is left for the next time. Where the file of the cursor is gone, the oldest left is the start.
 */
export function* readEvidence(folder: string, from: EvidenceCursor | null): Generator<EvidenceBatch> {
  let cursor = from
  for (;;) {
    // Which files there are is asked first: what a file that already has a successor holds after that is all it gets.
    const files = evidenceFiles(folder)
    const file = files.find((number) => number >= (cursor?.file ?? 0))
    if (file === undefined) return
    const offset = cursor?.file === file ? cursor.offset : 0
    yield* readFile(folder, {file, offset}, (next) => {
      cursor = next
    })
    const successor = files.find((number) => number > file)
    if (successor === undefined) return
    cursor = {file: successor, offset: 0}
  }
}

function* readFile(
  folder: string,
  from: EvidenceCursor,
  advanced: (cursor: EvidenceCursor) => void,
): Generator<EvidenceBatch> {
  let descriptor: number
  try {
    descriptor = openSync(evidencePath(folder, from.file), 'r')
  } catch (error) {
    // Rotated away since it was listed.
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return
    throw error
  }
  try {
    let {offset} = from
    const chunk = Buffer.alloc(CHUNK)
    for (;;) {
      const size = readSync(descriptor, chunk, 0, CHUNK, offset)
      const end = chunk.subarray(0, size).lastIndexOf(LINE_FEED) + 1
      if (end === 0 && size < CHUNK) return
      // No line of ours is as long as a chunk: what has no end in it is damage, and passed over.
      offset += end === 0 ? size : end
      const cursor = {file: from.file, offset}
      advanced(cursor)
      yield {lines: end === 0 ? [] : chunk.toString('latin1', 0, end - 1).split('\n'), cursor}
    }
  } finally {
    closeSync(descriptor)
  }
}
