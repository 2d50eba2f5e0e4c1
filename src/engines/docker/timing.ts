/** Milliseconds after which a call or a wait is given up. Tests shorten them. */
export interface Timing {
  readonly ping: number
  /** Lists and inspects. */
  readonly read: number
  readonly create: number
  readonly start: number
  /** Beyond the container's own stop time-out of 2 s. */
  readonly stop: number
  readonly remove: number
  readonly network: number
  /** The whole import of an image. */
  readonly image: number
  readonly exec: number
  /** Reading one container's whole log. */
  readonly drain: number
  /** A whole roll-back: it runs even though the operation's own deadline has passed. */
  readonly rollback: number
  /** What a change under way, and a look at its outcome, still get when the operation's time runs out. */
  readonly grace: number
  /** First and longest pause between retries (full jitter). */
  readonly backoff: number
  readonly backoffCap: number
  /** Between two looks at something whose outcome is unknown; three are taken. */
  readonly look: number
  /** Between two looks at something that is about to change. */
  readonly poll: number
  /** Between two looks at a container whose log is being followed. */
  readonly watch: number
}

export const DEFAULT_TIMING: Timing = {
  ping: 3_000,
  read: 10_000,
  create: 30_000,
  start: 60_000,
  stop: 12_000,
  remove: 30_000,
  network: 30_000,
  image: 600_000,
  exec: 15_000,
  drain: 60_000,
  rollback: 15_000,
  grace: 2_000,
  backoff: 200,
  backoffCap: 5_000,
  look: 3_300,
  poll: 250,
  watch: 1_000,
}
