/** The pseudo-terminal of an interactive session: keys in, lines out, one reader at a time. */
import {type Input, Interrupted, type LineRequest, type Output} from './io.ts'
import {LineEditor} from './line-editor.ts'

/** Keys typed ahead while a command runs. */
const TYPE_AHEAD = 65_536
const PLAIN: LineRequest = {prompt: '', echo: true}

interface Reader {
  readonly editor: LineEditor
  readonly resolve: (line: string | null) => void
  readonly reject: (error: Error) => void
}

export class Terminal implements Input, Output {
  readonly #send: (bytes: Buffer) => void
  readonly #lineLimit: number
  /** Called on Ctrl-C while no line is being read. */
  onInterrupt: () => void = () => {}
  /** What the arrow keys recall. */
  history: readonly string[] = []
  #ahead = ''
  #reader: Reader | null = null
  #ended = false

  constructor(send: (bytes: Buffer) => void, lineLimit: number) {
    this.#send = send
    this.#lineLimit = lineLimit
  }

  write(text: string): void {
    this.#send(Buffer.from(text.replace(/\r?\n/g, '\r\n'), 'latin1'))
  }

  receive(bytes: Buffer): void {
    const text = bytes.toString('latin1')
    const stop = this.#reader === null ? text.lastIndexOf('\x03') : -1
    if (stop !== -1) {
      this.#ahead = text.slice(stop + 1, stop + 1 + TYPE_AHEAD)
      this.#send(Buffer.from('^C\r\n', 'latin1'))
      this.onInterrupt()
      return
    }
    this.#ahead = (this.#ahead + text).slice(0, TYPE_AHEAD)
    this.#pump()
  }

  end(): void {
    this.#ended = true
    this.#pump()
  }

  /** Rejects with Interrupted on Ctrl-C. */
  line(request: LineRequest = PLAIN): Promise<string | null> {
    if (request.prompt !== '') this.write(request.prompt)
    return new Promise((resolve, reject) => {
      const editor = new LineEditor({...request, history: request.echo ? this.history : [], limit: this.#lineLimit})
      this.#reader = {editor, resolve, reject}
      this.#pump()
    })
  }

  async all(): Promise<string> {
    const lines: string[] = []
    for (let line = await this.line(); line !== null; line = await this.line()) lines.push(`${line}\n`)
    return lines.join('')
  }

  #pump(): void {
    const reader = this.#reader
    if (reader === null) return
    const {shown, event, used} = reader.editor.feed(this.#ahead)
    this.#ahead = this.#ahead.slice(used)
    if (shown !== '') this.#send(Buffer.from(shown, 'latin1'))
    if (event === null) {
      if (this.#ended) this.#settle(() => reader.resolve(null))
      return
    }
    if (event.type === 'line') this.#settle(() => reader.resolve(event.text))
    else if (event.type === 'end') this.#settle(() => reader.resolve(null))
    else this.#settle(() => reader.reject(new Interrupted()))
  }

  #settle(settle: () => void): void {
    this.#reader = null
    settle()
  }
}
