/** The state of one emulated shell, and what it is allowed to use up. */
import type {Account} from './accounts.ts'
import {Interrupted} from './io.ts'
import type {Machine} from './machine.ts'

export interface Terminal {
  readonly name: string
  columns: number
  rows: number
}

/** What the outside learns of and provides to everything that runs in one session. */
export interface ShellHost {
  readonly machine: Machine
  /** The peer as `who` and `SSH_CLIENT` show it. */
  readonly peer: {readonly ip: string; readonly port: number}
  readonly local: {readonly ip: string; readonly port: number}
  readonly terminal: Terminal | null
  /** Came by telnet, of which sshd's variables know nothing. */
  readonly telnet?: true
  /** Milliseconds since the epoch of the login. */
  readonly loginAt: number
  /** Aborted when the session ends. */
  readonly signal: AbortSignal
  fileRead(path: string): void
  fileWritten(path: string, data: Buffer): void
  requested(facts: Readonly<Record<string, unknown>>): void
  /** Commands left in this connection; counts down over all shells of it. */
  readonly budget: {commands: number}
}

export interface Variable {
  value: string
  exported: boolean
}

export interface ShellOptions {
  /** The name in front of error messages: `-bash`, `bash`, `sh`. */
  readonly name: string
  readonly interactive: boolean
}

/** Bytes that all commands of one line may write together. */
export const OUTPUT_LIMIT = 1024 * 1024
const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

export class Shell {
  readonly host: ShellHost
  readonly options: ShellOptions
  account: Account
  cwd: string
  variables: Map<string, Variable>
  positional: readonly string[] = []
  history: string[] = []
  aliases = new Map<string, string>()
  status = 0
  /** Set by `exit`. */
  exiting: number | null = null
  depth = 0
  /** Aborted by Ctrl-C: replaced for every line. */
  interrupt = new AbortController()

  constructor(host: ShellHost, account: Account, options: ShellOptions) {
    this.host = host
    this.account = account
    this.options = options
    this.cwd = host.machine.files.exists(account.home, account) ? account.home : '/'
    this.variables = new Map(
      Object.entries(environment(host, account)).map(([name, value]) => [name, {value, exported: true}]),
    )
    this.variables.set('PWD', {value: this.cwd, exported: true})
  }

  get machine(): Machine {
    return this.host.machine
  }

  /** What stands before its complaints. */
  get place(): string {
    const {interactive, name} = this.options
    return interactive || this.machine.profile.family === 'alpine' ? name : `${name}: line 1`
  }

  get(name: string): string {
    return this.variables.get(name)?.value ?? ''
  }

  set(name: string, value: string, exported?: boolean): void {
    const known = this.variables.get(name)
    if (known === undefined && this.variables.size >= 512) return
    this.variables.set(name, {value: value.slice(0, 65_536), exported: exported ?? known?.exported ?? false})
  }

  /** A shell of its own for a subshell, a pipeline stage or a substitution: its changes are lost. */
  fork(): Shell {
    const child = new Shell(this.host, this.account, this.options)
    child.cwd = this.cwd
    child.variables = new Map([...this.variables].map(([name, variable]) => [name, {...variable}]))
    child.positional = this.positional
    child.history = this.history
    child.aliases = this.aliases
    child.status = this.status
    child.depth = this.depth + 1
    child.interrupt = this.interrupt
    return child
  }

  /** Throws Interrupted once the session is over or Ctrl-C was typed. */
  check(): void {
    if (this.host.signal.aborted || this.interrupt.signal.aborted) throw new Interrupted()
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const signal = AbortSignal.any([this.host.signal, this.interrupt.signal])
      if (signal.aborted) {
        reject(new Interrupted())
        return
      }
      const stop = (): void => {
        clearTimeout(timer)
        reject(new Interrupted())
      }
      const timer = setTimeout(() => {
        signal.removeEventListener('abort', stop)
        resolve()
      }, ms)
      signal.addEventListener('abort', stop)
    })
  }
}

function environment(host: ShellHost, account: Account): Record<string, string> {
  const path = account.uid === 0 ? DEFAULT_PATH : `${DEFAULT_PATH}:/usr/games`
  const values: Record<string, string> = {
    SHELL: account.shell,
    LOGNAME: account.name,
    HOME: account.home,
    LANG: 'en_US.UTF-8',
    SSH_CONNECTION: `${host.peer.ip} ${host.peer.port} ${host.local.ip} ${host.local.port}`,
    USER: account.name,
    SHLVL: '1',
    SSH_CLIENT: `${host.peer.ip} ${host.peer.port} ${host.local.port}`,
    PATH: path,
  }
  if (host.telnet === true) {
    const {SSH_CONNECTION: _connection, SSH_CLIENT: _client, ...plain} = values
    return {...plain, TERM: host.terminal?.name ?? 'vt100'}
  }
  if (host.terminal !== null) {
    values.SSH_TTY = '/dev/pts/0'
    values.TERM = host.terminal.name
  }
  return values
}
