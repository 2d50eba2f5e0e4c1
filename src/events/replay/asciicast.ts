import type {Recording} from './recording.ts'

/** Asciicast version 2, which asciinema and its web player show: a header and one line for each frame. */
export function asciicastOf(recording: Recording, facts: {readonly startedAt: string; readonly title: string}): string {
  const header = {
    version: 2,
    width: recording.columns,
    height: recording.rows,
    timestamp: Math.floor(Date.parse(facts.startedAt) / 1000),
    title: facts.title,
  }
  const decoders = {i: new TextDecoder(), o: new TextDecoder()}
  const lines = recording.frames.map(([ms, way, base64]) =>
    // A character may begin in one frame and end in the next.
    JSON.stringify([ms / 1000, way, decoders[way].decode(Buffer.from(base64, 'base64'), {stream: true})]),
  )
  return `${[JSON.stringify(header), ...lines].join('\n')}\n`
}
