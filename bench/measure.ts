/** Timing and the shape in which results are printed: always beside a peer that was measured in the same run. */
import {spawnSync} from 'node:child_process'

export interface Result {
  readonly name: string
  readonly peer: string
  /** Milliseconds (or bytes) of ours and of the peer. */
  readonly ours: number
  readonly theirs: number
  readonly unit: 'ms' | 'MB' | 'µs'
  /** The ratio that was promised; undefined: none was. */
  readonly goal?: number
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted[Math.floor(sorted.length / 2)]
  if (middle === undefined) throw new RangeError('no values')
  return middle
}

export async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now()
  await work()
  return performance.now() - startedAt
}

/** Milliseconds of one run of a command; throws when it fails. */
export function timedCommand(command: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env): number {
  const startedAt = performance.now()
  const {status, stderr} = spawnSync(command, args, {env, encoding: 'utf8'})
  const elapsed = performance.now() - startedAt
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}: ${stderr}`)
  return elapsed
}

export function printResults(title: string, results: readonly Result[]): void {
  const rows = results.map(({name, peer, ours, theirs, unit, goal}) => {
    const ratio = ours / theirs
    const verdict = goal === undefined ? '' : `${ratio <= goal ? 'within' : 'ABOVE'} ${goal}`
    return [name, `${shown(ours)} ${unit}`, peer, `${shown(theirs)} ${unit}`, ratio.toFixed(2), verdict]
  })
  const header = ['what', 'decnet', 'peer', 'peer took', 'ratio', 'goal']
  const widths = header.map((cell, index) => Math.max(cell.length, ...rows.map((row) => (row[index] as string).length)))
  const line = (cells: readonly string[]) => cells.map((cell, index) => cell.padEnd(widths[index] as number)).join('  ')
  process.stdout.write(`\n${title}\n${[header, ...rows].map(line).join('\n')}\n`)
}

function shown(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3)
}
