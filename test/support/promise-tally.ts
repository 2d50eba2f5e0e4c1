import {expect} from 'vitest'
import {Random, seedOfRun} from './random.ts'
import {soaking} from './soak.ts'
import {TALLY_PREFIX, type Tally} from './tally.ts'

export interface Round {
  readonly index: number
  readonly random: Random
  /** Counts something for the figures. */
  note(name: string): void
  /** Keeps the largest of the values for the figures. */
  highest(name: string, value: number): void
}

/** With what an expectation saw: the runner shows that only for what it catches itself. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const {actual, expected} = error as {actual?: unknown; expected?: unknown}
  if (typeof actual !== 'object' || typeof expected !== 'object') return error.message
  const [seen = '', wanted = ''] = [JSON.stringify(actual), JSON.stringify(expected)]
  const differs = [...wanted].findIndex((character, at) => seen[at] !== character)
  const from = Math.max(0, differs - CONTEXT)
  return `${error.message}\nseen:   ${seen.slice(from, from + SHOWN)}\nwanted: ${wanted.slice(from, from + SHOWN)}`
}

const CONTEXT = 200
const SHOWN = 1500

function announce(tally: Tally): void {
  console.info(`${TALLY_PREFIX}${JSON.stringify(tally)}`)
}

/** Does work that tries a promise `count` times and throws where it is not kept; in a soak it is told. */
export async function tallied(promise: string, what: string, count: number, work: () => Promise<void>): Promise<void> {
  const startedAt = performance.now()
  let divergences = 1
  try {
    await work()
    divergences = 0
  } finally {
    const seconds = Math.round((performance.now() - startedAt) / 1000)
    if (soaking()) announce({promise, what, count, divergences, seconds, notes: {}})
  }
}

/**
 * Tries a promise `count` times and expects every round to keep it. A round that throws is a divergence: it is printed
 * with its seed, and the next one starts from whatever it left.
 */
export async function keep(
  promise: string,
  what: string,
  count: number,
  round: (round: Round) => Promise<void>,
): Promise<void> {
  const seed = seedOfRun()
  const startedAt = performance.now()
  const divergences: string[] = []
  const notes: Record<string, number> = {}
  const note = (name: string): void => {
    notes[name] = (notes[name] ?? 0) + 1
  }
  const highest = (name: string, value: number): void => {
    notes[name] = Math.max(notes[name] ?? 0, Math.round(value))
  }
  console.info(`${promise}: ${count} rounds of ${what}, DECNET_SEED=${seed}`)
  for (let index = 0; index < count; index++) {
    try {
      await round({index, random: new Random(seed + index * 7919), note, highest})
    } catch (error) {
      const reason = reasonOf(error)
      divergences.push(`round ${index} of seed ${seed}: ${reason}`)
      console.error(`${promise} DIVERGED in ${divergences.at(-1)}`)
    }
  }
  const seconds = Math.round((performance.now() - startedAt) / 1000)
  announce({promise, what, count, divergences: divergences.length, seconds, notes})
  expect(divergences).toEqual([])
}
