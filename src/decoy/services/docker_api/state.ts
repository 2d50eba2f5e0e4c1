/** What an Engine holds: its own objects, and those that intruders make. */

/** A JSON object as a client sent it. */
export type Json = Readonly<Record<string, unknown>>

export interface Image {
  readonly id: string
  tags: string[]
  /** Seconds since the epoch. */
  readonly created: number
  readonly size: number
  readonly layers: readonly string[]
  readonly command: readonly string[]
  readonly entrypoint: readonly string[] | null
  readonly environment: readonly string[]
  readonly ports: readonly string[]
  readonly directory: string
  /** Digest of the manifest, for `RepoDigests`; null: built here. */
  readonly digest: string | null
}

export type State = 'created' | 'running' | 'paused' | 'exited'

export interface LogRecord {
  readonly stream: 1 | 2
  readonly at: number
  readonly data: Buffer
}

export interface Container {
  readonly id: string
  name: string
  /** Milliseconds since the epoch, as all times here. */
  readonly created: number
  /** As the client named it. */
  readonly image: string
  readonly imageId: string
  readonly path: string
  readonly args: readonly string[]
  readonly config: Json
  readonly host: Json
  state: State
  exitCode: number
  error: string
  pid: number
  startedAt: number
  finishedAt: number
  /** The last octets of its address on the bridge; 0: it has none. */
  address: number
  endpoint: string
  sandbox: string
  readonly execs: string[]
  readonly log: LogRecord[]
  logBytes: number
}

export interface Exec {
  readonly id: string
  readonly container: Container
  readonly config: Json
  state: 'created' | 'running' | 'exited'
  exitCode: number | null
  pid: number
}

export interface Network {
  readonly id: string
  readonly name: string
  readonly driver: string
  readonly created: number
  readonly subnet: string | null
  readonly gateway: string | null
  readonly options: Readonly<Record<string, string>>
  readonly labels: Json
  readonly internal: boolean
}

export interface Volume {
  readonly name: string
  readonly created: number
  readonly labels: Json | null
  readonly options: Json | null
}

export const object = (value: unknown): Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {}

export const strings = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((item) => typeof item === 'string') : typeof value === 'string' ? [value] : []

export const text = (value: unknown): string => (typeof value === 'string' ? value : '')

/** Docker writes a time with nanoseconds, without trailing zeros. */
export function timestamp(ms: number, id: string): string {
  if (ms === 0) return '0001-01-01T00:00:00Z'
  const nanoseconds = String(Number.parseInt(id.slice(0, 7), 16) % 1_000_000).padStart(6, '0')
  return `${new Date(ms).toISOString().slice(0, -1)}${nanoseconds}`.replace(/0+$/, '').concat('Z')
}
