import type {Host} from '../../network/host.ts'

export interface Ghost {
  readonly id: string
  /** Socket of the containerd that it belongs to. */
  readonly socket: string
}

/** Where an Engine that was installed from packages has its containerd. */
const USUAL_SOCKETS = /^\/(var\/)?run\/(docker\/)?containerd\/containerd\.sock$/

/**
 * Containers that have a shim of the Engine's containerd and are not in the Engine's list. Several Engines may run side
 * by side: a containerd is taken for this one's when it holds a listed container, or has the usual place.
 */
export function ghostContainers(host: Host, listed: readonly string[]): Ghost[] {
  const known = new Set(listed)
  const shims = (host.list('/proc') ?? [])
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => shimOf(host, pid) ?? [])
  const ours = new Set(shims.filter(({id}) => known.has(id)).map(({socket}) => socket))
  // Without a listed container to go by, a second Engine in the usual place cannot be told from the one that was asked.
  return shims.filter(
    ({id, socket}) => !known.has(id) && (ours.has(socket) || (ours.size === 0 && USUAL_SOCKETS.test(socket))),
  )
}

/** `containerd-shim-runc-v2 -namespace moby -id ID -address SOCKET`, each ended by a NUL. */
function shimOf(host: Host, pid: string): Ghost | null {
  const words = host.read(`/proc/${pid}/cmdline`)?.split('\0') ?? []
  if (!/(^|\/)containerd-shim/.test(words[0] ?? '')) return null
  const after = (flag: string) => words[words.indexOf(flag) + 1] ?? ''
  if (!words.includes('-namespace') || after('-namespace') !== 'moby') return null
  const [id, socket] = [after('-id'), after('-address')]
  return /^[0-9a-f]{64}$/.test(id) ? {id, socket} : null
}
