/**
 * What a decoy accepts from one peer and in all. Every limit is checked before anything is buffered. The times and
 * sizes follow what long-lived daemons and honeypots settled on.
 */
export interface Limits {
  /** Open TCP connections of the whole decky. */
  readonly connections: number
  /** Open TCP connections of one source address. */
  readonly connectionsPerSource: number
  /**
   * Milliseconds until a session must have authenticated (or, without authentication, sent something complete); null: as
   * long as the real daemon waits (`Patience`).
   */
  readonly loginMs: number | null
  /** Milliseconds without a byte from the peer; null likewise. */
  readonly idleMs: number | null
  /** Milliseconds of a whole session. */
  readonly sessionMs: number
  /** Bytes of one protocol line. */
  readonly line: number
  /** Bytes of a user name, password or other credential kept in evidence. */
  readonly credential: number
  /** Bytes of any other attacker-chosen value kept in evidence. */
  readonly sample: number
  /** Bytes of one file or mail that a peer left behind kept in evidence. */
  readonly capture: number
  /** Bytes of one session's terminal kept in evidence, both ways together. */
  readonly transcript: number
  /** Characters that captures may take of a decky's evidence in a minute, and transcripts as many again. */
  readonly bulkPerMinute: number
  /** Bytes read from a peer in one session. */
  readonly sessionBytes: number
  /** Bytes that may wait for a peer that reads slowly; above it nothing more is produced until it has read them. */
  readonly sendBuffer: number
  /** Milliseconds a peer may take to read what waits for it before the connection is reset. */
  readonly stallMs: number
  /** Bytes of one uploaded file. */
  readonly uploadBytes: number
  readonly uploadsPerSession: number
  /** Commands, requests or queries of one session. */
  readonly commands: number
  /** Nesting of a structured value. */
  readonly depth: number
  /** Evidence events per second and source; what is over is counted in one `suppressed` event. */
  readonly eventsPerSecond: number
}

export const DEFAULT_LIMITS: Limits = {
  connections: 256,
  connectionsPerSource: 32,
  loginMs: null,
  idleMs: null,
  sessionMs: 30 * 60_000,
  line: 8192,
  credential: 1024,
  sample: 4096,
  capture: 48 * 1024,
  transcript: 256 * 1024,
  bulkPerMinute: 512 * 1024,
  sessionBytes: 64 * 1024 * 1024,
  sendBuffer: 256 * 1024,
  stallMs: 30_000,
  uploadBytes: 10 * 1024 * 1024,
  uploadsPerSession: 20,
  commands: 10_000,
  depth: 32,
  eventsPerSecond: 200,
}
