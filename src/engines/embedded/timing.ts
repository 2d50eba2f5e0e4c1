/** Deadlines of the engine, in milliseconds. */
export interface Timing {
  /** The process answers from memory: a silence of this length is a process that is stopped or stuck. */
  readonly answer: number
  /** From starting the process to its first answer. */
  readonly start: number
  /** From asking the process to end to its end; after that it is killed. */
  readonly end: number
  /** From the kill to the end. */
  readonly kill: number
  readonly poll: number
}

export const DEFAULT_TIMING: Timing = {answer: 5000, start: 15_000, end: 3000, kill: 5000, poll: 20}
