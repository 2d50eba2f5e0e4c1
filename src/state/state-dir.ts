/** Where the state lives, and whether that place can be trusted with it. */
import {chmodSync, mkdirSync, statfsSync, statSync} from 'node:fs'
import {dirname, isAbsolute, join, resolve} from 'node:path'

import {DecnetError} from '../fleet/errors.ts'
import {translateFailure} from './failures.ts'
import {checkOwnership, statusOf} from './files.ts'
import {shown} from './shown.ts'

export interface StateDirSource {
  /** `--state-dir`. */
  readonly flag?: string | undefined
  readonly env: Readonly<Record<string, string | undefined>>
  /** Undefined where the platform has no user ids. */
  readonly uid: number | undefined
  readonly cwd: string
}

const ROOT_STATE_DIR = '/var/lib/decnet'

/** The absolute state directory: flag, then `DECNET_STATE_DIR`, then the user's default. Reads nothing. */
export function resolveStateDir({flag, env, uid, cwd}: StateDirSource): string {
  const named = flag ?? (env.DECNET_STATE_DIR || undefined)
  if (named !== undefined) return namedDir(named, cwd)
  if (uid === 0) return ROOT_STATE_DIR
  // The XDG base directory specification: a relative value is invalid and to be ignored.
  const xdg = env.XDG_STATE_HOME
  if (xdg !== undefined && isAbsolute(xdg)) return join(xdg, 'decnet')
  const home = env.HOME
  if (home !== undefined && isAbsolute(home)) return join(home, '.local', 'state', 'decnet')
  throw new DecnetError('STATE_UNREADABLE', 'there is no place for the state: HOME is not set', {
    hint: 'name a directory with --state-dir or DECNET_STATE_DIR',
  })
}

function namedDir(named: string, cwd: string): string {
  if (named === '' || named.includes('\0')) {
    throw new DecnetError('USAGE', `"${shown(named)}" is not a directory name`, {
      hint: 'give --state-dir a path, e.g. --state-dir /var/lib/decnet',
    })
  }
  return resolve(cwd, named)
}

/** Magic numbers of statfs(2) for file systems whose locks or syncs another machine or process answers for. */
const REMOTE_FILE_SYSTEMS: ReadonlyMap<number, string> = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xff534d42, 'SMB'],
  [0xfe534d42, 'SMB'],
  [0x65735546, 'FUSE'],
  [0x01021997, '9P'],
  [0x00c36400, 'Ceph'],
  [0x5346414f, 'AFS'],
  [0x786f4256, 'VirtualBox shared folder'],
])

/** The name of a file system that SQLite's locking and syncing cannot rely on; undefined for all others. */
export function remoteFileSystem(type: number): string | undefined {
  // Node gives a signed number where the kernel's field is 32 bits wide.
  return REMOTE_FILE_SYSTEMS.get(type >>> 0)
}

export interface PrepareOptions {
  /** Make the directory when it is missing. */
  readonly create: boolean
  readonly uid?: number | undefined
  /** `f_type` of statfs(2). */
  readonly fileSystemType?: (dir: string) => number
}

/** Checks (and makes, mode 0700) the state directory. False: it does not exist and was not to be made. */
export function prepareStateDir(dir: string, options: PrepareOptions): boolean {
  const {create, uid = process.getuid?.(), fileSystemType = (path) => statfsSync(path).type} = options
  try {
    if (statusOf(dir) === null) {
      if (!create) return false
      makeDir(dir)
    }
    const status = statusOf(dir)
    if (status?.isSymbolicLink() === true) {
      throw refusal(`the state directory ${shown(dir)} is a symbolic link`, 'name its target with --state-dir')
    }
    if (status?.isDirectory() !== true) {
      throw refusal(`${shown(dir)} is not a directory`, 'name a directory with --state-dir')
    }
    checkOwnership(dir, status, uid, '700')
    const remote = remoteFileSystem(fileSystemType(dir))
    if (remote !== undefined) {
      throw refusal(
        `the state directory ${shown(dir)} is on ${remote}, where file locks and durable writes cannot be relied on`,
        'name a directory on a local disk with --state-dir',
      )
    }
    return true
  } catch (error) {
    throw translateFailure(error, dir)
  }
}

/** Not `recursive`: where the parent exists and mkdir still says ENOENT, as in /proc, Node 24 then loops for ever. */
function makeDir(dir: string): void {
  if (statSync(dirname(dir), {throwIfNoEntry: false}) === undefined) makeDir(dirname(dir))
  try {
    mkdirSync(dir, {mode: 0o700})
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return
    throw error
  }
  // A umask of 0777 would leave it unusable.
  chmodSync(dir, 0o700)
}

function refusal(message: string, hint: string): DecnetError {
  return new DecnetError('STATE_UNREADABLE', message, {hint})
}
