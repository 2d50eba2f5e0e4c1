/** The processes of the containers, and who watches them. */
import type {Machine} from '../../shell/machine.ts'
import {createMachine} from '../../shell/machine.ts'
import type {Engine} from './engine.ts'
import {containerMachine, escapes, isKnown, Process, type ProcessHost} from './process.ts'
import {type Container, type Exec, strings, text} from './state.ts'
import type {Attachment, Promised} from './streams.ts'

/** Processes that are emulated at a time; further ones go on without a word. */
const MOST_PROCESSES = 12
const MOST_WATCHERS = 32
/** Containers may be forgotten without a word. */
const MOST_WATCHED = 64

interface Watched {
  readonly attachments: Set<Attachment>
  /** Those who wait for its end, or for its removal. */
  readonly waiters: Map<Promised, 'exit' | 'removal'>
  process: Process | null
}

export class Runtime {
  readonly #engine: Engine
  readonly #watched = new Map<string, Watched>()
  readonly #machines = new WeakMap<Container, Machine>()
  #host: Machine | null = null
  #processes = 0

  constructor(engine: Engine) {
    this.#engine = engine
  }

  /** False: too many watch already. */
  attach(container: Container, attachment: Attachment): boolean {
    const watched = this.#of(container.id)
    if (watched.attachments.size >= MOST_WATCHERS) return false
    watched.attachments.add(attachment)
    attachment.onClosed = () => {
      watched.attachments.delete(attachment)
      // What reads from its only client gets to the end of its input with it.
      if (container.config.StdinOnce === true) watched.process?.end()
    }
    if (watched.process !== null) attachment.connect(watched.process)
    return true
  }

  wait(container: Container, waiter: Promised, until: 'exit' | 'removal'): void {
    const {waiters} = this.#of(container.id)
    if (waiters.size >= MOST_WATCHERS) return
    waiters.set(waiter, until)
    waiter.onClosed = () => waiters.delete(waiter)
  }

  /** What the command is whose file an image of a known distribution would not have; null: it starts. */
  missing(container: Container): string | null {
    const {path, image} = container
    const bare = /^(?:alpine|busybox|debian|ubuntu)(?::[\w.-]+)?$/.test(image)
    const known = path.startsWith('/') || escapes([path]) !== null || isKnown(this.#machine(container), path)
    return bare && !known ? path : null
  }

  start(container: Container, host: ProcessHost): void {
    const watched = this.#of(container.id)
    const attached = (): readonly Attachment[] => [...watched.attachments]
    this.#engine.start(container, host.now())
    const {config} = container
    const terminal = config.Tty === true
    const argv = [container.path, ...container.args]
    const process = this.#run(container, argv, {
      host,
      terminal,
      input: config.OpenStdin === true,
      environment: strings(config.Env),
      directory: text(config.WorkingDir),
      output: (stream, data) => {
        this.#engine.log(container, stream, data, host.now())
        for (const attachment of attached()) attachment.output(stream, data)
      },
      exited: (status) => this.exited(container, status, host.now()),
    })
    watched.process = process
    if (process !== null) for (const attachment of attached()) attachment.connect(process)
  }

  /** The container's process is over, by itself or by force. */
  exited(container: Container, status: number, now: number): void {
    const watched = this.#of(container.id)
    watched.process?.kill()
    watched.process = null
    this.#engine.exit(container, status, now)
    for (const attachment of [...watched.attachments]) attachment.ended()
    this.#tell(watched, container, 'exit')
    const {AutoRemove: remove} = container.host
    if (remove === true) this.remove(container)
  }

  remove(container: Container): void {
    const watched = this.#of(container.id)
    watched.process?.kill()
    for (const attachment of [...watched.attachments]) attachment.ended()
    this.#tell(watched, container, 'exit')
    this.#tell(watched, container, 'removal')
    this.#watched.delete(container.id)
    this.#engine.remove(container)
  }

  startExec(exec: Exec, attachment: Attachment | null, host: ProcessHost): void {
    const {container, config} = exec
    this.#engine.startExec(exec, host.now())
    const process = this.#run(container, strings(config.Cmd), {
      host,
      terminal: config.Tty === true,
      input: config.AttachStdin === true && attachment !== null,
      environment: [...strings(container.config.Env), ...strings(config.Env)],
      directory: text(config.WorkingDir) || text(container.config.WorkingDir),
      output: (stream, data) => attachment?.output(stream, data),
      exited: (status) => {
        exec.state = 'exited'
        exec.exitCode = status
        attachment?.ended()
      },
    })
    if (process === null || attachment === null) return
    attachment.connect(process)
    attachment.onClosed = () => process.kill()
  }

  #run(
    container: Container,
    argv: readonly string[],
    {
      host,
      output,
      exited,
      ...command
    }: {
      host: ProcessHost
      terminal: boolean
      input: boolean
      environment: readonly string[]
      directory: string
      output: (stream: 1 | 2, data: Buffer) => void
      exited: (status: number) => void
    },
  ): Process | null {
    if (argv[0] === '/hello') queueMicrotask(() => exited(0))
    const outside = escapes(argv)
    const machine = outside === null ? this.#machine(container) : this.#hostMachine(host.now)
    const actual = outside ?? argv
    if (!isKnown(machine, actual[0] ?? '') || this.#processes >= MOST_PROCESSES) return null
    const process = new Process()
    this.#processes++
    void process.run(machine, {...command, argv: actual}, host, {output, exited}).finally(() => {
      this.#processes--
    })
    return process
  }

  #machine(container: Container): Machine {
    const known = this.#machines.get(container)
    if (known !== undefined) return known
    const {persona} = this.#engine
    const hostname = text(container.config.Hostname) || container.id.slice(0, 12)
    const made = containerMachine(persona, container.id, hostname, container.image, Date.now)
    this.#machines.set(container, made)
    return made
  }

  #hostMachine(now: () => number): Machine {
    this.#host ??= createMachine(this.#engine.persona, [], now)
    return this.#host
  }

  #of(id: string): Watched {
    for (const other of this.#watched.size < MOST_WATCHED ? [] : this.#watched.keys()) {
      if (!this.#engine.containers.has(other)) this.#watched.delete(other)
    }
    const known = this.#watched.get(id) ?? {attachments: new Set(), waiters: new Map(), process: null}
    this.#watched.set(id, known)
    return known
  }

  #tell({waiters}: Watched, container: Container, what: 'exit' | 'removal'): void {
    for (const [waiter, until] of [...waiters]) {
      if (until !== what) continue
      waiters.delete(waiter)
      waiter.keep(Buffer.from(`${JSON.stringify(waited(container, this.#engine.release.old))}\n`))
    }
  }
}

/** The answer to those who wait. */
export function waited({exitCode, error}: Container, old: boolean): Readonly<Record<string, unknown>> {
  if (error !== '') return {Error: {Message: error}, StatusCode: exitCode}
  return old ? {Error: null, StatusCode: exitCode} : {StatusCode: exitCode}
}
