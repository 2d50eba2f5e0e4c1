/** What of a handshake is worth an event. */
import type {ServiceEvent} from '../../../events/event.ts'
import {sample} from '../../sample.ts'

export function malformedEvent(reason: string, bytes: Buffer | null, limit: number): ServiceEvent {
  return {
    event: 'malformed',
    data: {reason: reason.slice(0, 256), ...(bytes === null ? {} : {sample: sample(bytes, limit)})},
  }
}
