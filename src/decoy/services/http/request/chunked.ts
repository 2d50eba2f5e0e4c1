/**
 * The chunked coding, RFC 9112 §7.1:
 *
 *     chunked-body = *( chunk-size [ chunk-ext ] CRLF chunk-data CRLF ) 1*"0" [ chunk-ext ] CRLF *( field-line CRLF ) CRLF
 */
import type {ByteQueue} from '../../../byte-queue.ts'

/** Of one size or trailer line; chunk extensions count. */
const LINE_LIMIT = 8192
const TRAILERS_LIMIT = 100
/** What a 64-bit counter holds; the products refuse more. */
const SIZE_DIGITS = 15

type State = 'size' | 'data' | 'data-end' | 'trailers'
export type ChunkedResult = 'more' | 'done' | {readonly line: Buffer; readonly tooLarge: boolean}

export class ChunkedReader {
  #state: State = 'size'
  #left = 0
  #trailers = 0
  readonly #sink: (bytes: Buffer) => void

  constructor(sink: (bytes: Buffer) => void) {
    this.#sink = sink
  }

  read(queue: ByteQueue): ChunkedResult {
    for (;;) {
      if (this.#state === 'data') {
        if (queue.length === 0) return 'more'
        const data = queue.takeUpTo(this.#left)
        this.#sink(data)
        this.#left -= data.length
        if (this.#left === 0) this.#state = 'data-end'
        continue
      }
      const line = queue.takeLine()
      if (line === null) return queue.length > LINE_LIMIT ? {line: queue.takeUpTo(LINE_LIMIT), tooLarge: false} : 'more'
      const outcome = this.#line(line)
      if (outcome !== null) return outcome
    }
  }

  #line(line: Buffer): ChunkedResult | null {
    const text = line.toString('latin1').trimEnd()
    switch (this.#state) {
      case 'size':
        return this.#size(text, line)
      case 'data-end':
        this.#state = 'size'
        return text === '' ? null : {line, tooLarge: false}
      default:
        if (text === '') return 'done'
        return ++this.#trailers > TRAILERS_LIMIT ? {line, tooLarge: false} : null
    }
  }

  #size(text: string, line: Buffer): ChunkedResult | null {
    const digits = /^([0-9a-f]+)[ \t]*(?:;|$)/i.exec(text)?.[1]?.replace(/^0+(?=.)/, '')
    if (digits === undefined) return {line, tooLarge: false}
    if (digits.length > SIZE_DIGITS) return {line, tooLarge: true}
    this.#left = Number.parseInt(digits, 16)
    this.#state = this.#left === 0 ? 'trailers' : 'data'
    return null
  }
}
