/** Under the lock, adds one to a number in a file in the least careful way there is. */
import {readFileSync, writeFileSync} from 'node:fs'
import {setTimeout as sleep} from 'node:timers/promises'

import {acquireLock} from '../../../src/state/lock.ts'

const [dir = '', file = ''] = process.argv.slice(2)
const lock = await acquireLock(dir, {operation: 'count', timeoutMs: 60_000})
const before = Number(readFileSync(file, 'utf8'))
// Long enough that two counters at once would read the same number.
await sleep(5)
writeFileSync(file, String(before + 1))
lock.release()
