/** What a peer left behind, as evidence keeps it: recognised by its hash, whole where it is small. */
import {createHash} from 'node:crypto'

import type {Capture} from '../events/event.ts'
import type {Limits} from './limits.ts'
import {sample} from './sample.ts'

const HEAD_BYTES = 512

/** Fields for the `data` of a `file.write` or `mail` event. */
export function captureOf(content: Buffer, limits: Pick<Limits, 'capture'>): Capture {
  return {
    sha256: createHash('sha256').update(content).digest('hex'),
    size: content.length,
    head: sample(content, HEAD_BYTES),
    content: content.subarray(0, limits.capture).toString('base64'),
    complete: content.length <= limits.capture,
  }
}
