/** What of a session is worth an event, in the one form that readers know. */
import type {ServiceEvent} from '../../events/event.ts'
import {captureOf} from '../capture.ts'
import type {Limits} from '../limits.ts'
import {printable, sample} from '../sample.ts'

/** Bytes of a path kept in evidence. */
const PATH_BYTES = 1024

export function commandEvent(
  line: string,
  exit: number,
  kind: 'shell' | 'exec',
  user: string,
  limit: number,
): ServiceEvent {
  const data = {line: sample(Buffer.from(line, 'latin1'), limit), exit, kind, user: safe(user)}
  return {event: 'command', data}
}

export function fileReadEvent(path: string): ServiceEvent {
  return {event: 'file.read', data: {path: safe(path)}}
}

/** That it was written, and what of it is kept. */
export function fileWriteEvents(path: string, data: Buffer, limits: Pick<Limits, 'capture'>): ServiceEvent[] {
  const {fields, parts} = captureOf(data, limits)
  return [{event: 'file.write', data: {path: safe(path), ...fields}}, ...parts]
}

export function safe(text: string): string {
  return printable(Buffer.from(text, 'latin1').subarray(0, PATH_BYTES))
}
