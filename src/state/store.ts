/** The state of one install: what is wanted, and what was done. What runs is asked of the engine, never of this. */
import type {Decky} from '../fleet/decky.ts'
import type {LifecycleOutcome, LifecycleRow} from '../fleet/lifecycle.ts'
import type {EngineName} from '../fleet/spec.ts'
import {StateDatabase, type StateMode} from './database.ts'
import * as deployments from './deployment-table.ts'
import * as engines from './engine-table.ts'
import * as fleets from './fleet-table.ts'
import * as installs from './install-table.ts'
import * as rows from './lifecycle-table.ts'
import {MIGRATIONS, type Migration} from './migrations.ts'
import type {
  Commit,
  CommitRequest,
  Deployment,
  DeploymentOutcome,
  LifecycleQuery,
  StoredFleet,
  StoredInstall,
} from './records.ts'
import * as settings from './settings-table.ts'

export type {
  Commit,
  CommitRequest,
  Deployment,
  DeploymentKind,
  DeploymentOutcome,
  LifecycleQuery,
  RowRequest,
  StoredDecky,
  StoredFleet,
  StoredInstall,
} from './records.ts'

export interface StoreOptions {
  readonly mode: StateMode
  /** How long to wait for another process's transaction; 5 seconds. */
  readonly busyTimeoutMs?: number
  /** For tests of migrating. */
  readonly migrations?: readonly Migration[]
}

/**
 * Every method is one transaction and throws DecnetError: STATE_UNREADABLE, STATE_LOCKED, PERMISSION, or INTERNAL where
 * the caller asks for what cannot be. Times are ISO 8601, UTC.
 */
export class Store {
  readonly #database: StateDatabase

  private constructor(database: StateDatabase) {
    this.#database = database
  }

  /** Null: opened for reading, and there is no state yet. Writers hold the lock of `lock.ts` first. */
  static open(dir: string, options: StoreOptions & {readonly mode: 'write'}): Store
  static open(dir: string, options: StoreOptions): Store | null
  static open(dir: string, {mode, busyTimeoutMs, migrations = MIGRATIONS}: StoreOptions): Store | null {
    const database = StateDatabase.open(dir, {
      mode,
      migrations,
      busyTimeoutMs,
      initialise: (db) => installs.makeInstall(db, new Date().toISOString()),
    })
    return database === null ? null : new Store(database)
  }

  install(): StoredInstall {
    return this.#database.read(installs.readInstall)
  }

  /** Grows with every commit and never falls, not even when the fleet is emptied. */
  generation(): number {
    return this.#database.read(installs.readGeneration)
  }

  fleet(): StoredFleet | null {
    return this.#database.read((db) => fleets.readFleet(db, installs.readGeneration(db)))
  }

  /** Those that may hold something of ours: of the fleet, of one before it, or of a command that was cut off. */
  engines(): EngineName[] {
    return this.#database.read(engines.readEngines)
  }

  /** Once nothing of ours is left on it. */
  forgetEngine(name: EngineName): void {
    this.#record((db) => engines.forgetEngine(db, name))
  }

  /** Records the desired fleet, the deployment and its pending rows, all or nothing, before anything is done. */
  commit(request: CommitRequest): Commit {
    return this.#database.write((db) => {
      const generation = installs.nextGeneration(db)
      const deploymentId = deployments.insertDeployment(db, request, generation)
      fleets.writeFleet(db, {...request, deploymentId})
      const inserted = rows.insertRows(db, deploymentId, request.rows, request.at)
      deployments.pruneDeployments(db)
      return {deploymentId, generation, rows: inserted}
    })
  }

  /** Before the engine call: does not touch the disk reserve, because nothing has happened yet. */
  startRow(id: number, at: string): LifecycleRow {
    return this.#database.write((db) => rows.startRow(db, id, at))
  }

  succeedRow(id: number, at: string, outcome: LifecycleOutcome): LifecycleRow {
    return this.#record((db) => rows.succeedRow(db, id, at, outcome))
  }

  /** The error is cut to 2000 characters. */
  failRow(id: number, at: string, error: string): LifecycleRow {
    return this.#record((db) => rows.failRow(db, id, at, error))
  }

  finishDeployment(id: number, at: string, outcome: DeploymentOutcome): void {
    this.#record((db) => deployments.finishDeployment(db, id, at, outcome))
  }

  /** Only under the lock: fails every open row, ends every open deployment, and returns how many rows those were. */
  closeDeadRows(at: string): number {
    return this.#record((db) => {
      deployments.interruptDeployments(db, at)
      return rows.failOpenRows(db, at)
    })
  }

  /** Replaces one decky of the fleet, e.g. after its MAC address was rotated; its deployment stays. */
  updateDecky(decky: Decky, configHash: string): void {
    this.#record((db) => fleets.writeDecky(db, decky, configHash))
  }

  /** By id, oldest first. */
  lifecycle(query: LifecycleQuery = {}): LifecycleRow[] {
    return this.#database.read((db) => rows.readRows(db, query))
  }

  /** Names, in lower case, of deckies that a command removed, or was to remove, which did not come to a good end. */
  unfinishedRemovals(): ReadonlySet<string> {
    return this.#database.read(rows.readUnfinishedRemovals)
  }

  /** Newest first; the history keeps at least the newest 1000. */
  deployments(limit: number): Deployment[] {
    return this.#database.read((db) => deployments.readDeployments(db, limit))
  }

  lastDeployment(): Deployment | null {
    return this.deployments(1)[0] ?? null
  }

  getSetting(name: string): string | null {
    return this.#database.read((db) => settings.readSetting(db, name))
  }

  setSetting(name: string, value: string): void {
    this.#database.write((db) => settings.writeSetting(db, name, value))
  }

  deleteSetting(name: string): void {
    this.#database.write((db) => settings.deleteSetting(db, name))
  }

  /** Copies the state into `backups/` (three are kept) and returns the copy's path. */
  backup(): string {
    return this.#database.backup()
  }

  close(): void {
    this.#database.close()
  }

  /** Records what has already happened: may use the disk space put aside for that. */
  #record: StateDatabase['write'] = (change) => this.#database.write(change, {reserved: true})
}
