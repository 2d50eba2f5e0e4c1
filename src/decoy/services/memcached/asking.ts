import type {Cache} from './cache.ts'

/** Who asks, and of what. */
export interface Asking {
  readonly cache: Cache
  /** Seconds since the epoch. */
  readonly now: number
  readonly peer: {readonly ip: string; readonly port: number}
  readonly local: {readonly ip: string}
}
