/** The engine port: where deckies run. `docker/` and `embedded/` implement it; operations know nothing else. */
import type {ContainerLog, LogMark} from '../events/event.ts'
import type {Decky, FleetNetwork} from '../fleet/decky.ts'
import type {Observation} from '../fleet/observation.ts'
import type {EngineName} from '../fleet/spec.ts'

/** Who owns the resources on an engine, and the secrets every persona comes from. */
export interface Install {
  /** Label value `decnet.fleet`. */
  readonly id: string
  /** 32 bytes. */
  readonly secret: Buffer
  /** ISO 8601: when the install was made. */
  readonly since: string
}

/** One decky to create. */
export interface DeckyRequest {
  readonly decky: Decky
  readonly domain: string | null
  readonly configHash: string
  readonly generation: number
}

/** Takes evidence off an engine before what holds it is removed. Storing the same line twice is harmless. */
export interface EvidenceSink {
  /** Lines of evidence JSON without their line feed. Returns how many were new. */
  store(lines: readonly string[]): number
  /** ISO 8601: time of the newest stored event of a decky, from where on an engine may read; null: from the start. */
  newest?(decky: string): string | null
  /** Up to where the log of a container that writes no evidence is kept; null: nothing of it. */
  logMark?(boot: string): LogMark | null
  /** Returns how many events were new: none where another reader of that log was faster. */
  appendLog?(log: ContainerLog): number
}

/** The current step of an operation, for progress: `creating`, `starting`, `waiting for ssh` … */
export type StepListener = (step: string) => void

export interface CallOptions {
  /** Aborts waiting; a change that the engine has begun is finished and looked at first. */
  readonly signal: AbortSignal
  readonly onStep?: StepListener
}

/** What a look inside a running decky found. */
export interface DeckyProbe {
  readonly decky: string
  /** Addresses inside the decky's own network namespace; null where it could not be looked at. */
  readonly ip: string | null
  readonly mac: string | null
  readonly services: readonly ServiceProbe[]
  /** Why nothing could be learned, else null. */
  readonly error: string | null
}

export interface ServiceProbe {
  readonly name: string
  readonly port: number
  readonly protocol: 'tcp' | 'udp'
  /** `answering`: listens and passes its self-test; `listening`: bound only; `down`: neither. */
  readonly state: 'answering' | 'listening' | 'down'
}

/** A failure of one engine call, translated once. `DecnetError`s of an engine that is gone altogether are thrown as such. */
export type EngineFault =
  /** The engine could not be reached or lost the connection; the outcome may be unknown. */
  | 'unavailable'
  /** Not allowed to talk to the engine. */
  | 'permission'
  /** The MAC address is held by something the engine does not list (a ghost of a crash). */
  | 'mac-in-use'
  /** The IP address is held by another endpoint. */
  | 'address-in-use'
  /** A resource of that name or parent belongs to somebody else. */
  | 'foreign'
  /** No space, no descriptors, no processes: scheduling more is pointless. */
  | 'capacity'
  /** Started but never became ready, or died. */
  | 'not-ready'
  /** The deadline of the operation passed. */
  | 'timeout'
  /** Anything else the engine refused. */
  | 'refused'

export class EngineError extends Error {
  readonly fault: EngineFault
  readonly hint: string | undefined

  constructor(fault: EngineFault, message: string, options: {hint?: string | undefined; cause?: unknown} = {}) {
    super(message, options.cause === undefined ? undefined : {cause: options.cause})
    this.name = 'EngineError'
    this.fault = fault
    this.hint = options.hint
  }
}

/**
 * Every method is idempotent: repeating it after an unknown outcome converges. They reject with `EngineError`, and
 * never touch a resource that does not carry this install's label.
 */
export interface Engine {
  readonly name: EngineName
  /** Identifies the image or runtime the deckies run on; part of the config hash. */
  readonly runtimeId: string
  /** Reads only. */
  observe(signal: AbortSignal): Promise<Observation>
  ensureImage(options: CallOptions): Promise<void>
  removeImage(options: CallOptions): Promise<void>
  createNetwork(network: FleetNetwork, options: CallOptions): Promise<void>
  /** Removes the fleet's network(s). */
  removeNetwork(options: CallOptions): Promise<void>
  /** Creates, starts and verifies; resolves once every service listens and answers. */
  createDecky(request: DeckyRequest, network: FleetNetwork, options: CallOptions): Promise<void>
  /** As `createDecky`, taking the place of the running one, which comes back when the new one fails. */
  replaceDecky(request: DeckyRequest, network: FleetNetwork, options: CallOptions): Promise<void>
  /** Brings a stopped, paused or hung instance of the right configuration back, and waits until it is ready. */
  restartDecky(request: DeckyRequest, network: FleetNetwork, options: CallOptions): Promise<void>
  /** Drains its evidence, then removes every instance of it. */
  removeDecky(name: string, options: CallOptions): Promise<void>
  /** Takes the evidence of all deckies that the sink does not have yet; nothing on the engine changes. */
  collect(options: CallOptions): Promise<void>
  /** Takes evidence as it is written, until aborted. Rejects where the engine or the sink fails; repeat it then. */
  follow(options: CallOptions): Promise<void>
  /** Looks inside running deckies. */
  probe(names: readonly string[], signal: AbortSignal): Promise<DeckyProbe[]>
  /** Releases connections. */
  close(): Promise<void>
}

/** What an engine says of itself, for `doctor`: asked once, nothing is retried. */
export interface EngineFacts {
  /** As messages name it: `unix:///var/run/docker.sock`. */
  readonly endpoint: string
  readonly version: string
  readonly apiVersion: string
  /** Null: it is too old to be asked for more. */
  readonly details: EngineDetails | null
}

export interface EngineDetails {
  /** `Debian GNU/Linux 12 (bookworm)`, `Docker Desktop`. */
  readonly operatingSystem: string
  readonly kernel: string
  readonly rootless: boolean
  /** Where it keeps images and containers, on its own host. */
  readonly rootDirectory: string
  /** Its clock, ISO 8601, and ours in the middle of the call that asked, milliseconds since the epoch. */
  readonly systemTime: string
  readonly askedAt: number
  readonly networks: readonly EngineNetwork[]
  /** All of them, running or not. */
  readonly containers: readonly EngineContainer[]
}

export interface EngineNetwork {
  readonly name: string
  readonly driver: string
  /** The host interface below a macvlan or ipvlan; empty: none. */
  readonly parent: string
  readonly subnets: readonly string[]
  /** The install that the label names; null: it is no fleet's. */
  readonly fleet: string | null
  /** What is attached and running. */
  readonly endpoints: readonly {readonly container: string; readonly name: string; readonly address: string}[]
}

export interface EngineContainer {
  readonly id: string
  readonly name: string
  readonly state: string
  readonly fleet: string | null
  readonly decky: string | null
}
