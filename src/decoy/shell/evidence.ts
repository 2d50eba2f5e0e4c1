/** What of a session is worth an event, in the one form that readers know. */
import {createHash} from 'node:crypto'

import type {ServiceEvent} from '../../events/event.ts'
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

export function fileWriteEvent(path: string, data: Buffer, limit: number): ServiceEvent {
  const sha256 = createHash('sha256').update(data).digest('hex')
  return {event: 'file.write', data: {path: safe(path), sha256, size: data.length, head: sample(data, limit)}}
}

export function safe(text: string): string {
  return printable(Buffer.from(text, 'latin1').subarray(0, PATH_BYTES))
}
