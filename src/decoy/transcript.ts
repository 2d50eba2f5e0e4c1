/** What goes over a terminal, with its times, in parts small enough for a line of evidence. */
import type {ServiceEvent, TranscriptFrame} from '../events/event.ts'
import type {Limits} from './limits.ts'

/** Characters of JSON at which a part is reported: it must fit a line of evidence (`evidence-line.ts`). */
const PART_LENGTH = 8 * 1024
/** Bytes of one frame; a longer one is more than one. */
const FRAME_BYTES = 3 * 1024
/** Characters of a frame besides its bytes. */
const FRAME_LENGTH = 20

export class Transcript {
  readonly #report: (event: ServiceEvent) => void
  readonly #now: () => number
  readonly #startedAt: number
  #left: number
  #part = 0
  #length = 0
  #frames: TranscriptFrame[] = []
  #truncated = false
  #over = false
  readonly #size: {readonly columns: number; readonly rows: number}

  /** `size` of the terminal in characters: what it is at the first part counts. */
  constructor(
    report: (event: ServiceEvent) => void,
    {
      limits,
      now,
      size = {columns: 80, rows: 24},
    }: {
      readonly limits: Pick<Limits, 'transcript'>
      readonly now: () => number
      readonly size?: {readonly columns: number; readonly rows: number}
    },
  ) {
    this.#report = report
    this.#now = now
    this.#startedAt = now()
    this.#left = limits.transcript
    this.#size = size
  }

  /** What the decky showed. */
  output(bytes: Buffer): void {
    this.#add('o', bytes)
  }

  /** What the peer typed. */
  input(bytes: Buffer): void {
    this.#add('i', bytes)
  }

  /** The session is over: what comes later belongs to nobody. */
  end(): void {
    this.flush()
    this.#over = true
  }

  /** Reports what was not yet. */
  flush(): void {
    if (this.#frames.length === 0) return
    this.#part += 1
    const {columns, rows} = this.#size
    const data = {part: this.#part, columns, rows, truncated: this.#truncated, frames: this.#frames}
    this.#frames = []
    this.#length = 0
    this.#report({event: 'session.transcript', data})
  }

  #add(direction: TranscriptFrame[1], bytes: Buffer): void {
    if (bytes.length === 0 || this.#truncated || this.#over) return
    const kept = bytes.subarray(0, this.#left)
    this.#left -= kept.length
    this.#truncated = kept.length < bytes.length
    let offset = 0
    // At least one frame, though it be empty: it says that there is no more.
    do {
      const base64 = kept.subarray(offset, offset + FRAME_BYTES).toString('base64')
      this.#frames.push([this.#now() - this.#startedAt, direction, base64])
      this.#length += FRAME_LENGTH + base64.length
      if (this.#length >= PART_LENGTH) this.flush()
      offset += FRAME_BYTES
    } while (offset < kept.length)
    if (this.#truncated) this.flush()
  }
}
