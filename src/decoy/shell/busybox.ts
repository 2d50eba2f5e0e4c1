/** The shell of firmware that is built around BusyBox. */
import type {Persona} from '../persona.ts'

/** Versions of BusyBox that firmware is often built with, as their shells greet. */
const BUSYBOXES = ['1.22.1', '1.24.1', '1.27.2', '1.30.1', '1.31.1']

export function busyboxGreeting(persona: Persona): string {
  const built = new Date(persona.installedAt - persona.integer('firmware age', 100, 900) * 86_400_000)
  const date = built.toISOString().slice(0, 19).replace('T', ' ')
  const version = persona.pick('busybox version', BUSYBOXES)
  return `\n\nBusyBox v${version} (${date} UTC) built-in shell (ash)\nEnter 'help' for a list of built-in commands.\n`
}
