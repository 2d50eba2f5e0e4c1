/** One control connection to the decoy FTP server. */
import {printable, sample} from '../../sample.ts'
import {type Action, CLOSE, type Connection, type ProtocolSession, report, upgrade, write} from '../../service.ts'
import {ACCESS_COMMANDS, EXTRA_COMMANDS} from './commands-access.ts'
import {FILE_COMMANDS, MACHINE_COMMANDS} from './commands-files.ts'
import {MACHINE_LISTS, passiveReply, TRANSFER_COMMANDS} from './commands-transfer.ts'
import {DataChannel} from './data-channel.ts'
import {type Line, LineReader} from './line-reader.ts'
import type {Product} from './products/product.ts'
import {type Call, type Client, type FtpServer, type Handler, newClient, type VolumeHandler} from './state.ts'

/** Commands that a client may send while a transfer runs; they wait for its end. */
const MAX_WAITING = 32
/** Of a module that ProFTPD is built without or with. */
const TLS_COMMANDS: ReadonlySet<string> = new Set(['AUTH', 'PBSZ', 'PROT'])
/** Commands whose argument is recorded as a credential. */
const SECRET: ReadonlySet<string> = new Set(['USER', 'PASS'])

export class FtpSession implements ProtocolSession {
  readonly #server: FtpServer
  readonly #connection: Connection
  readonly #reader: LineReader
  readonly #client: Client = newClient()
  readonly #waiting: Line[] = []
  #channel: DataChannel
  #commands = 0
  #extended = false
  #closing = false

  constructor(server: FtpServer, connection: Connection) {
    this.#server = server
    this.#connection = connection
    this.#reader = new LineReader(connection.limits.line)
    this.#channel = this.#newChannel()
  }

  get authenticated(): boolean {
    return this.#client.volume !== null
  }

  open(): Action[] {
    return [write(`${this.#server.product.greeting}\r\n`)]
  }

  feed(bytes: Buffer): Action[] {
    const actions: Action[] = []
    for (let rest = bytes; rest.length > 0 && !this.#closing; ) {
      const {line, used} = this.#reader.feed(rest)
      rest = rest.subarray(used)
      if (line === null) break
      if (this.#channel.busy) this.#wait(line, actions)
      else if (this.#run(line, actions)) {
        const {tls} = this.#server
        if (tls !== null) actions.push(upgrade(tls, rest.length > 0 ? {received: Buffer.from(rest)} : {}))
        break
      }
    }
    return actions
  }

  secured(): Action[] {
    this.#client.secure = true
    return []
  }

  end(): Action[] {
    const {pending} = this.#reader
    if (pending.length === 0 || this.#client.secure) return [CLOSE]
    return [this.#malformed('no end of line', pending), CLOSE]
  }

  timeout(reason: 'idle' | 'login' | 'absolute'): Action[] {
    const {idle, loginTimeout = idle} = this.#server.product
    return [write(`${reason === 'login' ? loginTimeout : idle}\r\n`)]
  }

  #wait(line: Line, actions: Action[]): void {
    if (this.#waiting.length < MAX_WAITING) this.#waiting.push(line)
    else this.#close(actions)
  }

  /** True: TLS is to begin. */
  #run(line: Line, actions: Action[]): boolean {
    if (line.long) actions.push(this.#malformed('long line', Buffer.from(line.text, 'latin1')))
    const at = line.text.indexOf(' ')
    const command = (at === -1 ? line.text : line.text.slice(0, at)).toUpperCase()
    const argument = at === -1 ? '' : line.text.slice(at + 1)
    let code = ''
    let secure = false
    let over = false
    const call: Call = {
      command,
      argument,
      server: this.#server,
      client: this.#client,
      connection: this.#connection,
      channel: this.#prepared(command, argument),
      actions,
      reply: (text) => {
        code = text.slice(0, 3)
        actions.push(write(`${text}\r\n`))
      },
      secure: () => {
        secure = true
      },
      close: () => {
        over = true
      },
    }
    this.#dispatch(call)
    if (!SECRET.has(command) && line.text !== '') actions.push(this.#record(line, code))
    if (++this.#commands >= this.#connection.limits.commands) over = true
    if (over) this.#close(actions)
    return secure && !over
  }

  /** The channel that the command is about: a new one for a command that opens one. */
  #prepared(command: string, argument: string): DataChannel {
    if (command === 'PASV' || command === 'EPSV') {
      if (argument.toUpperCase() === 'ALL') return this.#channel
      this.#extended = command === 'EPSV'
      this.#channel = this.#newChannel()
    }
    return this.#channel
  }

  #newChannel(): DataChannel {
    const channel: DataChannel = new DataChannel(
      (port) => {
        const {product} = this.#server
        if (port === null) this.#client.data = 'none'
        const text = port === null ? product.noPassivePort : passiveReply(this.#parts(), this.#extended, port)
        return [write(`${text}\r\n`)]
      },
      (actions) => {
        if (channel === this.#channel && this.#client.data === 'passive') this.#client.data = 'none'
        return [...actions, ...this.#continue()]
      },
    )
    return channel
  }

  #parts() {
    return {server: this.#server, connection: this.#connection}
  }

  /** What the client sent while the transfer ran. */
  #continue(): Action[] {
    const actions: Action[] = []
    while (!this.#closing && !this.#channel.busy) {
      const line = this.#waiting.shift()
      if (line === undefined) break
      this.#run(line, actions)
    }
    return actions
  }

  #dispatch(call: Call): void {
    const {product} = this.#server
    const {command} = call
    const {volume} = this.#client
    const known = this.#find(command)
    if (product.unimplemented.has(command) && (volume !== null || product.open.has(command))) {
      call.reply(product.notImplemented(shown(command)))
    } else if (known === null) {
      if (command === '' || /[^\x21-\x7e]/.test(command)) call.reply(garbage(product, volume !== null))
      else if (volume === null) call.reply(product.unknownBeforeLogin(shown(command)))
      else call.reply(product.unknown(shown(command)))
    } else if (known.open !== null && (volume !== null || product.open.has(command))) known.open(call)
    else if (known.inside !== null && volume !== null) known.inside(call, volume)
    else call.reply(product.loginFirst)
  }

  #find(command: string): {open: Handler | null; inside: VolumeHandler | null} | null {
    const {product, tls} = this.#server
    if (tls === null && product.name === 'proftpd' && TLS_COMMANDS.has(command)) return null
    const open = own(ACCESS_COMMANDS, command) ?? (EXTENDED.has(product.name) ? own(EXTRA_COMMANDS, command) : null)
    const machine = product.machineLists ? (own(MACHINE_COMMANDS, command) ?? own(MACHINE_LISTS, command)) : null
    const inside = own(FILE_COMMANDS, command) ?? own(TRANSFER_COMMANDS, command) ?? machine
    const known = open !== null || inside !== null || product.unimplemented.has(command)
    return known ? {open, inside} : null
  }

  #record(line: Line, code: string): Action {
    const {limits} = this.#connection
    const user =
      this.#client.user === null ? null : printable(Buffer.from(this.#client.user, 'latin1').subarray(0, 256))
    const data = {line: sample(Buffer.from(line.text, 'latin1'), limits.sample), code, user}
    return report({event: 'command', data})
  }

  #malformed(reason: string, bytes: Buffer): Action {
    return report({event: 'malformed', data: {reason, input: sample(bytes, this.#connection.limits.sample)}})
  }

  #close(actions: Action[]): void {
    if (!this.#closing) actions.push(CLOSE)
    this.#closing = true
  }
}

function own<T>(table: Readonly<Record<string, T>>, name: string): T | null {
  return Object.hasOwn(table, name) ? (table[name] ?? null) : null
}

/** As it may stand in a reply. */
function shown(command: string): string {
  return command.slice(0, 512)
}

const EXTENDED: ReadonlySet<Product['name']> = new Set(['proftpd', 'iis'])

function garbage({name, unknown}: Product, inside: boolean): string {
  if (name === 'proftpd') return '500 Invalid command: try being more creative'
  if (name !== 'vsftpd') return unknown('')
  return inside ? '500 Unknown command.' : '530 Please login with USER and PASS.'
}
