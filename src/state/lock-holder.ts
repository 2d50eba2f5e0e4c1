import {readFileSync} from 'node:fs'
import {join} from 'node:path'

import {isAlive} from './create-database.ts'
import {shown} from './shown.ts'

/** Who announced a command on this state directory last. A command that ends takes it back; one that is killed cannot. */
export interface LockHolder {
  readonly operation: string
  readonly pid: number
  readonly since: string
  readonly alive: boolean
}

/** Null: no command runs, and none was killed. Takes no lock. */
export function lockHolder(dir: string): LockHolder | null {
  try {
    const holder: unknown = JSON.parse(readFileSync(join(dir, 'lock.json'), 'utf8').slice(0, 4096))
    const {pid, operation, since} = Object(holder)
    if (!Number.isSafeInteger(pid) || pid <= 0) return null
    return {pid, operation: shown(String(operation)), since: shown(String(since)), alive: isAlive(pid)}
  } catch {
    return null
  }
}
