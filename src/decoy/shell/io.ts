/** Streams of emulated commands. Text holds bytes as characters U+0000 to U+00FF, so nothing is lost or rejected. */

export interface Output {
  write(text: string): void
}

export interface LineRequest {
  /** Shown before the answer. */
  readonly prompt: string
  /** False for passwords. */
  readonly echo: boolean
}

export interface Input {
  /** Everything up to the end of the input. */
  all(): Promise<string>
  /** The next line without its end, or null at the end of the input. */
  line(request?: LineRequest): Promise<string | null>
}

export interface Streams {
  readonly stdin: Input
  readonly stdout: Output
  readonly stderr: Output
}

/** Ends everything that runs: the client left, or Ctrl-C was typed. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted'
}

export class TextInput implements Input {
  #rest: string

  constructor(text: string) {
    this.#rest = text
  }

  all(): Promise<string> {
    const text = this.#rest
    this.#rest = ''
    return Promise.resolve(text)
  }

  line(): Promise<string | null> {
    if (this.#rest === '') return Promise.resolve(null)
    const end = this.#rest.indexOf('\n')
    const line = end === -1 ? this.#rest : this.#rest.slice(0, end)
    this.#rest = end === -1 ? '' : this.#rest.slice(end + 1)
    return Promise.resolve(line)
  }
}

/** Keeps what is written, up to a limit. */
export class Collector implements Output {
  readonly #limit: number
  #chunks: string[] = []
  #length = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  write(text: string): void {
    const kept = text.slice(0, this.#limit - this.#length)
    this.#length += kept.length
    if (kept !== '') this.#chunks.push(kept)
  }

  get text(): string {
    return this.#chunks.join('')
  }
}

export const NOWHERE: Output = {write: () => {}}
