/** `npm run soak`: every crash suite at its full counts, and a table of what was promised, tried and not kept. */
import {spawn} from 'node:child_process'
import {createInterface} from 'node:readline'

import {TALLY_PREFIX, type Tally} from '../test/support/tally.ts'

/** Suites by name, with the vitest project, the files they are, and the name of what is tried in them. */
const SUITES: Readonly<Record<string, readonly [project: string, files: string, tests?: string]>> = {
  kill: ['e2e', 'test/e2e/kill.test.ts'],
  'daemon-faults': ['e2e', 'test/e2e/daemon-faults.test.ts'],
  'unknown-outcome': ['e2e', 'test/e2e/unknown-outcome.test.ts'],
  'wrong-engine': ['e2e', 'test/e2e/wrong-engine.test.ts'],
  engines: ['e2e', 'test/e2e/engines.test.ts'],
  breakout: ['e2e', 'test/e2e/breakout.test.ts'],
  additive: ['e2e', 'test/e2e/additive.test.ts'],
  replace: ['e2e', 'test/e2e/replace.test.ts'],
  lock: ['e2e', 'test/e2e/lock.test.ts'],
  signals: ['e2e', 'test/e2e/signals.test.ts'],
  state: ['unit', 'test/state'],
  siege: ['e2e', 'test/e2e/siege.test.ts'],
  disk: ['e2e', 'test/e2e/disk.test.ts'],
  amplification: ['e2e', 'test/e2e/amplification.test.ts'],
  secrets: ['e2e', 'test/e2e/secrets.test.ts'],
  clients: ['unit', 'test/decoy/services', 'under abuse'],
}

/** Runs one suite, shows what it says on standard error, and resolves with its tallies and whether it passed. */
async function run(suite: string): Promise<{tallies: Tally[]; passed: boolean}> {
  const found = SUITES[suite]
  if (found === undefined) throw new Error(`there is no suite ${suite}: ${Object.keys(SUITES).join(', ')}`)
  const [project, files, tests] = found
  const args = ['run', '--project', project, files, ...(tests === undefined ? [] : ['-t', tests])]
  const env = {...process.env, SOAK: process.env.SOAK || '1'}
  const child = spawn('vitest', args, {env, stdio: ['ignore', 'pipe', 'inherit']})
  const ended = new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve))
  const tallies: Tally[] = []
  for await (const line of createInterface(child.stdout)) {
    if (line.startsWith(TALLY_PREFIX)) tallies.push(JSON.parse(line.slice(TALLY_PREFIX.length)))
    else console.error(line)
  }
  return {tallies, passed: (await ended) === 0}
}

function table(tallies: readonly Tally[]): string {
  const head = ['promise', 'what', 'count', 'divergences', 'seconds']
  const rows = tallies.map(({promise, what, count, divergences, seconds}) =>
    [promise, what, count, divergences, seconds].map(String),
  )
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)))
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd()
  return [line(head), ...rows.map(line)].join('\n')
}

const wanted = process.argv.slice(2)
const all: Tally[] = []
for (const suite of wanted.length > 0 ? wanted : Object.keys(SUITES)) {
  const {tallies, passed} = await run(suite)
  all.push(...tallies)
  for (const tally of tallies) console.log(JSON.stringify(tally))
  if (!passed) process.exitCode = 1
}
console.log(`\n${table(all)}`)
