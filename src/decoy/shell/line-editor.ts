/**
 * The terminal as the client sees it: echo, editing keys, history. Bytes in, bytes to show and finished lines out.
 */

export type EditorEvent =
  | {readonly type: 'line'; readonly text: string}
  /** Ctrl-C. */
  | {readonly type: 'interrupt'}
  /** Ctrl-D on an empty line. */
  | {readonly type: 'end'}

export interface EditorOptions {
  readonly prompt: string
  readonly echo: boolean
  readonly history: readonly string[]
  /** Longest line. */
  readonly limit: number
}

/**
 * What is shown of one line, in multiples of its length: keys that move in a long line, or change its beginning, show
 * all of it again. Beyond that they are heard, and no longer shown.
 */
const MOST_SHOWN = 32

const CLEAR_TO_END = '\x1b[K'
const BELL = '\x07'

export class LineEditor {
  readonly #options: EditorOptions
  #line = ''
  #cursor = 0
  #escape = ''
  #historyAt: number
  #afterCr = false
  /** Characters that may still be shown. */
  #left: number

  constructor(options: EditorOptions) {
    this.#options = options
    this.#historyAt = options.history.length
    this.#left = MOST_SHOWN * options.limit
  }

  /**
   * Takes bytes up to the first event.
   * @returns what to show, the event if there was one, and how many bytes were used.
   */
  feed(text: string): {readonly shown: string; readonly event: EditorEvent | null; readonly used: number} {
    let shown = ''
    for (let index = 0; index < text.length; index++) {
      const key = text.charAt(index)
      // CR LF is one key.
      const skip = key === '\n' && this.#afterCr
      this.#afterCr = key === '\r'
      if (skip) continue
      const event = this.#event(key)
      if (event !== null) return {shown: shown + event.shown, event: event.event, used: index + 1}
      shown += this.#key(key)
    }
    return {shown, event: null, used: text.length}
  }

  #event(key: string): {shown: string; event: EditorEvent} | null {
    if (this.#escape !== '') return null
    if (key === '\r' || key === '\n') return {shown: '\r\n', event: {type: 'line', text: this.#line}}
    if (key === '\x03') return {shown: '^C\r\n', event: {type: 'interrupt'}}
    if (key === '\x04' && this.#line === '') return {shown: '', event: {type: 'end'}}
    return null
  }

  #key(key: string): string {
    if (this.#escape !== '') return this.#escapeSequence(key)
    switch (key) {
      case '\x1b':
        this.#escape = key
        return ''
      case '\x7f':
      case '\b':
        return this.#erase(1)
      case '\x15':
        return this.#erase(this.#cursor)
      case '\x17':
        return this.#erase(this.#wordBefore())
      case '\x0b':
        this.#line = this.#line.slice(0, this.#cursor)
        return this.#visible(CLEAR_TO_END)
      case '\x01':
        return this.#moveTo(0)
      case '\x05':
        return this.#moveTo(this.#line.length)
      case '\x0c':
        return this.#visible(`\x1b[H\x1b[2J${this.#options.prompt}${this.#line}`)
      default:
        return key < ' ' ? '' : this.#insert(key)
    }
  }

  #insert(key: string): string {
    if (this.#line.length >= this.#options.limit) return BELL
    const tail = this.#line.slice(this.#cursor)
    this.#line = this.#line.slice(0, this.#cursor) + key + tail
    this.#cursor++
    return this.#visible(key + tail + '\b'.repeat(tail.length))
  }

  #erase(count: number): string {
    if (count === 0 || this.#cursor === 0) return ''
    const tail = this.#line.slice(this.#cursor)
    this.#line = this.#line.slice(0, this.#cursor - count) + tail
    this.#cursor -= count
    return this.#visible('\b'.repeat(count) + tail + CLEAR_TO_END + '\b'.repeat(tail.length))
  }

  /** Characters back to the start of the word before the cursor. */
  #wordBefore(): number {
    const head = this.#line.slice(0, this.#cursor).trimEnd()
    return this.#cursor - (head.lastIndexOf(' ') + 1)
  }

  #moveTo(place: number): string {
    const target = Math.max(0, Math.min(this.#line.length, place))
    const shown = target < this.#cursor ? '\b'.repeat(this.#cursor - target) : this.#line.slice(this.#cursor, target)
    this.#cursor = target
    return this.#visible(shown)
  }

  #escapeSequence(key: string): string {
    this.#escape += key
    if (/^\x1b[[O]?$/.test(this.#escape) || (/^\x1b\[[0-9;]*$/.test(this.#escape) && this.#escape.length < 16))
      return ''
    const sequence = this.#escape.replace('\x1bO', '\x1b[')
    this.#escape = ''
    switch (sequence) {
      case '\x1b[A':
        return this.#recall(-1)
      case '\x1b[B':
        return this.#recall(1)
      case '\x1b[C':
        return this.#moveTo(this.#cursor + 1)
      case '\x1b[D':
        return this.#moveTo(this.#cursor - 1)
      case '\x1b[H':
      case '\x1b[1~':
        return this.#moveTo(0)
      case '\x1b[F':
      case '\x1b[4~':
        return this.#moveTo(this.#line.length)
      default:
        return ''
    }
  }

  #recall(step: number): string {
    const {history} = this.#options
    const at = this.#historyAt + step
    if (at < 0 || at > history.length) return this.#visible(BELL)
    this.#historyAt = at
    const before = '\b'.repeat(this.#cursor)
    this.#line = history[at] ?? ''
    this.#cursor = this.#line.length
    return this.#visible(`${before}${this.#line}${CLEAR_TO_END}`)
  }

  #visible(text: string): string {
    if (!this.#options.echo || text.length > this.#left) return ''
    this.#left -= text.length
    return text
  }
}
