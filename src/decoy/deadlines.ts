/** The three clocks of a session. */
import type {Limits} from './limits.ts'

export type Deadline = 'idle' | 'login' | 'absolute'

/**
 * How long a real daemon waits for its clients, in milliseconds: a scanner may measure it, and an intruder who finds his
 * shell closed after three minutes wonders. Infinity: it never hangs up; the session's own limit holds all the same.
 */
export interface Patience {
  /** Until the login. */
  readonly loginMs?: number
  /** Without a byte. */
  readonly idleMs?: number
}

/** Of daemons that mind nobody who is logged in. */
export const NEVER_IDLE: Patience = {idleMs: Number.POSITIVE_INFINITY}

/** Of daemons of which nothing is known. */
const USUAL: Required<Patience> = {loginMs: 60_000, idleMs: 180_000}

/** Calls `expired` once, for whichever limit of time runs out first. */
export class Deadlines {
  readonly #idle: NodeJS.Timeout
  readonly #login: NodeJS.Timeout
  readonly #absolute: NodeJS.Timeout
  #stopped = false

  constructor(
    {loginMs, idleMs, sessionMs}: Pick<Limits, 'loginMs' | 'idleMs' | 'sessionMs'>,
    patience: Patience,
    expired: (deadline: Deadline) => void,
  ) {
    const expire = (deadline: Deadline) => () => {
      this.stop()
      expired(deadline)
    }
    this.#absolute = setTimeout(expire('absolute'), sessionMs)
    this.#idle = setTimeout(expire('idle'), Math.min(idleMs ?? patience.idleMs ?? USUAL.idleMs, sessionMs))
    this.#login = setTimeout(expire('login'), Math.min(loginMs ?? patience.loginMs ?? USUAL.loginMs, sessionMs))
  }

  /** The peer sent something. */
  touch(): void {
    // A cleared timer must stay cleared: `refresh` would start it again.
    if (!this.#stopped) this.#idle.refresh()
  }

  liftLogin(): void {
    clearTimeout(this.#login)
  }

  stop(): void {
    this.#stopped = true
    clearTimeout(this.#idle)
    clearTimeout(this.#login)
    clearTimeout(this.#absolute)
  }
}
