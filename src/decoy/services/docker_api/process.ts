/** What seems to run in a container: a command of the emulated shell, or a program that goes on without a word. */
import {createHash} from 'node:crypto'

import type {ServiceEvent} from '../../../events/event.ts'
import type {Limits} from '../../limits.ts'
import {Persona} from '../../persona.ts'
import {fileReadEvent, fileWriteEvents, safe} from '../../shell/evidence.ts'
import {limited, runInteractive} from '../../shell/interactive.ts'
import {Interpreter} from '../../shell/interpreter.ts'
import {type Input, Interrupted, type Output, TextInput} from '../../shell/io.ts'
import {createMachine, type Machine} from '../../shell/machine.ts'
import {programsOf} from '../../shell/programs/index.ts'
import {Shell, type ShellHost} from '../../shell/shell.ts'
import {Terminal} from '../../shell/terminal.ts'
import {Transcript} from '../../transcript.ts'
import {ChannelInput} from '../ssh/channel/channel-input.ts'
import type {Sink} from './streams.ts'

const SHELLS: ReadonlySet<string> = new Set(['sh', 'bash', 'ash', 'dash'])
/** What leads from a container to the machine itself, and where the command begins that is run there. */
const ESCAPES: Readonly<Record<string, (args: readonly string[]) => readonly string[]>> = {
  chroot: (args) => args.slice(1),
  nsenter: (args) => {
    const at = args.findIndex(
      (arg, index) => !arg.startsWith('-') && !/^(?:-t|--target|-a)$/.test(args[index - 1] ?? ''),
    )
    return at < 0 ? [] : args.slice(at)
  },
}

export interface ProcessHost {
  readonly persona: Persona
  readonly peer: {readonly ip: string; readonly port: number}
  readonly local: {readonly ip: string; readonly port: number}
  readonly limits: Limits
  readonly now: () => number
  record(event: ServiceEvent): void
}

export interface Command {
  readonly argv: readonly string[]
  readonly environment: readonly string[]
  readonly directory: string
  readonly terminal: boolean
  /** Somebody can type. */
  readonly input: boolean
}

export interface Ends {
  output(stream: 1 | 2, data: Buffer): void
  /** Called once, unless it was ended by `kill`. */
  exited(status: number): void
}

/** A machine inside of the container: its distribution follows from the image, its name is the container's. */
export function containerMachine(
  persona: Persona,
  id: string,
  hostname: string,
  image: string,
  now: () => number,
): Machine {
  const seed = createHash('sha256').update(`${persona.facts.seed} container ${id}`).digest('hex')
  const facts = {...persona.facts, hostname, domain: null, distro: distroOf(image), seed, os: 'linux' as const}
  return createMachine(new Persona(facts), [], now)
}

function distroOf(image: string): string {
  const known: readonly (readonly [RegExp, string])[] = [
    [/alpine|busybox/, 'alpine'],
    [/ubuntu/, 'ubuntu22'],
    [/centos/, 'centos7'],
    [/rocky/, 'rocky9'],
    [/fedora/, 'fedora'],
    [/kali/, 'kali'],
  ]
  return known.find(([pattern]) => pattern.test(image))?.[1] ?? 'debian'
}

/** Whether the command breaks out of its container, as it does where the machine's root is bound or shared. */
export function escapes(argv: readonly string[]): readonly string[] | null {
  const name = baseOf(argv[0] ?? '')
  const rest = Object.hasOwn(ESCAPES, name) ? ESCAPES[name]?.(argv.slice(1)) : undefined
  if (rest === undefined) return null
  return rest.length === 0 ? ['sh'] : rest
}

/** Whether the emulated machine has the program: one that it has not is the image's own, and goes on. */
export function isKnown(machine: Machine, name: string): boolean {
  const base = baseOf(name)
  return SHELLS.has(base) || Object.hasOwn(programsOf(machine.profile), base)
}

const baseOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1)

export class Process implements Sink {
  readonly #abort = new AbortController()
  #receive: (bytes: Buffer) => void = () => {}
  #end: () => void = () => {}
  #transcript: Transcript | null = null
  #over = false

  receive(bytes: Buffer): void {
    this.#receive(bytes)
  }

  end(): void {
    this.#end()
  }

  kill(): void {
    this.#transcript?.end()
    this.#over = true
    this.#abort.abort()
  }

  /** Runs until the command is done. Never rejects. */
  async run(machine: Machine, command: Command, host: ProcessHost, ends: Ends): Promise<void> {
    let status = 1
    try {
      status = await this.#run(machine, command, host, ends)
    } catch (error) {
      status = error instanceof Interrupted ? 130 : 1
    }
    if (!this.#over) ends.exited(status)
    this.kill()
  }

  #run(machine: Machine, command: Command, host: ProcessHost, ends: Ends): Promise<number> {
    const {argv, terminal} = command
    const name = baseOf(argv[0] ?? '')
    const account = machine.accounts.find(({uid}) => uid === 0)
    if (account === undefined) return Promise.resolve(1)
    const interpreter = new Interpreter(programsOf(machine.profile))
    const size = {name: 'xterm', columns: 80, rows: 24}
    const shellHost = this.#host(machine, host, terminal ? size : null)
    const interactive = SHELLS.has(name) && argv.length === 1
    const shell = new Shell(shellHost, account, {name: SHELLS.has(name) ? name : 'sh', interactive})
    this.#prepare(shell, command)
    const {input, output, errors} = this.#wire(shell, command, host, ends)
    if (!interactive) {
      return interpreter.run(shell, argv.map(quoted).join(' '), {
        stdin: input,
        stdout: limited(output),
        stderr: limited(errors),
      })
    }
    const login = {interpreter, motd: null, lastLogins: new Map(), silent: true as const}
    return runInteractive(login, shell, {input, output, errors}, (event) => host.record(event), {
      line: host.limits.line,
      sample: host.limits.sample,
      drained: () => Promise.resolve(),
    })
  }

  #prepare(shell: Shell, {environment, directory}: Command): void {
    shell.cwd = directory === '' ? '/' : directory
    if (!shell.machine.files.exists(shell.cwd, shell.account)) shell.cwd = '/'
    // Nobody logged in: there is what the Engine sets, and what the container's configuration says.
    shell.variables = new Map()
    shell.set('PATH', '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', true)
    shell.set('HOSTNAME', shell.machine.persona.hostname, true)
    if (shell.host.terminal !== null) shell.set('TERM', shell.host.terminal.name, true)
    shell.set('HOME', '/root', true)
    shell.set('PWD', shell.cwd, true)
    for (const entry of environment.slice(0, 64)) {
      const equals = entry.indexOf('=')
      if (/^\w{1,64}=/.test(entry)) shell.set(entry.slice(0, equals), entry.slice(equals + 1, equals + 4096), true)
    }
  }

  #wire(
    shell: Shell,
    {terminal, input}: Command,
    {limits, now, record}: ProcessHost,
    ends: Ends,
  ): {input: Input; output: Output; errors: Output} {
    const to = (stream: 1 | 2): Output => ({write: (text) => ends.output(stream, Buffer.from(text, 'latin1'))})
    if (terminal) {
      const transcript = new Transcript(record, {limits, now})
      this.#transcript = transcript
      const screen = new Terminal((bytes) => {
        transcript.output(bytes)
        ends.output(1, bytes)
      }, limits.line)
      screen.history = shell.history
      screen.onInterrupt = () => shell.interrupt.abort()
      this.#receive = (bytes) => {
        transcript.input(bytes)
        screen.receive(bytes)
      }
      this.#end = () => screen.end()
      if (!input) screen.end()
      return {input: screen, output: screen, errors: screen}
    }
    if (!input) return {input: new TextInput(''), output: to(1), errors: to(2)}
    const typed = new ChannelInput(limits.uploadBytes)
    this.#receive = (bytes) => typed.receive(bytes)
    this.#end = () => typed.end()
    return {input: typed, output: to(1), errors: to(2)}
  }

  #host(machine: Machine, host: ProcessHost, terminal: ShellHost['terminal']): ShellHost {
    const {limits} = host
    return {
      machine,
      peer: host.peer,
      local: host.local,
      terminal,
      telnet: true,
      loginAt: host.now(),
      signal: this.#abort.signal,
      fileRead: (path) => host.record(fileReadEvent(path)),
      fileWritten: (path, data) => {
        for (const event of fileWriteEvents(path, data, limits)) host.record(event)
      },
      requested: (facts) => {
        const data = Object.entries(facts).map(([key, value]) => [key, typeof value === 'string' ? safe(value) : value])
        host.record({event: 'request', data: Object.fromEntries(data)})
      },
      budget: {commands: limits.commands},
    }
  }
}

const quoted = (word: string): string => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)
