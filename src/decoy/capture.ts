/** What a peer left behind, as evidence keeps it: recognised by its hash, whole where it is small. */
import {createHash} from 'node:crypto'

import type {Capture, ServiceEvent} from '../events/event.ts'
import type {Limits} from './limits.ts'
import {sample} from './sample.ts'

const HEAD_BYTES = 512
/** In base64 and with its envelope within a line of evidence (`evidence-line.ts`). */
const PART_BYTES = 9 * 1024

export interface Captured {
  /** For the `data` of the `file.write` or `mail` event. */
  readonly fields: Capture
  /** The content, in parts, to be reported after that event. */
  readonly parts: readonly ServiceEvent[]
}

/** Something on its way in: however large it is, only what will be kept of it is held. */
export class Capturing {
  readonly #hash = createHash('sha256')
  readonly #limit: number
  readonly #kept: Buffer[] = []
  #keptBytes = 0
  #size = 0

  constructor(limits: Pick<Limits, 'capture'>) {
    this.#limit = limits.capture
  }

  /** Its beginning, as far as it is kept. */
  get beginning(): Buffer {
    return Buffer.concat(this.#kept)
  }

  append(bytes: Buffer): void {
    this.#hash.update(bytes)
    this.#size += bytes.length
    const room = this.#limit - this.#keptBytes
    if (room <= 0) return
    // A copy: a part of a chunk would keep all of it in memory.
    const kept = Buffer.from(bytes.subarray(0, room))
    this.#kept.push(kept)
    this.#keptBytes += kept.length
  }

  /** Call it once. */
  finish(): Captured {
    return captured(this.beginning, this.#hash.digest('hex'), this.#size)
  }
}

/** @param whole what is known of all of it, where `content` is its beginning. */
export function captureOf(
  content: Buffer,
  limits: Pick<Limits, 'capture'>,
  whole?: {readonly sha256: string; readonly size: number},
): Captured {
  if (whole !== undefined) return captured(content.subarray(0, limits.capture), whole.sha256, whole.size)
  const capturing = new Capturing(limits)
  capturing.append(content)
  return capturing.finish()
}

function captured(kept: Buffer, sha256: string, size: number): Captured {
  const parts: ServiceEvent[] = []
  for (let offset = 0; offset < kept.length; offset += PART_BYTES) {
    const bytes = kept.subarray(offset, offset + PART_BYTES)
    parts.push({event: 'capture', data: {sha256, offset, content: bytes.toString('base64')}})
  }
  const head = {...sample(kept, HEAD_BYTES), bytes: size, truncated: size > Math.min(kept.length, HEAD_BYTES)}
  return {fields: {sha256, size, head, kept: kept.length}, parts}
}
