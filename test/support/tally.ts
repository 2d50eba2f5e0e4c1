/** What marks a tally in the output of a suite. */
export const TALLY_PREFIX = 'decnet-tally '

/** How often a promise was tried, and how often it was not kept. */
export interface Tally {
  readonly promise: string
  readonly what: string
  readonly count: number
  readonly divergences: number
  readonly seconds: number
  /** Anything else worth telling, by name. */
  readonly notes: Readonly<Record<string, number>>
}
