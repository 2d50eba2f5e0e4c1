/** The input of a session without a terminal: bytes of the channel until its end. */
import type {Input} from '../../../shell/io.ts'

export class ChannelInput implements Input {
  readonly #limit: number
  #chunks: string[] = []
  #length = 0
  #ended = false
  #wake: () => void = () => {}

  /** @param limit bytes kept; what comes after is dropped. */
  constructor(limit: number) {
    this.#limit = limit
  }

  receive(bytes: Buffer): void {
    const kept = bytes.subarray(0, Math.max(0, this.#limit - this.#length)).toString('latin1')
    this.#length += kept.length
    if (kept !== '') this.#chunks.push(kept)
    this.#wake()
  }

  end(): void {
    this.#ended = true
    this.#wake()
  }

  async all(): Promise<string> {
    while (!this.#ended) await this.#more()
    return this.#take(this.#joined().length)
  }

  async line(): Promise<string | null> {
    for (let searched = 0; ; await this.#more()) {
      const chunk = this.#chunks.findIndex((text, index) => index >= searched && text.includes('\n'))
      if (chunk !== -1) {
        const text = this.#joined()
        return this.#take(text.indexOf('\n') + 1).slice(0, -1)
      }
      searched = this.#chunks.length
      if (this.#ended) return this.#length === 0 ? null : this.#take(this.#joined().length)
    }
  }

  #joined(): string {
    const text = this.#chunks.join('')
    this.#chunks = text === '' ? [] : [text]
    return text
  }

  #take(count: number): string {
    const text = this.#joined()
    const rest = text.slice(count)
    this.#chunks = rest === '' ? [] : [rest]
    this.#length = rest.length
    return text.slice(0, count)
  }

  #more(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve
    })
  }
}
