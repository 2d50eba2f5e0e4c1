/** A sign of life beside the status file: a runtime that hangs keeps its ports bound and its status file as it was. */
import {readFileSync, writeFileSync} from 'node:fs'
import {uptime} from 'node:os'

const BEAT_MS = 2000
/** So long without a beat is no busy moment any more. */
export const SILENT_SECONDS = 10

export function heartbeatFile(statusFile: string): string {
  return `${statusFile}.beat`
}

/** Writes the machine's uptime every two seconds: unlike the time of day it never jumps. */
export function startHeartbeat(statusFile: string): void {
  const beat = () => {
    try {
      writeFileSync(heartbeatFile(statusFile), String(uptime()), {mode: 0o600})
    } catch {
      // As with the status file: what cannot be written must not take the services with it.
    }
  }
  beat()
  setInterval(beat, BEAT_MS).unref()
}

/** Whether the runtime has fallen silent. Without a heartbeat file nothing is known, and the status file stands alone. */
export function isSilent(statusFile: string, now: number = uptime()): boolean {
  try {
    return now - Number(readFileSync(heartbeatFile(statusFile), 'utf8')) > SILENT_SECONDS
  } catch {
    return false
  }
}
