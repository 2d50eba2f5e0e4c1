/** A message in pieces: its method, then a frame of properties, then frames of its body (AMQP 0-9-1 §4.2.6). */
import {FRAME, type Frame} from '../wire/frames.ts'
import {AmqpError, BASIC_CLASS} from '../wire/methods.ts'
import type {Publication} from './messages.ts'

const HEADER = 12
/** Of one message; what is over it is counted and forgotten. */
const KEPT = 512 * 1024

export interface Content {
  readonly publication: Publication
  readonly properties: Buffer
  readonly body: Buffer
  readonly size: number
  readonly whole: boolean
}

export class Assembly {
  readonly #publication: Publication
  readonly #parts: Buffer[] = []
  #properties: Buffer | null = null
  #size = 0
  #received = 0

  constructor(publication: Publication) {
    this.#publication = publication
  }

  /** The message once it is whole. Throws AmqpError for a frame that does not belong there. */
  add({type, payload}: Frame): Content | null {
    if (this.#properties === null) this.#header(type, payload)
    else this.#body(type, payload)
    if (this.#properties === null || this.#received < this.#size) return null
    return {
      publication: this.#publication,
      properties: this.#properties,
      body: Buffer.concat(this.#parts),
      size: this.#size,
      whole: this.#size <= KEPT,
    }
  }

  #header(type: number, payload: Buffer): void {
    if (type !== FRAME.header || payload.length < HEADER + 2 || payload.readUInt16BE(0) !== BASIC_CLASS) {
      const text = `expected content header for class ${BASIC_CLASS}, got non content header frame instead`
      throw new AmqpError('unexpectedFrame', text)
    }
    this.#size = Number(payload.readBigUInt64BE(4))
    this.#properties = Buffer.from(payload.subarray(HEADER))
  }

  #body(type: number, payload: Buffer): void {
    if (type !== FRAME.body) {
      throw new AmqpError('unexpectedFrame', 'expected content body, got non content body frame instead')
    }
    const room = Math.max(0, KEPT - this.#received)
    this.#received += payload.length
    // A copy: the frame is a part of a larger piece of memory.
    if (room > 0 && payload.length > 0) this.#parts.push(Buffer.from(payload.subarray(0, room)))
  }
}
