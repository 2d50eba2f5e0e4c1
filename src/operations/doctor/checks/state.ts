import {accessSync, constants, existsSync} from 'node:fs'
import {dirname} from 'node:path'

import {prepareStateDir} from '../../../state/state-dir.ts'
import {type Check, failed, ofError, ok, skipped, warning} from '../check.ts'
import {mebibytes} from './docker.ts'

export const stateDirectory: Check = {
  id: 'state-directory',
  group: 'state',
  title: 'State directory',
  why: 'It holds the keys of every persona, so it is private, and on a disk whose locks can be relied on.',
  run({deps: {stateDir}}) {
    try {
      if (prepareStateDir(stateDir, {create: false})) return ok(stateDir)
    } catch (error) {
      return ofError(error)
    }
    const parent = nearest(stateDir)
    if (mayWrite(parent)) return ok(`${stateDir} does not exist yet and can be made`)
    return failed(
      `${stateDir} cannot be made: ${parent} is not yours to write`,
      'run as root, or name a directory with --state-dir',
      {
        permission: true,
      },
    )
  },
}

export const stateFile: Check = {
  id: 'state-file',
  group: 'state',
  title: 'State file',
  why: 'It says what the fleet is to be; without it nothing that runs can be told from what was left over.',
  run({state: {error, exists, snapshot}}) {
    if (error !== null) return ofError(error)
    if (!exists) return skipped('there is none yet')
    const deckies = snapshot?.stored?.fleet.deckies.length ?? 0
    return ok(`readable, ${deckies} ${deckies === 1 ? 'decky' : 'deckies'}, generation ${snapshot?.generation ?? 0}`)
  },
}

/** A state of 500 deckies has 2 MB; its backups, and the evidence that is drained, are beside it. */
const LEAST = 32 * 1024 * 1024
const ENOUGH = 512 * 1024 * 1024

export const stateDisk: Check = {
  id: 'state-disk',
  group: 'state',
  title: 'Disk of the state',
  why: 'A full disk stops every command that changes something and loses evidence.',
  run({deps}) {
    const free = deps.surroundings.freeSpace(nearest(deps.stateDir))
    if (free === null) return skipped('this system does not tell')
    const found = `${mebibytes(free)} MiB free`
    const fix = `free some space where ${deps.stateDir} lies, or name another place with --state-dir`
    if (free < LEAST) return failed(found, fix)
    return free < ENOUGH ? warning(found, fix) : ok(found)
  },
}

/** The directory itself, or the deepest one above it that is there. */
function nearest(path: string): string {
  return existsSync(path) || dirname(path) === path ? path : nearest(dirname(path))
}

function mayWrite(directory: string): boolean {
  try {
    accessSync(directory, constants.W_OK | constants.X_OK)
    return true
  } catch {
    return false
  }
}
