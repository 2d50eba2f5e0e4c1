import {randomBytes} from 'node:crypto'
import {linkSync, renameSync, rmSync} from 'node:fs'
import {basename, dirname, join} from 'node:path'

import {DecnetError, type ErrorCode} from '../../fleet/errors.ts'
import {createPrivateFile, statusOf, syncPath} from '../../state/files.ts'
import {shown} from '../../state/shown.ts'

/** Throws USAGE where a file of that name cannot, or must not, be written: before any question is asked. */
export function checkNewFile(path: string, force: boolean): void {
  const status = attempt(path, () => statusOf(path))
  if (status === null) return
  if (status.isSymbolicLink()) {
    // Replacing the link or the file behind it: neither is surely what was meant.
    throw new DecnetError('USAGE', `${shown(path)} is a symbolic link`, {hint: 'name the file itself'})
  }
  if (!status.isFile()) throw new DecnetError('USAGE', `${shown(path)} is no regular file`, {hint: 'name another one'})
  if (!force) throw exists(path)
}

/**
 * Writes a file of mode 0600, whole or not at all: a fleet file may hold bait credentials. Without `force`, a file that
 * is there meanwhile stays.
 */
export function writeNewFile(path: string, text: string, force: boolean): void {
  checkNewFile(path, force)
  const draft = join(dirname(path), `.${basename(path).slice(0, 100)}.${randomBytes(6).toString('hex')}.new`)
  attempt(path, () => {
    try {
      createPrivateFile(draft, Buffer.from(text))
      syncPath(draft)
      if (force) renameSync(draft, path)
      else placeNew(draft, path)
    } finally {
      rmSync(draft, {force: true})
    }
  })
}

/** Gives the draft its name unless somebody has it: what `link` refuses and `rename` would overwrite. */
function placeNew(draft: string, path: string): void {
  try {
    linkSync(draft, path)
  } catch (error) {
    const {code = ''} = error as NodeJS.ErrnoException
    if (!WITHOUT_LINKS.has(code)) throw error
    checkNewFile(path, false)
    renameSync(draft, path)
  }
}

/** What file systems that have no hard links (FAT, some of the network) answer. */
const WITHOUT_LINKS: ReadonlySet<string> = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'])

const REASONS: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  ENOENT: ['USAGE', 'there is no such directory'],
  ENOTDIR: ['USAGE', 'a part of the path is no directory'],
  ENAMETOOLONG: ['USAGE', 'the name is too long'],
  EACCES: ['PERMISSION', 'permission denied'],
  EROFS: ['PERMISSION', 'the file system is read-only'],
  EPERM: ['PERMISSION', 'the file system does not allow it'],
}

function attempt<T>(path: string, action: () => T): T {
  try {
    return action()
  } catch (error) {
    const {code = '', message} = error as NodeJS.ErrnoException
    if (code === 'EEXIST') throw exists(path)
    const [kind, reason] = (Object.hasOwn(REASONS, code) ? REASONS[code] : undefined) ?? ['USAGE', message]
    throw new DecnetError(kind, `cannot write ${shown(path)}: ${reason}`, {hint: 'name another file', cause: error})
  }
}

function exists(path: string): DecnetError {
  return new DecnetError('USAGE', `${shown(path)} exists`, {hint: 'name another file, or overwrite it with --force'})
}
