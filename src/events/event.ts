/** The evidence schema, version 1: what a decoy writes, one JSON object a line, and what every reader understands. */

export const EVENT_VERSION = 1

/** The closed list of event names. */
export const EVENT_NAMES = [
  'session.start',
  /** A TLS handshake was completed. */
  'session.tls',
  /** A part of what went over a terminal, with its times. */
  'session.transcript',
  'session.end',
  'auth.attempt',
  'command',
  'query',
  'request',
  'file.read',
  'file.write',
  /** A part of what was written or mailed. */
  'capture',
  'mail',
  'probe',
  'malformed',
  /** A line that an operator's own service printed. */
  'log',
  /** Somebody answered for a name that does not exist. */
  'poisoner',
  'suppressed',
  'service.ready',
  'service.error',
] as const

export type EventName = (typeof EVENT_NAMES)[number]

export interface Endpoint {
  readonly ip: string
  readonly port: number
}

/**
 * Bytes an attacker sent, bounded. `text` is printable (`\xNN` for everything else, `\\` for a backslash), `base64`
 * holds the same bytes without loss, `bytes` counts what was sent before the cut, `truncated` says whether it was cut.
 */
export interface Sample {
  readonly text: string
  readonly base64: string
  readonly bytes: number
  readonly truncated: boolean
}

/** What a peer left behind: fields of `data` in `file.write` and `mail`. */
export interface Capture {
  /** Of all of it, in lower-case hexadecimal. */
  readonly sha256: string
  /** Bytes of all of it. */
  readonly size: number
  /** Its beginning. */
  readonly head: Sample
  /** Bytes of it that are kept, in the `capture` events of the session that have its hash. */
  readonly kept: number
}

/** `data` of `capture`. */
export interface CapturePart {
  readonly sha256: string
  /** Where in the whole this part begins. */
  readonly offset: number
  /** Base64. */
  readonly content: string
}

/** `data` of `log`. */
export interface LoggedLine {
  readonly stream: 'stdout' | 'stderr'
  readonly line: Sample
}

/** A place in the log of a container: the engine's time of a line, and how many lines up to it have that very time. */
export interface LogMark {
  /** ISO 8601, UTC, with nine digits behind the point. */
  readonly at: string
  readonly lines: number
}

export interface LogEntry {
  /** ISO 8601, UTC, milliseconds. */
  readonly ts: string
  readonly event: ServiceEvent
}

/** Lines of the log of a container that does not number them itself, in their order. */
export interface ContainerLog {
  readonly boot: string
  readonly decky: string
  readonly service: string
  /** What they follow; null: nothing of this log was kept. */
  readonly after: LogMark | null
  readonly mark: LogMark
  /** Whether what stood between `after` and them is gone. */
  readonly lost: boolean
  readonly entries: readonly LogEntry[]
}

/** Milliseconds since the transcript began, which way it went (`i`: typed, `o`: shown), and the bytes in base64. */
export type TranscriptFrame = readonly [ms: number, direction: 'i' | 'o', base64: string]

/** `data` of `session.transcript`. */
export interface TranscriptPart {
  /** 1, 2, 3 … within its session. */
  readonly part: number
  /** The terminal, in characters. */
  readonly columns: number
  readonly rows: number
  /** Whether what came later is not kept. */
  readonly truncated: boolean
  readonly frames: readonly TranscriptFrame[]
}

/** Challenge and response as one line that a cracking tool reads. */
export interface CrackableHash {
  /** John the Ripper's name of the format, or `decnet-…` for one of our own where no tool has any. */
  readonly format: string
  /** Absent where no mode of hashcat reads the line as it stands. */
  readonly hashcatMode?: number
  readonly line: string
}

/** One shape for the credentials of every service. */
export interface Credential {
  readonly principal: string
  readonly domain?: string
  /** `password`, `keyboard-interactive`, `publickey`, `basic`, `form`, `ntlmv2` … */
  readonly method: string
  /** The plaintext, where the protocol gives it away. */
  readonly secret?: Sample
  /** Challenge and response where it does not. */
  readonly hash?: CrackableHash
  /** `SHA256:…` of an offered public key. */
  readonly fingerprint?: string
  readonly outcome: 'failure' | 'success'
}

/** What a service reports; the runtime adds identity, time, session and addresses. */
export interface ServiceEvent {
  readonly event: EventName
  readonly credential?: Credential
  /** Further facts of this event: JSON-safe, attackers' text only as `Sample` or escaped by `printable()`. */
  readonly data?: Readonly<Record<string, unknown>>
}

/** One line of evidence. */
export interface EvidenceEvent extends ServiceEvent {
  readonly v: typeof EVENT_VERSION
  /** `boot.seq`: unique within a fleet. */
  readonly id: string
  /** ISO 8601, UTC, milliseconds. */
  readonly ts: string
  /** Random per start of the decoy process. */
  readonly boot: string
  /** 1, 2, 3 … within a boot, without holes. */
  readonly seq: number
  readonly decky: string
  readonly service: string
  readonly session?: string
  readonly src?: Endpoint
  readonly dst?: Endpoint
}
