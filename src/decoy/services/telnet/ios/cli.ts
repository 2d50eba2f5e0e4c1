/** A small command line of Cisco IOS: user, privileged and configuration mode; whatever is typed is recorded. */

import type {IosDevice as Device} from '../../../persona/ios-device.ts'
import {commandEvent} from '../../../shell/evidence.ts'
import {Interrupted} from '../../../shell/io.ts'
import {answer, type Console, matches, record} from '../login.ts'
import {interfaceBrief, inventory, runningConfig, showVersion} from './device.ts'

type Mode = 'user' | 'privileged' | 'config' | 'sub'

const INVALID = ["% Invalid input detected at '^' marker.", '']
const ENABLE_TRIES = 3

export interface IosOptions {
  readonly device: Device
  readonly users: readonly string[]
  readonly enable: string | null
}

export class IosCli {
  readonly #telnet: Console
  readonly #options: IosOptions
  readonly #user: string
  #mode: Mode = 'user'
  #sub = ''
  #over = false

  constructor(telnet: Console, options: IosOptions, user: string) {
    this.#telnet = telnet
    this.#options = options
    this.#user = user
  }

  async run(): Promise<void> {
    const {limits} = this.#telnet.connection
    for (let count = 0; !this.#over && count < limits.commands; count++) {
      await this.#telnet.drained()
      const line = await this.#line()
      if (line === null) return
      if (line.trim() === '') continue
      const shown = await this.#execute(line.trim().slice(0, limits.line))
      this.#say(shown ?? this.#invalid(line))
      const status = shown === null ? 1 : 0
      this.#telnet.session.report(commandEvent(line, status, 'shell', this.#user, limits.sample))
    }
  }

  /** One command that came without a terminal, as IOS takes it over SSH. */
  async once(line: string): Promise<number> {
    const {limits} = this.#telnet.connection
    const shown = await this.#execute(line.trim().slice(0, limits.line))
    this.#say(shown ?? [`Line has invalid autocommand ${JSON.stringify(line.trim().slice(0, 64))}`])
    const status = shown === null ? 1 : 0
    this.#telnet.session.report(commandEvent(line, status, 'exec', this.#user, limits.sample))
    return status
  }

  async #line(): Promise<string | null> {
    try {
      return await this.#telnet.terminal.line({prompt: this.#prompt(), echo: true})
    } catch (error) {
      if (error instanceof Interrupted) return ''
      throw error
    }
  }

  #say(lines: readonly string[]): void {
    for (const line of lines) this.#telnet.write(`${line}\r\n`)
  }

  #prompt(): string {
    const host = this.#options.device.persona.hostname
    const marks: Readonly<Record<Mode, string>> = {
      user: '>',
      privileged: '#',
      config: '(config)#',
      sub: `(config-${this.#sub})#`,
    }
    return `${host}${marks[this.#mode]}`
  }

  #invalid(line: string): readonly string[] {
    const indent = ' '.repeat(this.#prompt().length)
    if (this.#mode === 'user' && !/\s/.test(line.trim())) {
      return [
        `Translating "${line.trim().slice(0, 64)}"...domain server (255.255.255.255)`,
        '% Unknown command or computer name, or unable to find computer address',
      ]
    }
    return [`${indent}^`, ...INVALID]
  }

  /** Null: no command. */
  async #execute(line: string): Promise<readonly string[] | null> {
    if (this.#mode === 'config' || this.#mode === 'sub') return this.#configure(line)
    const words = line.toLowerCase().split(/\s+/)
    const [command = '', ...rest] = words
    if (is(command, 'enable', 2)) return this.#enable()
    if (is(command, 'disable', 4)) return this.#go('user')
    if (is(command, 'exit', 2) || is(command, 'quit', 1) || is(command, 'logout', 3)) return this.#leave()
    if (is(command, 'show', 2)) return this.#show(rest)
    if (is(command, 'terminal', 3) || is(command, 'clear', 3)) return []
    if (command === '?' || is(command, 'help', 4)) return HELP
    if (is(command, 'ping', 1) && rest.length > 0) return this.#ping(rest[0] ?? '')
    if (this.#mode !== 'privileged') return null
    if (is(command, 'configure', 4)) {
      this.#mode = 'config'
      return ['Enter configuration commands, one per line.  End with CNTL/Z.']
    }
    if (is(command, 'write', 2)) return ['Building configuration...', '[OK]']
    if (is(command, 'copy', 3)) return this.#copy(rest)
    return null
  }

  /** Everything is taken, as most of it would be, and recorded. */
  #configure(line: string): readonly string[] {
    const words = line.toLowerCase().split(/\s+/)
    const [command = ''] = words
    if (line === '\x1a' || is(command, 'end', 3)) return this.#go('privileged')
    if (is(command, 'exit', 2)) return this.#go(this.#mode === 'sub' ? 'config' : 'privileged')
    if (is(command, 'interface', 3) && words.length > 1) this.#enter('if')
    else if (is(command, 'line', 3) && words.length > 1) this.#enter('line')
    else if (is(command, 'vlan', 4) && words.length > 1) this.#enter('vlan')
    return []
  }

  #enter(sub: string): void {
    this.#sub = sub
    this.#mode = 'sub'
  }

  #go(mode: Mode): readonly string[] {
    this.#mode = mode
    return []
  }

  #leave(): readonly string[] {
    this.#over = true
    return []
  }

  async #enable(): Promise<readonly string[]> {
    if (this.#mode === 'privileged') return []
    const {enable} = this.#options
    for (let attempt = 0; attempt < ENABLE_TRIES; attempt++) {
      const password = await answer(this.#telnet, 'Password: ', false)
      if (password === null) return this.#leave()
      const right = enable !== null && matches(Buffer.from(enable, 'latin1'), password)
      record(this.#telnet, this.#user, password, 'enable', right)
      if (right) return this.#go('privileged')
    }
    return ['% Bad secrets', '']
  }

  #show(words: readonly string[]): readonly string[] | null {
    const {device, users} = this.#options
    const [first = '', second = '', third = ''] = words
    if (is(first, 'version', 3)) return showVersion(device, this.#telnet.connection.now())
    if (is(first, 'inventory', 3)) return inventory(device)
    if (is(first, 'ip', 2) && is(second, 'interface', 3) && is(third, 'brief', 1)) return interfaceBrief(device)
    if (is(first, 'users', 1)) return this.#users()
    if (is(first, 'privilege', 4)) return [`Current privilege level is ${this.#mode === 'privileged' ? 15 : 1}`]
    if (this.#mode !== 'privileged') return null
    if (is(first, 'running-config', 3) || is(first, 'startup-config', 3)) {
      this.#telnet.session.report({event: 'file.read', data: {path: first}})
      return runningConfig(device, users)
    }
    return null
  }

  #users(): readonly string[] {
    const {ip} = this.#telnet.connection.peer
    return [
      '    Line       User       Host(s)              Idle       Location',
      `*  1 vty 0     ${this.#user.padEnd(10)} idle                 00:00:00 ${ip}`,
    ]
  }

  #ping(target: string): readonly string[] {
    this.#telnet.session.report({event: 'request', data: {action: 'ping', target: printableTarget(target)}})
    return [
      'Type escape sequence to abort.',
      `Sending 5, 100-byte ICMP Echos to ${printableTarget(target)}, timeout is 2 seconds:`,
      '.....',
      'Success rate is 0 percent (0/5)',
    ]
  }

  /** Recorded and never done. */
  #copy(words: readonly string[]): readonly string[] {
    const [from = '', to = ''] = words.map(printableTarget)
    this.#telnet.session.report({event: 'request', data: {action: 'copy', from, to}})
    return [`%Error opening ${from} (Timed out)`]
  }
}

const HELP = [
  'Exec commands:',
  '  disable     Turn off privileged commands',
  '  enable      Turn on privileged commands',
  '  exit        Exit from the EXEC',
  '  logout      Exit from the EXEC',
  '  ping        Send echo messages',
  '  show        Show running system information',
  '  terminal    Set terminal line parameters',
  '',
]

/** IOS takes any beginning of a command that is long enough to be no other's. */
function is(word: string, command: string, least: number): boolean {
  return word.length >= least && command.startsWith(word)
}

const printableTarget = (text: string): string => text.replace(/[^\x21-\x7e]/g, '').slice(0, 128)
