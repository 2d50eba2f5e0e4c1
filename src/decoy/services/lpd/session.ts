/**
 * The line printer daemon protocol (RFC 1179 §5, §6):
 *
 *     command     = %x01 queue LF                       print any waiting job
 *                 / %x02 queue LF                       receive a printer job
 *                 / %x03 queue [SP list] LF             queue state, short
 *                 / %x04 queue [SP list] LF             queue state, long
 *                 / %x05 queue SP agent [SP list] LF    remove jobs
 *     subcommand  = %x01 LF                             abort
 *                 / %x02 count SP name LF               a control file follows: count octets and a zero
 *                 / %x03 count SP name LF               a data file follows, likewise; count 0: up to the end
 *
 * The daemon answers a zero octet to whatever it takes, another one to what it refuses.
 */

import {ByteQueue} from '../../byte-queue.ts'
import {Intake, shown} from '../../printing/intake.ts'
import {sample} from '../../sample.ts'
import {type Action, CLOSE, type Connection, type ProtocolSession, report, write} from '../../service.ts'
import {type ControlFile, readControlFile} from './control-file.ts'

export interface LpdServer {
  /** Null: every name is a queue. */
  readonly queues: ReadonlySet<string> | null
  /** What a queue says of itself. */
  state(queue: string, long: boolean): string
}

const COMMAND = {PRINT: 1, RECEIVE: 2, SHORT: 3, LONG: 4, REMOVE: 5} as const
const NAMES: Readonly<Record<number, string>> = {
  1: 'print',
  2: 'receive',
  3: 'short state',
  4: 'long state',
  5: 'remove',
}
const SUBCOMMAND = {ABORT: 1, CONTROL: 2, DATA: 3} as const
const ACCEPTED = '\0'
const REFUSED = '\x01'
const MAX_LINE = 1024
const MAX_CONTROL = 16 * 1024

type Stage =
  | {readonly name: 'command'}
  | {readonly name: 'job'}
  | {readonly name: 'control'; readonly left: number}
  | {readonly name: 'data'; readonly left: number}
  /** The zero octet behind a file. */
  | {readonly name: 'mark'; readonly of: 'control' | 'data'}
  | {readonly name: 'closed'}

export class LpdSession implements ProtocolSession {
  readonly #server: LpdServer
  readonly #connection: Connection
  #stage: Stage = {name: 'command'}
  readonly #bytes = new ByteQueue()
  #queue = ''
  #controlBytes: Buffer[] = []
  #control: ControlFile | null = null
  #intake: Intake | null = null
  #waiting: Intake[] = []
  #files = 0
  #actions: Action[] = []

  constructor(server: LpdServer, connection: Connection) {
    this.#server = server
    this.#connection = connection
  }

  open(): Action[] {
    return []
  }

  feed(bytes: Buffer): Action[] {
    this.#bytes.push(bytes)
    while (this.#advance());
    return this.#flush()
  }

  end(): Action[] {
    const open = this.#stage.name !== 'closed'
    this.#finish()
    return [...this.#flush(), ...(open ? [CLOSE] : [])]
  }

  timeout(): Action[] {
    this.#finish()
    return this.#flush()
  }

  #flush(): Action[] {
    const actions = this.#actions
    this.#actions = []
    return actions
  }

  /** False: it takes more bytes. */
  #advance(): boolean {
    const stage = this.#stage
    switch (stage.name) {
      case 'command':
      case 'job':
        return this.#line(stage.name)
      case 'control':
      case 'data':
        return this.#content(stage)
      case 'mark':
        return this.#mark(stage.of)
      case 'closed':
        this.#bytes.clear()
        return false
    }
  }

  #line(kind: 'command' | 'job'): boolean {
    const ended = this.#bytes.takeLine()
    const line = ended?.subarray(0, -1) ?? this.#bytes.all
    if (line.length > MAX_LINE) this.#refuse('long line', (ended ?? line).subarray(0, MAX_LINE + 1))
    if (ended === null || line.length > MAX_LINE) return false
    if (kind === 'command') this.#command(line)
    else this.#subcommand(line)
    return true
  }

  #command(line: Buffer): void {
    const code = line[0] ?? 0
    const name = NAMES[code]
    const [queue = '', ...operands] = line.toString('latin1', 1).trim().split(/\s+/, 16)
    if (name === undefined) {
      this.#refuse('no command', line)
      return
    }
    const data = {command: name, queue: shown(queue), operands: operands.map((operand) => shown(operand))}
    this.#actions.push(report({event: 'command', data}))
    if (code === COMMAND.RECEIVE) this.#receive(queue)
    else {
      const state = code === COMMAND.SHORT || code === COMMAND.LONG
      this.#say(state ? this.#server.state(queue, code === COMMAND.LONG) : ACCEPTED)
      this.#close()
    }
  }

  #receive(queue: string): void {
    const {queues} = this.#server
    if (queues !== null && !queues.has(queue)) {
      this.#say(REFUSED)
      this.#close()
      return
    }
    this.#queue = queue
    this.#stage = {name: 'job'}
    this.#say(ACCEPTED)
  }

  #subcommand(line: Buffer): void {
    const code = line[0] ?? 0
    const [, digits] = /^(\d{1,10})(?:\s|$)/.exec(line.toString('latin1', 1)) ?? []
    if (code === SUBCOMMAND.ABORT) {
      this.#say(ACCEPTED)
      return
    }
    const size = Number(digits)
    const control = code === SUBCOMMAND.CONTROL
    const known = (control || code === SUBCOMMAND.DATA) && digits !== undefined
    if (!known || (control && size > MAX_CONTROL) || ++this.#files > 2 * this.#connection.limits.uploadsPerSession) {
      this.#say(REFUSED)
      this.#refuse('no subcommand', line)
      return
    }
    if (control) this.#controlBytes = []
    else this.#intake = new Intake(this.#connection.limits)
    this.#stage = control
      ? {name: 'control', left: size}
      : {name: 'data', left: size === 0 ? Number.POSITIVE_INFINITY : size}
    this.#say(ACCEPTED)
  }

  #content({name, left}: Extract<Stage, {left: number}>): boolean {
    const taken = this.#bytes.takeUpTo(left)
    if (name === 'control') this.#controlBytes.push(taken)
    else this.#intake?.append(taken)
    this.#stage = left === taken.length ? {name: 'mark', of: name} : {name, left: left - taken.length}
    return this.#stage.name === 'mark'
  }

  #mark(of: 'control' | 'data'): boolean {
    if (this.#bytes.take(1) === null) return false
    this.#stage = {name: 'job'}
    if (of === 'control') this.#control = readControlFile(Buffer.concat(this.#controlBytes))
    else this.#complete()
    this.#say(ACCEPTED)
    if (this.#control !== null) this.#reportJobs()
    return true
  }

  #complete(): void {
    if (this.#intake !== null) this.#waiting.push(this.#intake)
    this.#intake = null
  }

  /** A client may send the data first: what it is called comes with the control file. */
  #reportJobs(): void {
    const {name = '', user = '', host = ''} = this.#control ?? {}
    const more = {queue: shown(this.#queue), host: shown(host)}
    for (const intake of this.#waiting.splice(0)) {
      this.#actions.push(...intake.printed({name, user, language: null}, more).map(report))
    }
  }

  /** The connection ends: so does what is on its way. */
  #finish(): void {
    if (this.#stage.name === 'closed') return
    this.#complete()
    this.#reportJobs()
    if (this.#bytes.length > 0) this.#malformed('cut short', this.#bytes.all)
    this.#stage = {name: 'closed'}
  }

  #refuse(reason: string, bytes: Buffer): void {
    this.#malformed(reason, bytes)
    this.#close()
  }

  #malformed(reason: string, bytes: Buffer): void {
    const input = sample(bytes, Math.min(this.#connection.limits.sample, MAX_LINE))
    this.#actions.push(report({event: 'malformed', data: {reason, input}}))
  }

  #say(text: string): void {
    this.#actions.push(write(text))
  }

  #close(): void {
    this.#complete()
    this.#reportJobs()
    this.#stage = {name: 'closed'}
    this.#bytes.clear()
    this.#actions.push(CLOSE)
  }
}
