/** What evidence keeps of what a peer left behind and of what went over its terminal. */
import type {CapturePart, ServiceEvent, TranscriptFrame} from '../../src/events/event.ts'

export interface Kept {
  /** Its event. */
  readonly left: ServiceEvent
  /** What the parts that follow it hold, put together. */
  readonly content: Buffer
}

/** The last thing left behind; throws where a part does not follow the one before it, or less came than is said. */
export function lastKept(events: readonly ServiceEvent[]): Kept {
  const left = events.findLast(({event}) => event === 'file.write' || event === 'mail')
  if (left === undefined) throw new Error('nothing was left')
  const content: Buffer[] = []
  let offset = 0
  for (const {event, data} of events) {
    const part = data as unknown as CapturePart
    if (event !== 'capture' || part.sha256 !== left.data?.sha256 || part.offset !== offset) continue
    content.push(Buffer.from(part.content, 'base64'))
    offset += content.at(-1)?.length ?? 0
  }
  if (offset !== left.data?.kept) throw new Error(`${offset} bytes are there of ${left.data?.kept}`)
  return {left, content: Buffer.concat(content)}
}

/** One way of a recording, latin1. */
export function wayOf(frames: readonly TranscriptFrame[], way: 'i' | 'o'): string {
  return frames
    .filter(([, direction]) => direction === way)
    .map(([, , base64]) => Buffer.from(base64, 'base64').toString('latin1'))
    .join('')
}
