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

export function captureOf(content: Buffer, limits: Pick<Limits, 'capture'>): Captured {
  const sha256 = createHash('sha256').update(content).digest('hex')
  const kept = content.subarray(0, limits.capture)
  const parts: ServiceEvent[] = []
  for (let offset = 0; offset < kept.length; offset += PART_BYTES) {
    const bytes = kept.subarray(offset, offset + PART_BYTES)
    parts.push({event: 'capture', data: {sha256, offset, content: bytes.toString('base64')}})
  }
  const fields = {sha256, size: content.length, head: sample(content, HEAD_BYTES), kept: kept.length}
  return {fields, parts}
}
