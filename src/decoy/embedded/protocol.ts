/**
 * What an engine and the process that plays all deckies of a fleet have in common: the names of their files, and the
 * requests over the control socket. One connection carries one request and one reply, each a line of JSON.
 */
import type {DeckyManifest} from '../manifest.ts'
import type {PortFailure} from '../port-keeper.ts'
import type {PortStatus} from '../status.ts'

export const PROTOCOL_VERSION = 1
/** Bytes of a request: a decky's manifest comes out of a fleet file of at most 512 KiB. */
export const MAX_REQUEST = 4 * 1024 * 1024

/** Files in the directory of the process. */
export const FILES = {
  /** Held exclusively by the process for its whole life. */
  lock: 'process.lock',
  /** A `ProcessRecord`. */
  process: 'process.json',
  socket: 'control.sock',
  /** Whatever the process says that is no evidence. */
  log: 'process.log',
  deckies: 'deckies',
  evidence: 'evidence',
} as const

/** The process ends with it where another one holds the directory. `EX_TEMPFAIL` of sysexits. */
export const EXIT_HELD = 75

/** Who the process is, as it wrote it down. */
export interface ProcessRecord {
  readonly v: typeof PROTOCOL_VERSION
  readonly pid: number
  /** Tells it from a later process of the same pid; null where the system does not say. */
  readonly identity: string | null
  /** The code it runs. */
  readonly runtimeId: string
  /** `boot` of its evidence. */
  readonly boot: string
}

/** One decky as the process was told to play it, and as it is written down. */
export interface DeckyRecord {
  readonly v: typeof PROTOCOL_VERSION
  readonly manifest: DeckyManifest
  readonly configHash: string
  readonly generation: number
  readonly networkId: string
  /** ISO 8601: when it was first played. */
  readonly startedAt: string
  /** It was stopped to be removed, and is not taken up again. */
  readonly stopped: boolean
}

export interface ListedDecky {
  readonly record: DeckyRecord
  /** Whether it is played now. */
  readonly playing: boolean
}

/** Why a request was not carried out. */
export type Refusal =
  | {readonly code: 'not-ready'; readonly failures: readonly PortFailure[]; readonly rolledBack: boolean}
  /** More descriptors than the process may open (`RLIMIT_NOFILE`). */
  | {readonly code: 'descriptors'; readonly needed: number; readonly limit: number}
  /** The decky cannot be written down. */
  | {readonly code: 'record'; readonly message: string}
  /** The request is none of this version, or asks for what is never done. */
  | {readonly code: 'bad-request'; readonly message: string}
  | {readonly code: 'internal'; readonly message: string}

/** Every operation with what it is given and what it answers. */
export interface Operations {
  hello: {readonly given: object; readonly reply: ProcessRecord}
  list: {readonly given: object; readonly reply: {readonly process: ProcessRecord; readonly deckies: ListedDecky[]}}
  /** Makes sure that the decky is played as given and that every port answers. Takes up all others that are not played. */
  play: {readonly given: {readonly record: DeckyRecord}; readonly reply: object}
  /** Ends its sessions, frees its ports; it stays written down as stopped. */
  stop: {readonly given: {readonly name: string}; readonly reply: object}
  /** Forgets a decky that is stopped. */
  forget: {readonly given: {readonly name: string}; readonly reply: object}
  probe: {readonly given: {readonly names: readonly string[]}; readonly reply: {readonly ports: PortStatus[]}}
  /** Ends the process. The deckies stay written down. */
  end: {readonly given: object; readonly reply: object}
}

export type OperationName = keyof Operations

export type Request<K extends OperationName = OperationName> = {
  readonly v: number
  readonly op: K
} & Operations[K]['given']

export type Reply<K extends OperationName = OperationName> =
  | {readonly v: typeof PROTOCOL_VERSION; readonly ok: true; readonly result: Operations[K]['reply']}
  | {readonly v: typeof PROTOCOL_VERSION; readonly ok: false; readonly refusal: Refusal}
