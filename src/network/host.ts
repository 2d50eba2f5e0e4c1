import {existsSync, readdirSync, readFileSync, readlinkSync} from 'node:fs'
import {networkInterfaces, release} from 'node:os'
import {basename, join} from 'node:path'

/** What is looked at to say whether this machine can carry deckies. Nothing here throws: what cannot be read is null. */
export interface Host {
  readonly platform: NodeJS.Platform
  /** `uname -r`. */
  readonly release: string
  read(path: string): string | null
  readBytes(path: string): Buffer | null
  /** Names in a directory. */
  list(path: string): readonly string[] | null
  exists(path: string): boolean
  /** Last part of what a symbolic link points to. */
  linkTarget(path: string): string | null
  /** Addresses by interface. One that is down, has no carrier or no address is not in it. */
  addresses(): ReturnType<typeof networkInterfaces>
}

export interface HostOptions {
  /** Where `/proc`, `/sys` and the rest are looked for. */
  readonly root?: string
  readonly platform?: NodeJS.Platform
  readonly release?: string
  readonly addresses?: Host['addresses']
}

/** This machine, or in tests a directory that looks like one. */
export function openHost(options: HostOptions = {}): Host {
  const {root = '/', platform = process.platform, addresses = networkInterfaces} = options
  const at = (path: string) => join(root, path)
  const readBytes = (path: string) => orNull(() => readFileSync(at(path)))
  return {
    platform,
    release: options.release ?? release(),
    read: (path) => readBytes(path)?.toString('utf8') ?? null,
    readBytes,
    list: (path) => orNull(() => readdirSync(at(path))),
    exists: (path) => existsSync(at(path)),
    linkTarget: (path) => orNull(() => basename(readlinkSync(at(path)))),
    addresses,
  }
}

/** Whether the command runs inside a container, whose interfaces and disks are not those of the machine. */
export function inContainer(host: Host): boolean {
  return host.exists('/.dockerenv') || host.exists('/run/.containerenv')
}

function orNull<T>(look: () => T): T | null {
  try {
    return look()
  } catch {
    return null
  }
}
