/** File primitives for the state directory: private from the first byte, durable when they say so. */
import {
  closeSync,
  constants,
  fchmodSync,
  fsyncSync,
  lstatSync,
  openSync,
  renameSync,
  rmSync,
  type Stats,
  writeSync,
} from 'node:fs'

import {DecnetError} from '../fleet/errors.ts'
import {shellWord, shown} from './shown.ts'

const PRIVATE = 0o600
const OTHERS = 0o077

/** The file's own status (a symbolic link is not followed), or null when it does not exist. */
export function statusOf(path: string): Stats | null {
  return lstatSync(path, {throwIfNoEntry: false}) ?? null
}

/** Creates an empty file of mode 0600 whatever the umask is. Fails with EEXIST, never follows a link. */
export function createPrivateFile(path: string, bytes?: Uint8Array): void {
  const fd = openSync(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW, PRIVATE)
  try {
    fchmodSync(fd, PRIVATE)
    for (let done = 0; bytes !== undefined && done < bytes.length; ) done += writeSync(fd, bytes, done)
  } finally {
    closeSync(fd)
  }
}

/** Replaces a small file in one step, so that a reader sees the old or the new content. Not made durable. */
export function replacePrivateFile(path: string, text: string): void {
  const draft = `${path}.new-${process.pid}`
  rmSync(draft, {force: true})
  createPrivateFile(draft, Buffer.from(text))
  renameSync(draft, path)
}

/**
 * Makes a file's content, or a directory's entries, survive power loss. Never for a database that this process has
 * open: closing any descriptor of a file drops the process's POSIX locks on it.
 */
export function syncPath(path: string): void {
  const fd = openSync(path, constants.O_RDONLY)
  try {
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}

/** Refuses anything but a regular file of this user that nobody else can open. Absent is fine: null. */
export function checkPrivateFile(path: string, uid: number | undefined): Stats | null {
  const status = statusOf(path)
  if (status === null) return null
  if (status.isSymbolicLink()) {
    throw refusal(`${shown(path)} is a symbolic link`, 'move the real file into its place')
  }
  if (!status.isFile()) throw refusal(`${shown(path)} is not a regular file`, 'move it away')
  checkOwnership(path, status, uid, '600')
  return status
}

/** Refuses what another user owns or may open. */
export function checkOwnership(path: string, status: Stats, uid: number | undefined, mode: '600' | '700'): void {
  if (uid !== undefined && status.uid !== uid) {
    throw new DecnetError('PERMISSION', `${shown(path)} belongs to uid ${status.uid}, not to uid ${uid}`, {
      hint: `run as its owner, or \`chown ${uid} ${shellWord(path)}\``,
    })
  }
  if ((status.mode & OTHERS) !== 0) {
    const found = (status.mode & 0o777).toString(8).padStart(4, '0')
    throw refusal(`${shown(path)} is open to other users (mode ${found})`, `\`chmod ${mode} ${shellWord(path)}\``)
  }
}

function refusal(message: string, hint: string): DecnetError {
  return new DecnetError('STATE_UNREADABLE', message, {hint})
}
