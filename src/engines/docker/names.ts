import type {DeckyRequest, Install} from '../engine.ts'

/** The images that we make. */
export const REPOSITORY = 'decnet-decoy'

/** Enough of an id to tell two apart in a listing; ownership is decided by labels alone. */
const SHORT = 8

function short(text: string): string {
  return text.replace(/[^A-Za-z0-9]/g, '').slice(0, SHORT)
}

/**
 * The container name of a decky, or of one of its custom services'. It carries the config hash, so that the next
 * container of a decky can be created while the present one runs; the prefix is neutral because the Engine's own
 * resolver tells container names to whoever is inside.
 */
export function containerName(install: Install, request: DeckyRequest, customService: string | null): string {
  const own = `dn-${short(install.id)}-${request.decky.name}-${short(request.configHash)}`
  return customService === null ? own : `${own}-${customService}`
}

/** Where a container whose name its successor needs is moved to. */
export function retiredName(name: string, id: string): string {
  return `${name}-${id.slice(0, SHORT)}`
}

export function networkName(install: Install): string {
  return `dn-${short(install.id)}`
}
