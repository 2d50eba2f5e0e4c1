/** What all receivers of sinks have in common. */
import type {Daemon} from './daemon.ts'

export interface Received {
  /** As the receiver has it: what tells repetitions. */
  readonly id: string
  /** Everything it has of it: a repetition has the same. */
  readonly content: string
}

export interface Receiver {
  readonly daemon: Daemon
  /** Of the sink: `KEY=VALUE`. */
  readonly settings: readonly string[]
  /** What it has, in its order. It may run meanwhile. */
  received(): Received[] | Promise<Received[]>
}
