import {expect} from 'vitest'
import {Random, seedOfRun} from './random.ts'
import {TALLY_PREFIX, type Tally} from './tally.ts'

export interface Round {
  readonly index: number
  readonly random: Random
  /** Counts something for the figures. */
  note(name: string): void
  /** Keeps the largest of the values for the figures. */
  highest(name: string, value: number): void
}

function announce(tally: Tally): void {
  console.info(`${TALLY_PREFIX}${JSON.stringify(tally)}`)
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
      const reason = error instanceof Error ? error.message : String(error)
      divergences.push(`round ${index} of seed ${seed}: ${reason}`)
      console.error(`${promise} DIVERGED in ${divergences.at(-1)}`)
    }
  }
  const seconds = Math.round((performance.now() - startedAt) / 1000)
  announce({promise, what, count, divergences: divergences.length, seconds, notes})
  expect(divergences).toEqual([])
}
