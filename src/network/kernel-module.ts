import {gunzipSync} from 'node:zlib'

import type {Host} from './host.ts'

/**
 * `loaded` and `builtin`: usable now. `loadable`: the kernel loads it when it is first used. `absent`: this kernel does
 * not have it. `unknown`: nothing on this machine tells.
 */
export type ModuleState = 'loaded' | 'builtin' | 'loadable' | 'absent' | 'unknown'

/** Whether the running kernel has a driver, by its module's name, e.g. `macvlan`. Loads nothing. */
export function moduleState(host: Host, name: string): ModuleState {
  const loaded = host.read('/proc/modules')
  if (loaded?.split('\n').some((line) => line.startsWith(`${name} `)) === true) return 'loaded'
  const directory = `/lib/modules/${host.release}`
  if (lists(host.read(`${directory}/modules.builtin`), name)) return 'builtin'
  const installed = host.read(`${directory}/modules.dep`)
  if (lists(installed, name)) return 'loadable'
  const configured = configOf(host, name)
  if (configured === 'y') return 'builtin'
  if (configured === 'n') return 'absent'
  // Configured as a module or not known to be: without the file that lists what is installed, nothing is known.
  return installed === null ? 'unknown' : 'absent'
}

/** `kernel/drivers/net/macvlan.ko.xz: …`, with any compression. */
function lists(table: string | null, name: string): boolean {
  return table !== null && new RegExp(`(^|/)${name}\\.ko(\\.\\w+)?(:|$)`, 'm').test(table)
}

function configOf(host: Host, name: string): 'y' | 'm' | 'n' | undefined {
  const text = kernelConfig(host)
  if (text === null) return undefined
  const value = new RegExp(`^CONFIG_${name.toUpperCase()}=([ym])$`, 'm').exec(text)?.[1]
  return value === undefined ? 'n' : (value as 'y' | 'm')
}

function kernelConfig(host: Host): string | null {
  const packed = host.readBytes('/proc/config.gz')
  if (packed === null) return host.read(`/boot/config-${host.release}`)
  try {
    return gunzipSync(packed, {maxOutputLength: 4 * 1024 * 1024}).toString('utf8')
  } catch {
    return null
  }
}
