/** The deckies of the process: written down, played, and changed one by one. */
import {isIPv4} from 'node:net'

import type {Evidence} from '../evidence.ts'
import {type BoundPort, listeningPorts} from '../listening-ports.ts'
import type {DeckyManifest} from '../manifest.ts'
import type {PortFailure} from '../port-keeper.ts'
import {combine} from '../probe.ts'
import type {Runtime} from '../runtime.ts'
import type {PortStatus} from '../status.ts'
import {RESERVED} from './descriptors.ts'
import {deleteDecky, saveDecky} from './files.ts'
import type {MemoryBoard} from './memory-board.ts'
import type {DeckyRecord, ListedDecky, Refusal} from './protocol.ts'
import {Slots} from './slots.ts'

/** Deckies that are being started at once: more would only make each other's self-tests late. */
const STARTING = 4
/** So long what was seen of all ports is taken for true, and so long a decky that has just been started answers. */
const FRESH_MS = 1000
const STARTED_MS = 5000

export class RefusedError extends Error {
  readonly refusal: Refusal

  constructor(refusal: Refusal) {
    super(refusal.code)
    this.refusal = refusal
  }
}

export interface RosterOptions {
  readonly directory: string
  readonly runtime: Runtime
  readonly board: MemoryBoard
  readonly evidence: Evidence
  /** Descriptors that the process may have. */
  readonly descriptors: number
  readonly records: readonly DeckyRecord[]
}

interface Entry {
  record: DeckyRecord
  playing: boolean
  startedAt: string
  /** Monotonic: when it was last started. */
  voicedAt: number
}

export class Roster {
  readonly #options: RosterOptions
  readonly #entries = new Map<string, Entry>()
  /** The last thing that is being done to a decky: one after the other. */
  readonly #tails = new Map<string, Promise<unknown>>()
  readonly #slots = new Slots(STARTING)
  #ports = 0
  #resumed = false
  /** The kernel's tables as they were last looked at. */
  #bound: readonly BoundPort[] = []
  #lookedAt = Number.NEGATIVE_INFINITY

  constructor(options: RosterOptions) {
    this.#options = options
    for (const record of options.records) {
      this.#entries.set(record.manifest.name, {record, playing: false, startedAt: record.startedAt, voicedAt: 0})
    }
  }

  list(): ListedDecky[] {
    return [...this.#entries.values()].map(({record, playing, startedAt}) => ({
      record: {...record, startedAt},
      playing,
    }))
  }

  /** What the kernel and the services say; several deckies for one look at the kernel's tables. */
  ports(names: readonly string[]): PortStatus[] {
    return this.#combined(names, this.#look())
  }

  async play(record: DeckyRecord): Promise<void> {
    const {manifest} = record
    // Whoever controls the process gets no listener on a real network out of it.
    if (!isLoopback(manifest.bind)) {
      throw new RefusedError({code: 'bad-request', message: `${manifest.bind} is not inside 127.0.0.0/8`})
    }
    this.#resumeOthers(manifest.name)
    await this.#inTurn(manifest.name, () => this.#slots.run(() => this.#ensure(record)))
  }

  async stop(name: string): Promise<void> {
    await this.#inTurn(name, async () => {
      const entry = this.#entries.get(name)
      if (entry === undefined) return
      await this.#silence(entry)
      entry.record = {...entry.record, stopped: true}
      this.#save(entry.record)
    })
    this.#options.evidence.flush()
  }

  async forget(name: string): Promise<void> {
    await this.#inTurn(name, async () => {
      if (this.#entries.get(name)?.playing === true) {
        throw new RefusedError({code: 'bad-request', message: `${name} is played: stop it first`})
      }
      deleteDecky(this.#options.directory, name)
      this.#entries.delete(name)
    })
  }

  /** As a restart policy would: with the first decky that is to run, all that are not stopped run again. */
  #resumeOthers(except: string): void {
    if (this.#resumed) return
    this.#resumed = true
    for (const [name, {record}] of this.#entries) {
      if (name === except || record.stopped) continue
      void this.#inTurn(name, () => this.#slots.run(() => this.#resume(name)))
    }
  }

  async #resume(name: string): Promise<void> {
    const entry = this.#entries.get(name)
    // Ports that are held by others now are tried again for as long as it takes.
    if (entry !== undefined && !entry.playing && !entry.record.stopped) await this.#voice(entry)
  }

  async #ensure(record: DeckyRecord): Promise<void> {
    const {name} = record.manifest
    const before = this.#entries.get(name)
    if (before?.playing === true && isSame(before.record, record) && this.#answers(before)) return
    this.#admit(record.manifest, before)
    if (before !== undefined) await this.#silence(before)
    const entry: Entry = {record, playing: false, startedAt: record.startedAt, voicedAt: 0}
    const failures = await this.#voice(entry)
    if (failures.length > 0) {
      await this.#silence(entry)
      throw new RefusedError({code: 'not-ready', failures, rolledBack: await this.#comeBack(before)})
    }
    await this.#enter(entry, before)
  }

  /** A decky that cannot be written down would not survive the process: it is not played either. */
  async #enter(entry: Entry, before: Entry | undefined): Promise<void> {
    try {
      this.#save(entry.record)
      this.#entries.set(entry.record.manifest.name, entry)
    } catch (error) {
      await this.#silence(entry)
      await this.#comeBack(before)
      throw error
    }
  }

  /** Whether the decky that was there before runs again. */
  async #comeBack(before: Entry | undefined): Promise<boolean> {
    if (before === undefined || before.record.stopped) return false
    return (await this.#voice(before)).length === 0
  }

  async #voice(entry: Entry): Promise<PortFailure[]> {
    const {manifest} = entry.record
    entry.playing = true
    entry.voicedAt = performance.now()
    entry.startedAt = new Date().toISOString()
    this.#ports += portCount(manifest)
    return this.#options.runtime.add(manifest)
  }

  async #silence(entry: Entry): Promise<void> {
    if (!entry.playing) return
    const {manifest} = entry.record
    await this.#options.runtime.remove(manifest.name)
    entry.playing = false
    this.#ports -= portCount(manifest)
  }

  /** A look at the kernel's tables costs as much as all sockets of the machine: not for every one of many deckies. */
  #answers({record, voicedAt}: Entry): boolean {
    const now = performance.now()
    const {name} = record.manifest
    if (now - voicedAt < STARTED_MS) return this.#options.board.of(name).every(isAnswering)
    const bound = now - this.#lookedAt < FRESH_MS ? this.#bound : this.#look()
    return this.#combined([name], bound).every(isAnswering)
  }

  #look(): readonly BoundPort[] {
    this.#bound = listeningPorts()
    this.#lookedAt = performance.now()
    return this.#bound
  }

  /** Without the kernel's tables (macOS) the runtime's own word has to do. */
  #combined(names: readonly string[], bound: readonly BoundPort[]): PortStatus[] {
    const services = names.flatMap((name) => this.#options.board.of(name))
    return process.platform === 'linux' ? combine({services}, bound, false) : services
  }

  /** Descriptors are looked at before, because a process without any left cannot even say so. */
  #admit(manifest: DeckyManifest, before: Entry | undefined): void {
    const freed = before?.playing === true ? portCount(before.record.manifest) : 0
    const needed = this.#ports - freed + portCount(manifest) + RESERVED
    const limit = this.#options.descriptors
    if (needed > limit) throw new RefusedError({code: 'descriptors', needed, limit})
  }

  /** Listening ports of all deckies. */
  get listeners(): number {
    return this.#ports
  }

  #save(record: DeckyRecord): void {
    try {
      saveDecky(this.#options.directory, record)
    } catch (error) {
      throw new RefusedError({code: 'record', message: error instanceof Error ? error.message : String(error)})
    }
  }

  async #inTurn<T>(name: string, work: () => Promise<T>): Promise<T> {
    const turn = (this.#tails.get(name) ?? Promise.resolve()).then(work, work)
    this.#tails.set(name, turn)
    try {
      return await turn
    } finally {
      if (this.#tails.get(name) === turn) this.#tails.delete(name)
    }
  }
}

function isSame(one: DeckyRecord, other: DeckyRecord): boolean {
  return (
    one.configHash === other.configHash &&
    one.networkId === other.networkId &&
    one.stopped === other.stopped &&
    JSON.stringify(one.manifest) === JSON.stringify(other.manifest)
  )
}

function isAnswering({state}: PortStatus): boolean {
  return state === 'answering'
}

function portCount({services}: DeckyManifest): number {
  return services.reduce((sum, {ports}) => sum + ports.length, 0)
}

function isLoopback(address: string): boolean {
  return isIPv4(address) && address.startsWith('127.')
}
