/**
 * The process that plays all deckies of a fleet without containers: `embedded.cjs DIRECTORY RUNTIME-ID`. It serves the
 * control socket of its directory, writes evidence there, and outlives the terminal that started it.
 */
import {join} from 'node:path'

import {ConnectionPool} from './connection-pool.ts'
import {reportCrashes} from './crash-reports.ts'
import {serveControl} from './embedded/control-server.ts'
import {descriptorLimit, RESERVED} from './embedded/descriptors.ts'
import {lockDirectory} from './embedded/directory-lock.ts'
import {EvidenceFiles} from './embedded/evidence-files.ts'
import {readDeckies, replaceFile} from './embedded/files.ts'
import {MemoryBoard} from './embedded/memory-board.ts'
import {processIdentity} from './embedded/process-identity.ts'
import {EXIT_HELD, FILES, PROTOCOL_VERSION, type ProcessRecord, type Request} from './embedded/protocol.ts'
import {RefusedError, Roster} from './embedded/roster.ts'
import {Evidence} from './evidence.ts'
import {DEFAULT_LIMITS} from './limits.ts'
import {Runtime} from './runtime.ts'

/** `EX_USAGE` of sysexits. */
const EXIT_USAGE = 64
/** What sessions may take to close once the process is told to end. */
const STOP_MS = 1000

async function main(): Promise<void> {
  const [directory, runtimeId] = process.argv.slice(2)
  if (directory === undefined || runtimeId === undefined) {
    process.stderr.write('usage: embedded.cjs DIRECTORY RUNTIME-ID\n')
    process.exitCode = EXIT_USAGE
    return
  }
  process.umask(0o077)
  // The terminal that it was started from may close.
  process.on('SIGHUP', () => {})
  const lock = lockDirectory(directory)
  if (lock === null) process.exit(EXIT_HELD)
  const evidence = new Evidence({
    sink: new EvidenceFiles(join(directory, FILES.evidence)),
    eventsPerSecond: DEFAULT_LIMITS.eventsPerSecond,
  })
  reportCrashes(evidence, '')
  const identity = processIdentity(process.pid)
  const self: ProcessRecord = {v: PROTOCOL_VERSION, pid: process.pid, identity, runtimeId, boot: evidence.boot}
  await new EmbeddedProcess(directory, self, evidence).serve()
  // A reference that is never let go: with it the lock would be.
  process.once('exit', () => lock.close())
}

class EmbeddedProcess {
  readonly #directory: string
  readonly #self: ProcessRecord
  readonly #evidence: Evidence
  readonly #runtime: Runtime
  readonly #roster: Roster

  constructor(directory: string, self: ProcessRecord, evidence: Evidence) {
    const board = new MemoryBoard()
    const descriptors = descriptorLimit()
    const pool = new ConnectionPool(() => descriptors - RESERVED - this.#roster.listeners)
    this.#directory = directory
    this.#self = self
    this.#evidence = evidence
    this.#runtime = new Runtime({manifest: {v: 1, deckies: []}, evidence, status: board, pool})
    this.#roster = new Roster({
      directory,
      runtime: this.#runtime,
      board,
      evidence,
      descriptors,
      records: readDeckies(directory),
    })
  }

  async serve(): Promise<void> {
    // Written before the socket is there: whoever gets an answer finds the right name of who gave it.
    replaceFile(join(this.#directory, FILES.process), `${JSON.stringify(this.#self)}\n`)
    const control = await serveControl(this.#directory, (request) => this.#handle(request))
    const end = () => {
      control.close()
      void this.#end()
    }
    process.once('SIGTERM', end)
    process.once('SIGINT', end)
  }

  async #handle(request: Request): Promise<object> {
    switch (request.op) {
      case 'hello':
        return this.#self
      case 'list':
        return {process: this.#self, deckies: this.#roster.list()}
      case 'play':
        await this.#roster.play((request as Request<'play'>).record)
        return {}
      case 'stop':
        await this.#roster.stop((request as Request<'stop'>).name)
        return {}
      case 'forget':
        await this.#roster.forget((request as Request<'forget'>).name)
        return {}
      case 'probe':
        return {ports: this.#roster.ports((request as Request<'probe'>).names)}
      case 'end':
        // The reply goes out first.
        setImmediate(() => process.kill(process.pid, 'SIGTERM'))
        return {}
      default:
        throw new RefusedError({
          code: 'bad-request',
          message: `there is no operation ${String(request.op).slice(0, 64)}`,
        })
    }
  }

  async #end(): Promise<void> {
    const deadline = new Promise<void>((resolve) => setTimeout(resolve, STOP_MS))
    await Promise.race([this.#runtime.stop(), deadline])
    this.#evidence.flush()
    process.exit(0)
  }
}

void main()
