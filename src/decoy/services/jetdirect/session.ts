/** One connection to the raw port. */
import type {Upload} from '../../files/upload.ts'
import {Intake, type JobTicket, newTicket} from '../../printing/intake.ts'
import {printable, sample} from '../../sample.ts'
import {
  type Action,
  CLOSE,
  type Connection,
  type Initiative,
  type ProtocolSession,
  report,
  write,
} from '../../service.ts'
import {type PjlCommand, readCommand} from './command.ts'
import {COMMANDS} from './commands.ts'
import {statusLines} from './info.ts'
import type {PrinterServer} from './printer-server.ts'
import {type Item, PjlReader} from './reader.ts'
import type {Environment} from './variables.ts'
import {FileError} from './volume.ts'

const FF = '\f'

/** What unsolicited status the peer wants. */
export interface Subscriptions {
  device: boolean
  job: boolean
  page: boolean
  /** Seconds; 0: never. */
  timed: number
}

/** A file on its way in: FSDOWNLOAD and FSAPPEND. */
export interface Incoming {
  readonly name: string
  readonly append: boolean
  /** Null: the printer does not keep it. */
  readonly upload: Upload | null
  readonly intake: Intake
}

export class JetDirectSession implements ProtocolSession {
  readonly server: PrinterServer
  readonly connection: Connection
  readonly subscriptions: Subscriptions = {device: false, job: false, page: false, timed: 0}
  environment: Environment
  ticket: JobTicket = newTicket()
  /** The PJL password was given. */
  unlocked = false
  readonly #reader: PjlReader
  #actions: Action[] = []
  #job: Intake | null = null
  #incoming: Incoming | null = null
  #commands = 0
  #over = false
  #initiative: Initiative | null = null

  constructor(server: PrinterServer, connection: Connection) {
    this.server = server
    this.connection = connection
    this.environment = server.defaults.ofJob()
    this.#reader = new PjlReader(connection.limits.line)
  }

  begin(initiative: Initiative): void {
    this.#initiative = initiative
  }

  open(): Action[] {
    return []
  }

  feed(bytes: Buffer): Action[] {
    if (this.#over) return []
    this.#reader.push(bytes)
    for (let item = this.#reader.next(); item !== null && !this.#over; item = this.#reader.next()) this.#take(item)
    return this.#flush()
  }

  end(): Action[] {
    this.#finish()
    return [...this.#flush(), ...(this.#over ? [] : [CLOSE])]
  }

  timeout(): Action[] {
    this.#finish()
    return this.#flush()
  }

  /** An answer: the command it is to, its lines, and the form feed that ends it. */
  answer(command: string, lines: readonly string[]): void {
    this.say(`@PJL ${[command, ...lines].join('\r\n')}\r\n${FF}`)
  }

  say(text: string | Buffer): void {
    this.#actions.push(write(text))
  }

  report(event: Parameters<typeof report>[0]): void {
    this.#actions.push(report(event))
  }

  enterJob(): void {
    this.#reader.enterJob()
  }

  receive(size: number, incoming: Incoming): void {
    this.#incoming = incoming
    this.#reader.enterBinary(size)
  }

  /** The status that is sent unasked, every so often from now on. */
  startClock(): void {
    const {timed} = this.subscriptions
    if (timed === 0) return
    this.#initiative?.performAfter(timed * 1000, () => {
      if (this.subscriptions.timed === 0 || this.#over) return []
      this.answer('USTATUS TIMED', statusLines(this.server))
      this.startClock()
      return this.#flush()
    })
  }

  #flush(): Action[] {
    const actions = this.#actions
    this.#actions = []
    return actions
  }

  #take(item: Item): void {
    switch (item.type) {
      case 'uel':
        this.#endJob()
        break
      case 'command':
        this.#run(item.text)
        break
      case 'job':
        this.#job ??= new Intake(this.connection.limits)
        this.#job.append(item.data)
        break
      case 'binary':
        this.#store(item.data, item.complete)
        break
      case 'long line':
        this.report(malformed('long line', item.data, this.connection.limits.sample))
    }
  }

  #run(text: string): void {
    const command = readCommand(text)
    this.#record(text, command)
    try {
      COMMANDS.get(command.name)?.(this, command)
    } catch (error) {
      if (!(error instanceof FileError)) throw error
      this.answer(`${command.name} ${command.rest}`.trim(), [error.message])
    }
    if (++this.#commands >= this.connection.limits.commands) this.#close()
  }

  #record(text: string, {name, options}: PjlCommand): void {
    const line = sample(Buffer.from(`@PJL ${text}`, 'latin1'), Math.min(this.connection.limits.sample, 1024))
    this.report({
      event: 'command',
      data: {command: printable(Buffer.from(name, 'latin1')), line, known: name === '' || COMMANDS.has(name)},
    })
    if (/\.\.[/\\]/.test(options.get('NAME') ?? '')) {
      this.report({event: 'probe', data: {reason: 'path above the volume', line}})
    }
  }

  #endJob(): void {
    const job = this.#job
    this.#job = null
    if (job === null) return
    for (const event of job.printed(this.ticket)) this.report(event)
    if (this.subscriptions.page) this.answer('USTATUS PAGE', ['1'])
    if (this.subscriptions.job) this.answer('USTATUS JOB', ['END', `NAME="${this.ticket.name}"`, 'PAGES=1'])
    this.ticket = newTicket()
  }

  #store(data: Buffer, complete: boolean): void {
    const incoming = this.#incoming
    if (incoming === null) return
    incoming.intake.append(data)
    const fits = incoming.upload?.append(data) === true
    if (!fits) this.#incoming = {...incoming, upload: dropped(incoming.upload)}
    if (complete) this.#keep({...incoming, upload: fits ? incoming.upload : null})
  }

  #keep({name, append, upload, intake}: Incoming): void {
    this.#incoming = null
    for (const event of intake.events(name)) this.report(event)
    try {
      if (upload !== null) this.server.volume.write(name, upload.finish(), append)
    } catch (error) {
      // A printer says nothing of it; whoever wants to know asks with FSQUERY.
      if (!(error instanceof FileError)) throw error
    }
  }

  /** The connection ends: so does what is on its way. */
  #finish(): void {
    if (this.#over) return
    const {pending} = this.#reader
    if (this.#incoming !== null) this.#keep({...this.#incoming, upload: dropped(this.#incoming.upload)})
    else if (this.#reader.inJob) {
      if (pending.length > 0) this.#take({type: 'job', data: pending})
      this.#endJob()
    } else if (pending.length > 0) this.report(malformed('cut short', pending, this.connection.limits.sample))
  }

  #close(): void {
    this.#over = true
    this.#actions.push(CLOSE)
  }
}

/** What was taken so far gives its room back. */
function dropped(upload: Upload | null): null {
  upload?.finish()
  return null
}

const malformed = (reason: string, bytes: Buffer, limit: number) => ({
  event: 'malformed' as const,
  data: {reason, input: sample(bytes, Math.min(limit, 1024))},
})
