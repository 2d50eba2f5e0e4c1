/** The three clocks of a session. */
import type {Limits} from './limits.ts'

export type Deadline = 'idle' | 'login' | 'absolute'

/** Calls `expired` once, for whichever limit of time runs out first. */
export class Deadlines {
  readonly #idle: NodeJS.Timeout
  readonly #login: NodeJS.Timeout
  readonly #absolute: NodeJS.Timeout
  #stopped = false

  constructor(limits: Limits, expired: (deadline: Deadline) => void) {
    const expire = (deadline: Deadline) => () => {
      this.stop()
      expired(deadline)
    }
    this.#idle = setTimeout(expire('idle'), limits.idleMs)
    this.#login = setTimeout(expire('login'), limits.loginMs)
    this.#absolute = setTimeout(expire('absolute'), limits.sessionMs)
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
