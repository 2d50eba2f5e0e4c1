/** The private directory of the engine: made, checked, and emptied of what is ours. */
import {chmodSync, lstatSync, mkdirSync, rmdirSync, rmSync} from 'node:fs'
import {join} from 'node:path'

import {FILES} from '../../decoy/embedded/protocol.ts'
import {EngineError} from '../engine.ts'

const OTHERS = 0o077

/** Throws where somebody else could reach what is in it: personas have secrets, and the socket obeys whoever connects. */
export function prepareDirectory(directory: string): void {
  if (mkdirSync(directory, {recursive: true, mode: 0o700}) !== undefined) chmodSync(directory, 0o700)
  const status = lstatSync(directory)
  const uid = process.getuid?.()
  if (!status.isDirectory() || (uid !== undefined && status.uid !== uid)) {
    throw new EngineError('permission', `${directory} is not a directory of this user`, {
      hint: 'run as its owner, or name another state directory with --state-dir',
    })
  }
  if ((status.mode & OTHERS) !== 0) {
    throw new EngineError('permission', `${directory} is open to other users`, {hint: `chmod 700 ${directory}`})
  }
}

/** Removes every file of ours, and the directory where nothing else is in it. Only for a directory without a process. */
export function removeFiles(directory: string, keep: readonly string[]): void {
  const drafts = [FILES.process, 'network.json', 'drained.json'].map((name) => `${name}.new`)
  for (const name of [...Object.values(FILES), `${FILES.lock}-journal`, 'drained.json', ...drafts]) {
    if (!keep.includes(name)) rmSync(join(directory, name), {recursive: true, force: true})
  }
  try {
    rmdirSync(directory)
  } catch {
    // Not empty, or not there.
  }
}
