/**
 * Where the control socket is bound and reached. The kernel takes a path of at most 107 bytes (unix(7); 103 on macOS),
 * and a state directory can be longer: on Linux the directory is then named by a descriptor, `/proc/self/fd/N/…`, which
 * leads to the very same file in the same private directory.
 */
import {closeSync, constants, openSync} from 'node:fs'
import {join} from 'node:path'

import {FILES} from './protocol.ts'

const MAX_PATH = 103

export interface SocketPath {
  readonly path: string
  /** Call it once the socket is connected, or closed for good. */
  release(): void
}

/** The directory is too deep for a socket, on a system that has no other way to name it. */
export class PathTooLong extends Error {}

/** Throws the system's error where the directory cannot be opened. */
export function socketPath(directory: string): SocketPath {
  const path = join(directory, FILES.socket)
  const length = Buffer.byteLength(path)
  if (length <= MAX_PATH) return {path, release: () => {}}
  if (process.platform !== 'linux') {
    throw new PathTooLong(`${path} has ${length} bytes, and a socket's path at most ${MAX_PATH}`)
  }
  const descriptor = openSync(directory, constants.O_RDONLY | constants.O_DIRECTORY)
  return {path: `/proc/self/fd/${descriptor}/${FILES.socket}`, release: () => closeSync(descriptor)}
}
