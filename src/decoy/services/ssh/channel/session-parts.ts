/** Small decisions of a session channel. */
import type {ServerChannel} from 'ssh2'

import type {Profile} from '../../../shell/profiles.ts'
import type {Login} from './login.ts'

/** The emulated file system is a Linux one: no other system may show it. */
export function emulatesFiles({decky}: Login): boolean {
  return decky.product.inside === 'linux'
}

export function shellName({family, id}: Profile): string {
  if (id === 'buildroot') return '-sh'
  return family === 'alpine' ? '-ash' : '-bash'
}

/** Without a listener for errors, a client that goes away would end the process. */
export function guard(channel: ServerChannel): void {
  channel.on('error', () => {})
  channel.stderr.on('error', () => {})
}

export function clamp(value: unknown, fallback: number): number {
  return typeof value === 'number' && value > 0 ? Math.min(value, 1000) : fallback
}
