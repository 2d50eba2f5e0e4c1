import {
  closeSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'

import type {OutboxItem, Sink, SinkType} from './sink.ts'

const MIB = 1024 * 1024
const LINE_FEED = 0x0a

export const FILE_SINK: SinkType = {
  name: 'file',
  summary: 'Lines appended to a file. It is opened again when something else rotated it.',
  format: 'json',
  events: 'system',
  alerts: 'yes',
  settings: {
    path: {
      summary: 'absolute path of the file',
      required: true,
      pattern: /^\/[^\0]{1,4000}$/,
      expected: 'an absolute path',
    },
    megabytes: {
      summary: 'size in MiB at which it is rotated; 0: something else does',
      fallback: '100',
      pattern: /^\d{1,7}$/,
      expected: 'a whole number',
    },
    keep: {
      summary: 'how many rotated files are kept, as PATH.1 and so on',
      fallback: '7',
      pattern: /^\d{1,3}$/,
      expected: 'a whole number',
    },
  },
  create: ({path = '', megabytes, keep}) => new FileSink(path, Number(megabytes) * MIB, Number(keep)),
}

class FileSink implements Sink {
  readonly #path: string
  readonly #maxBytes: number
  readonly #keep: number
  #descriptor: number | null = null

  constructor(path: string, maxBytes: number, keep: number) {
    this.#path = path
    this.#maxBytes = maxBytes
    this.#keep = keep
  }

  async deliver(items: readonly OutboxItem[]): Promise<void> {
    const bytes = Buffer.from(items.map(({line}) => `${line}\n`).join(''))
    const descriptor = this.#current(bytes.length)
    const {size} = fstatSync(descriptor)
    try {
      for (let done = 0; done < bytes.length; ) done += writeSync(descriptor, bytes, done)
      fsyncSync(descriptor)
    } catch (error) {
      // Half a batch would be there twice, and half a line would make one with the next.
      ftruncateSync(descriptor, size)
      throw error
    }
  }

  async close(): Promise<void> {
    if (this.#descriptor !== null) closeSync(this.#descriptor)
    this.#descriptor = null
  }

  #current(bytes: number): number {
    if (this.#descriptor !== null && !this.#isStillThere(this.#descriptor)) void this.close()
    const descriptor = this.#descriptor ?? this.#open()
    const {size} = fstatSync(descriptor)
    if (this.#maxBytes === 0 || size === 0 || size + bytes <= this.#maxBytes) return descriptor
    void this.close()
    this.#rotate()
    return this.#open()
  }

  #open(): number {
    this.#descriptor = openSync(this.#path, 'a+', 0o640)
    // Whoever wrote the last line was killed in the middle of it: it is not to become one with the next.
    if (endsInside(this.#descriptor)) writeSync(this.#descriptor, '\n')
    return this.#descriptor
  }

  #isStillThere(descriptor: number): boolean {
    const open = fstatSync(descriptor)
    const named = statSync(this.#path, {throwIfNoEntry: false})
    return named !== undefined && named.ino === open.ino && named.dev === open.dev
  }

  #rotate(): void {
    if (this.#keep === 0) {
      rmSync(this.#path, {force: true})
      return
    }
    for (let number = this.#keep - 1; number >= 1; number--)
      moved(`${this.#path}.${number}`, `${this.#path}.${number + 1}`)
    moved(this.#path, `${this.#path}.1`)
  }
}

function endsInside(descriptor: number): boolean {
  const {size} = fstatSync(descriptor)
  const last = Buffer.alloc(1)
  return size > 0 && readSync(descriptor, last, 0, 1, size - 1) === 1 && last[0] !== LINE_FEED
}

function moved(from: string, to: string): void {
  if (statSync(from, {throwIfNoEntry: false}) !== undefined) renameSync(from, to)
}
