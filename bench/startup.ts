import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join, resolve} from 'node:path'

import {median, type Result, timedCommand} from './measure.ts'

const RUN = resolve(import.meta.dirname, '../bin/run.js')
const ROUNDS = 15

/** What a script pays for asking: commands beside a Node that does nothing. */
export function benchStartup(): Result[] {
  const stateDir = mkdtempSync(join(tmpdir(), 'decnet-bench-'))
  const env = {...process.env, DECNET_STATE_DIR: stateDir}
  const commands: Readonly<Record<string, readonly string[]>> = {
    bare: ['-e', '0'],
    '--version': [RUN, '--version'],
    'lifecycle --json': [RUN, 'lifecycle', '--json'],
  }
  const times = new Map(Object.keys(commands).map((name) => [name, [] as number[]]))
  try {
    // Interleaved, so that what else the machine does falls on all alike.
    for (let round = 0; round < ROUNDS; round++) {
      for (const [name, args] of Object.entries(commands)) {
        times.get(name)?.push(timedCommand(process.execPath, args, env))
      }
    }
  } finally {
    rmSync(stateDir, {recursive: true, force: true})
  }
  const bare = median(times.get('bare') ?? [])
  return ['--version', 'lifecycle --json'].map((name) => ({
    name: `decnet ${name}`,
    peer: 'node -e 0',
    ours: median(times.get(name) ?? []),
    theirs: bare,
    unit: 'ms',
  }))
}
