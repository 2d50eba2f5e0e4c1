/** Messages of DNS, mDNS and LLMNR as they are written; the grammar is in `message.ts`. */
import {HEADER_SIZE} from './constants.ts'
import type {Question} from './message.ts'
import {encodeName, type Name} from './name.ts'
import type {Resource} from './records.ts'

export interface Draft {
  readonly id: number
  readonly flags: number
  readonly questions?: readonly Question[]
  readonly answers?: readonly Resource[]
  readonly authorities?: readonly Resource[]
  readonly additionals?: readonly Resource[]
}

export interface Style {
  /** Names point to equal ones before them (RFC 1035 §4.1.4). */
  readonly compress: boolean
}

/** A pointer has 14 bits. */
const REACH = 0x4000
const POINTER = 0xc000

export function writeMessage(draft: Draft, {compress}: Style = {compress: true}): Buffer {
  const {id, flags, questions = [], answers = [], authorities = [], additionals = []} = draft
  const writer = new Writer(compress)
  writer.numbers(id, flags, questions.length, answers.length, authorities.length, additionals.length)
  for (const question of questions) writer.question(question)
  for (const record of [...answers, ...authorities, ...additionals]) writer.record(record)
  return writer.bytes()
}

class Writer {
  readonly #compress: boolean
  readonly #chunks: Buffer[] = []
  /** Where names begin that were written before, as they were written: BIND and Windows keep the case of names. */
  readonly #known = new Map<string, number>()
  #size = 0

  constructor(compress: boolean) {
    this.#compress = compress
  }

  bytes(): Buffer {
    return Buffer.concat(this.#chunks)
  }

  numbers(...values: readonly number[]): void {
    const bytes = Buffer.alloc(2 * values.length)
    for (const [index, value] of values.entries()) bytes.writeUInt16BE(value, 2 * index)
    this.#push(bytes)
  }

  question({name, type, class: questionClass}: Question): void {
    this.#name(name, true)
    this.numbers(type, questionClass)
  }

  record(record: Resource): void {
    this.question(record)
    const fields = Buffer.alloc(6)
    fields.writeUInt32BE(record.ttl >>> 0, 0)
    this.#push(fields)
    const start = this.#size
    for (const part of record.data) {
      if (Buffer.isBuffer(part)) this.#push(part)
      else this.#name(part.name, part.compress)
    }
    fields.writeUInt16BE(this.#size - start, 4)
  }

  #name(name: Name, compress: boolean): void {
    for (let index = 0; index < name.length; index++) {
      const rest = name.slice(index)
      const key = JSON.stringify(rest)
      const known = this.#known.get(key)
      if (compress && this.#compress && known !== undefined) {
        this.numbers(POINTER | known)
        return
      }
      // What was written in full last is what later names point to (BIND 9.18).
      if (this.#size >= HEADER_SIZE && this.#size < REACH) this.#known.set(key, this.#size)
      this.#push(encodeName(rest.slice(0, 1)).subarray(0, -1))
    }
    this.#push(Buffer.alloc(1))
  }

  #push(bytes: Buffer): void {
    this.#chunks.push(bytes)
    this.#size += bytes.length
  }
}
