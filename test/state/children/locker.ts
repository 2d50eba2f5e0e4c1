/** `try` → `won` or `lost CODE MILLISECONDS`; `release` → `released`. */
import {createInterface} from 'node:readline'

import {DecnetError} from '../../../src/fleet/errors.ts'
import {acquireLock, type Lock} from '../../../src/state/lock.ts'

const [dir = ''] = process.argv.slice(2)
let lock: Lock | undefined

console.log('ready')
for await (const line of createInterface(process.stdin)) {
  if (line === 'release') {
    lock?.release()
    console.log('released')
    continue
  }
  const started = performance.now()
  try {
    lock = await acquireLock(dir, {operation: 'deploy', timeoutMs: 0})
    console.log('won')
  } catch (error) {
    if (!(error instanceof DecnetError)) throw error
    console.log(`lost ${error.code} ${Math.round(performance.now() - started)}`)
  }
}
