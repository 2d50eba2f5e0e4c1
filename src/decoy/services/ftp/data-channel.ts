/** The data connection of one transfer: a passive port, and what goes over it. */
import type {Upload} from '../../files/upload.ts'
import {
  type Action,
  CLOSE,
  type Connection,
  type Link,
  type ProtocolSession,
  RESET,
  type SideChannel,
  upgrade,
  write,
} from '../../service.ts'
import type {TlsProfile} from '../../tls/profile.ts'

/** Bytes that a client may send before it is told to. */
const MAX_EARLY = 64 * 1024

/** Nobody connected, something was cut off, or all went over. */
export type Outcome = 'nobody' | 'broken' | 'whole'

export interface Transfer {
  /** Said on the control connection when the data connection is there. */
  readonly opening: Action
  /** Sent to the client, or null: the client sends. */
  readonly data: Buffer | null
  readonly upload: Upload | null
  readonly tls: TlsProfile | null
  /** What is said when it is over. */
  done(outcome: Outcome): Action[]
}

export class DataChannel implements SideChannel {
  readonly #listening: (port: number | null) => Action[]
  readonly #over: (actions: Action[]) => Action[]
  #transfer: Transfer | null = null
  #side: Link | null = null
  #early: Buffer[] = []
  #earlyBytes = 0
  #ended = false
  #outcome: Outcome = 'nobody'

  /** @param over told when it is over, with what is to be said; returns what the session makes of it. */
  constructor(listening: (port: number | null) => Action[], over: (actions: Action[]) => Action[]) {
    this.#listening = listening
    this.#over = over
  }

  get busy(): boolean {
    return this.#transfer !== null
  }

  listening(port: number | null): Action[] {
    return this.#listening(port)
  }

  /** A transfer is to go over it: what is said at once; nothing while the client is awaited. */
  begin(transfer: Transfer): Action[] {
    this.#transfer = transfer
    if (this.#side === null) return []
    this.#side.perform(this.#start(transfer))
    return [transfer.opening]
  }

  connected(_connection: Connection, {session, side}: {session: Link; side: Link}): ProtocolSession {
    return {
      authenticated: true,
      open: () => {
        this.#side = side
        this.#outcome = 'whole'
        if (this.#transfer === null) return []
        session.perform([this.#transfer.opening])
        return this.#start(this.#transfer)
      },
      feed: (bytes) => this.#feed(bytes),
      end: () => {
        this.#ended = true
        return this.#transfer === null ? [] : [CLOSE]
      },
    }
  }

  closed(): Action[] {
    const transfer = this.#transfer
    this.#transfer = null
    this.#side = null
    return this.#over(transfer === null ? [] : transfer.done(this.#outcome))
  }

  #start({tls, data}: Transfer): Action[] {
    const early = Buffer.concat(this.#early.splice(0))
    const begun: Action[] = tls === null ? [] : [upgrade(tls, early.length > 0 ? {received: early} : {})]
    if (data !== null) return [...begun, write(data), CLOSE]
    const refused = tls === null && early.length > 0 ? this.#store(early) : []
    return [...begun, ...refused, ...(this.#ended ? [CLOSE] : [])]
  }

  #feed(bytes: Buffer): Action[] {
    if (this.#transfer !== null) return this.#transfer.upload === null ? [] : this.#store(bytes)
    this.#early.push(bytes)
    this.#earlyBytes += bytes.length
    return this.#earlyBytes > MAX_EARLY ? [RESET] : []
  }

  #store(bytes: Buffer): Action[] {
    if (this.#transfer?.upload?.append(bytes) === true) return []
    this.#outcome = 'broken'
    return [RESET]
  }
}
