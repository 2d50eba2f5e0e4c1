/** One `session` channel (RFC 4254 section 6): its requests, and what runs in it. */
import type {ServerChannel, Session as Ssh2Session} from 'ssh2'

import type {ServiceEvent} from '../../../../events/event.ts'
import {commandEvent, safe} from '../../../shell/evidence.ts'
import {limited, runInteractive} from '../../../shell/interactive.ts'
import {type Input, Interrupted, type Output} from '../../../shell/io.ts'
import {Shell} from '../../../shell/shell.ts'
import {Terminal} from '../../../shell/terminal.ts'
import {ScpSink, ScpSource} from '../transfer/scp.ts'
import {SftpServer} from '../transfer/sftp-server.ts'
import {remoteOf} from '../transport/ssh2-internals.ts'
import {WindowsShell} from '../windows/windows-shell.ts'
import {ChannelInput} from './channel-input.ts'
import {windowMessage} from './channel-rules.ts'
import {type DeviceConsole, deviceConsole} from './device-console.ts'
import {type Ending, finish} from './ending.ts'
import {type Login, shellHost, transcriptOf, transferHost} from './login.ts'
import {scpArguments} from './scp-command.ts'
import {clamp, emulatesFiles, guard, shellName} from './session-parts.ts'

const MAX_ENVIRONMENT = 64
/** What Dropbear runs for the subsystem, which firmware lacks. */
const MISSING_SFTP_SERVER = '/usr/libexec/sftp-server'
/** What sshd sends to a program for its client (RFC 4254 section 6.9). */
const SIGNALS: ReadonlySet<string> = new Set('ABRT ALRM FPE HUP INT KILL PIPE QUIT SEGV TERM USR1 USR2'.split(' '))

export class SessionChannel {
  readonly #login: Login
  #terminal: {name: string; columns: number; rows: number} | null = null
  #environment: [string, string][] = []
  /** Ends the command that runs as this signal would. */
  #kill: (signal: string) => void = () => {}

  constructor(login: Login, session: Ssh2Session) {
    this.#login = login
    session.on('error', () => {})
    session.on('pty', (accept, _reject, info) => {
      if (this.#terminal !== null) {
        login.disconnect('Protocol error: you already have a pty.')
        return
      }
      // xterm is what a client without TERM is given.
      const name = typeof info.term === 'string' && /^[\w.+-]{1,64}$/.test(info.term) ? info.term : 'xterm'
      this.#terminal = {name, columns: clamp(info.cols, 80), rows: clamp(info.rows, 24)}
      accept?.()
    })
    session.on('window-change', (accept, _reject, info) => {
      if (this.#terminal !== null)
        Object.assign(this.#terminal, {columns: clamp(info.cols, 80), rows: clamp(info.rows, 24)})
      accept?.()
    })
    session.on('env', (accept, reject, info) => {
      // As `AcceptEnv LANG LC_*` of every distribution decides.
      const known = /^(?:LANG|LC_\w{1,32})$/.test(info.key) && this.#environment.length < MAX_ENVIRONMENT
      if (known) this.#environment.push([info.key, info.val.slice(0, 256)])
      else this.#report({event: 'request', data: {action: 'env', name: safe(info.key), value: safe(info.val)}})
      if (known) accept?.()
      else reject?.()
    })
    session.on('signal', (accept, _reject, info) => {
      accept?.()
      if (SIGNALS.has(info.name)) this.#kill(info.name)
    })
    session.on('auth-agent', (accept) => {
      this.#report({event: 'request', data: {action: 'agent'}})
      accept?.()
    })
    session.on('x11', (_accept, reject) => {
      this.#report({event: 'request', data: {action: 'x11'}})
      reject?.()
    })
    const start = <T>(accept: () => T): T => {
      login.send(windowMessage(remoteOf(session)))
      return accept()
    }
    session.on('shell', (accept) => this.#shell(start(accept)))
    session.on('exec', (accept, _reject, info) => this.#exec(start(accept), info.command))
    session.on('subsystem', (accept, reject, info) => {
      const {sftpExtensions} = login.decky.release
      const wanted = info.name === 'sftp' && emulatesFiles(login)
      if (wanted && sftpExtensions.length > 0) this.#sftp(start(accept))
      else if (wanted) this.#exec(start(accept), MISSING_SFTP_SERVER)
      else {
        this.#report({event: 'request', data: {action: 'subsystem', name: safe(info.name)}})
        reject()
      }
    })
  }

  #report(event: ServiceEvent): void {
    this.#login.session.report(event)
  }

  #shell(channel: ServerChannel): void {
    guard(channel)
    const {decky, connection, account, loginAt} = this.#login
    const {limits} = connection
    if (this.#refused(channel)) return
    const device = this.#device(channel)
    if (device !== null) {
      this.#end(channel, device.run())
      return
    }
    const shell = this.#newShell(shellName(decky.machine.profile), true)
    const {input, output} = this.#wire(channel, shell)
    const windows = decky.product.inside === 'windows'
    const running = windows
      ? new WindowsShell(decky.persona, account.name).interactive(input, output, (line, exit) =>
          this.#report(commandEvent(line, exit, 'shell', account.name, limits.sample)),
        )
      : runInteractive(decky, shell, {input, output, errors: output}, (event) => this.#report(event), {
          line: limits.line,
          sample: limits.sample,
          drained: this.#login.drained,
        })
    this.#end(channel, running)
    decky.lastLogins.set(account.name, {at: loginAt, from: connection.peer.ip})
  }

  /** What `nologin` does, which also stands in for the systems whose shells are not emulated. */
  #refused(channel: ServerChannel): boolean {
    const {account, decky} = this.#login
    const {inside} = decky.product
    if (inside === 'ios' || inside === 'ilo') return false
    if (inside !== 'none' && !account.shell.endsWith('nologin')) return false
    channel.write('This account is currently not available.\r\n')
    this.#finish(channel, {status: 1})
    return true
  }

  /** The command line of a device; null: there is none. */
  #device(channel: ServerChannel): DeviceConsole | null {
    const {inside} = this.#login.decky.product
    if (inside !== 'ios' && inside !== 'ilo') return null
    const device = deviceConsole(this.#login, this.#sender(channel))
    if (device === null) return null
    this.#onData(channel, (bytes) => {
      this.#login.transcript?.input(bytes)
      device.terminal.receive(bytes)
    })
    channel.once('end', () => device.terminal.end())
    return device
  }

  #newShell(name: string, interactive: boolean): Shell {
    const shell = new Shell(shellHost(this.#login, this.#terminal), this.#login.account, {name, interactive})
    for (const [key, value] of this.#environment) shell.set(key, value, true)
    return shell
  }

  #wire(channel: ServerChannel, shell: Shell): {input: Input; output: Output} {
    const send = this.#sender(channel)
    if (this.#terminal === null) {
      const input = new ChannelInput(this.#login.connection.limits.uploadBytes)
      this.#onData(channel, (bytes) => input.receive(bytes))
      channel.once('end', () => input.end())
      return {input, output: {write: (text) => send(Buffer.from(text, 'latin1'))}}
    }
    const terminal = new Terminal(send, this.#login.connection.limits.line)
    terminal.history = shell.history
    terminal.onInterrupt = () => shell.interrupt.abort()
    this.#onData(channel, (bytes) => {
      this.#login.transcript?.input(bytes)
      terminal.receive(bytes)
    })
    channel.once('end', () => terminal.end())
    return {input: terminal, output: terminal}
  }

  /** To the client, and to the transcript where there is a terminal. */
  #sender(channel: ServerChannel): (bytes: Buffer) => void {
    const transcript = this.#terminal === null ? null : transcriptOf(this.#login, this.#terminal)
    channel.once('close', () => transcript?.flush())
    return (bytes) => {
      transcript?.output(bytes)
      if (channel.writable) channel.write(bytes)
    }
  }

  #exec(channel: ServerChannel, command: string): void {
    guard(channel)
    const {decky, account, connection} = this.#login
    const text = Buffer.from(command, 'utf8').toString('latin1').slice(0, connection.limits.line)
    const device = this.#device(channel)
    if (device !== null) {
      this.#end(channel, device.once(text))
      return
    }
    if (decky.product.inside === 'windows') {
      const send = this.#sender(channel)
      const output: Output = {write: (part) => send(Buffer.from(part, 'latin1'))}
      const status = new WindowsShell(decky.persona, account.name).run(text, output)
      this.#report(commandEvent(text, status, 'exec', account.name, connection.limits.sample))
      this.#finish(channel, {status})
      return
    }
    if (this.#refused(channel)) return
    const scp = scpArguments(text)
    if (scp !== null) {
      this.#scp(channel, text, scp)
      return
    }
    const shell = this.#newShell(shellName(decky.machine.profile).slice(1), false)
    const {input, output} = this.#wire(channel, shell)
    const errors: Output =
      this.#terminal === null ? {write: (part) => channel.stderr.write(Buffer.from(part, 'latin1'))} : output
    const streams = {stdin: input, stdout: limited(output), stderr: limited(errors)}
    const running = this.#login.drained().then(() => decky.interpreter.run(shell, text, streams))
    this.#kill = (signal) => {
      shell.interrupt.abort()
      this.#finish(channel, {signal})
    }
    const recorded = running
      .catch((error: unknown) => {
        if (error instanceof Interrupted) return 130
        throw error
      })
      .then((status) => {
        this.#report(commandEvent(text, status, 'exec', account.name, connection.limits.sample))
        return status
      })
    this.#end(channel, recorded)
  }

  #scp(channel: ServerChannel, text: string, scp: NonNullable<ReturnType<typeof scpArguments>>): void {
    const {account, connection} = this.#login
    const host = transferHost(this.#login)
    const transfer = scp.sink ? new ScpSink(host, scp.paths[0] ?? '.') : new ScpSource(host, scp.paths, scp.recursive)
    let over = false
    const step = ({replies, exit}: ReturnType<typeof transfer.open>): void => {
      for (const reply of replies) if (channel.writable) channel.write(reply)
      if (exit === null || over) return
      over = true
      this.#report(commandEvent(text, exit, 'exec', account.name, connection.limits.sample))
      this.#finish(channel, {status: exit})
    }
    step(transfer.open())
    this.#onData(channel, (bytes) => {
      if (!over) step(transfer.feed(bytes))
    })
    channel.once('end', () => over || step(transfer.end()))
    channel.once('close', () => over || step(transfer.end()))
  }

  #sftp(channel: ServerChannel): void {
    guard(channel)
    const server = new SftpServer(transferHost(this.#login), this.#login.decky.release.sftpExtensions)
    this.#report({event: 'request', data: {action: 'subsystem', name: 'sftp'}})
    this.#onData(channel, (bytes) => {
      const replies = server.feed(bytes)
      if ('exit' in replies) {
        this.#report({event: 'malformed', data: {reason: 'not an SFTP packet'}})
        this.#finish(channel, {status: replies.exit})
        return
      }
      for (const reply of replies) if (channel.writable) channel.write(reply)
    })
    channel.once('end', () => {
      server.end()
      this.#finish(channel, {status: 0})
    })
    channel.once('close', () => server.end())
  }

  /** A channel delivers outside the library's own guard: what is thrown here would end the process. */
  #onData(channel: ServerChannel, handle: (bytes: Buffer) => void): void {
    channel.on('data', (bytes: Buffer) => {
      try {
        handle(bytes)
      } catch (error) {
        this.#failed(channel, error)
      }
    })
  }

  #failed(channel: ServerChannel, error: unknown): void {
    const message = error instanceof Error ? error.message.slice(0, 256) : 'unknown'
    this.#report({event: 'service.error', data: {stage: 'channel', message}})
    this.#finish(channel, {status: 1})
  }

  #finish(channel: ServerChannel, ending: Ending): void {
    finish(channel, ending, this.#login.send)
  }

  #end(channel: ServerChannel, running: Promise<number>): void {
    running.then(
      (status) => this.#finish(channel, {status}),
      (error: unknown) => this.#failed(channel, error),
    )
  }
}
