/** Runs parsed commands. Every step is bounded: commands, output, nesting, loops. */
import {FsError} from '../files/nodes.ts'
import {absolutePath} from '../files/paths.ts'
import type {Call, Program, Programs} from './command.ts'
import {idle, runFile, searchPath} from './executables.ts'
import {expandFields, expandText, type Substitute} from './expansion.ts'
import {Collector, Interrupted, type Streams, TextInput} from './io.ts'
import {parse} from './parser.ts'
import {OUTPUT_LIMIT, type Shell} from './shell.ts'
import {
  type Command,
  type Conditional,
  type ForLoop,
  type List,
  MAX_DEPTH,
  type Pipeline,
  type Redirect,
  type SimpleCommand,
  SyntaxFault,
  type WhileLoop,
} from './syntax.ts'
import {Wiring} from './wiring.ts'

const MAX_ITERATIONS = 1000
const YIELD_EVERY = 16

export class Interpreter {
  readonly #programs: Programs

  constructor(programs: Programs) {
    this.#programs = programs
  }

  /** Runs a command text; its status is also the shell's `$?`. Throws Interrupted. */
  async run(shell: Shell, text: string, streams: Streams): Promise<number> {
    try {
      return await this.list(shell, parse(text), streams)
    } catch (error) {
      if (!(error instanceof SyntaxFault)) throw error
      streams.stderr.write(syntaxComplaint(shell, error, text))
      shell.status = 2
      return 2
    }
  }

  async list(shell: Shell, list: List, streams: Streams): Promise<number> {
    let skip = false
    for (const {pipeline, connector} of list) {
      if (shell.exiting !== null) break
      if (!skip) {
        // A job in the background is run to its end at once: nothing emulated lasts.
        const status = await this.#pipeline(
          shell,
          pipeline,
          connector === '&' ? {...streams, stdin: new TextInput('')} : streams,
        )
        shell.status = connector === '&' ? 0 : status
      }
      if (connector === '&&') skip = shell.status !== 0
      else if (connector === '||') skip = shell.status === 0
      else skip = false
    }
    return shell.exiting ?? shell.status
  }

  async #pipeline(shell: Shell, {commands, negated}: Pipeline, streams: Streams): Promise<number> {
    let {stdin} = streams
    let status = 0
    for (const [index, command] of commands.entries()) {
      const last = index === commands.length - 1
      const collector = new Collector(OUTPUT_LIMIT)
      const stdout = last ? streams.stdout : collector
      const runner = commands.length === 1 ? shell : shell.fork()
      status = await this.#command(runner, command, {stdin, stdout, stderr: streams.stderr})
      stdin = new TextInput(collector.text)
    }
    return negated ? Number(status === 0) : status
  }

  async #command(shell: Shell, command: Command, streams: Streams): Promise<number> {
    shell.check()
    await this.#pay(shell)
    if (shell.depth > MAX_DEPTH) {
      streams.stderr.write(`${shell.options.name}: fork: retry: Resource temporarily unavailable\n`)
      return 254
    }
    switch (command.kind) {
      case 'simple':
        return this.#simple(shell, command, streams)
      case 'group':
      case 'subshell': {
        const inner = command.kind === 'group' ? shell : shell.fork()
        return this.#redirected(shell, command.redirects, streams, (wired) => this.list(inner, command.body, wired))
      }
      case 'if':
        return this.#conditional(shell, command, streams)
      case 'for':
        return this.#forLoop(shell, command, streams)
      case 'while':
        return this.#whileLoop(shell, command, streams)
    }
  }

  /** One command of the connection's budget; lets other sessions run in between. */
  async #pay({host}: Shell): Promise<void> {
    if (--host.budget.commands < 0) throw new Interrupted()
    if (host.budget.commands % YIELD_EVERY === 0) await new Promise((resolve) => setImmediate(resolve))
  }

  async #conditional(shell: Shell, {branches, otherwise}: Conditional, streams: Streams): Promise<number> {
    for (const {condition, body} of branches) {
      if ((await this.list(shell, condition, streams)) === 0) return this.list(shell, body, streams)
    }
    return otherwise === null ? 0 : this.list(shell, otherwise, streams)
  }

  async #forLoop(shell: Shell, {name, items, body}: ForLoop, streams: Streams): Promise<number> {
    const values: string[] = []
    for (const word of items) values.push(...(await expandFields(shell, word, this.#substitute(shell, streams))))
    let status = 0
    for (const value of values.slice(0, MAX_ITERATIONS)) {
      if (shell.exiting !== null) break
      shell.set(name, value)
      status = await this.list(shell, body, streams)
    }
    return status
  }

  async #whileLoop(shell: Shell, {condition, until, body}: WhileLoop, streams: Streams): Promise<number> {
    let status = 0
    for (let turn = 0; turn < MAX_ITERATIONS && shell.exiting === null; turn++) {
      if (((await this.list(shell, condition, streams)) === 0) === until) break
      status = await this.list(shell, body, streams)
    }
    return status
  }

  async #simple(shell: Shell, command: SimpleCommand, streams: Streams): Promise<number> {
    const substitute = this.#substitute(shell, streams)
    const fields: string[] = []
    for (const word of command.words) fields.push(...(await expandFields(shell, word, substitute)))
    const assigned: [string, string][] = []
    for (const {name, value} of command.assignments) assigned.push([name, await expandText(shell, value, substitute)])
    const [name, ...args] = fields
    if (name === undefined) {
      for (const [variable, value] of assigned) shell.set(variable, value)
      return this.#redirected(shell, command.redirects, streams, () => Promise.resolve(0))
    }
    const before = new Map(assigned.map(([variable]) => [variable, shell.variables.get(variable)]))
    for (const [variable, value] of assigned) shell.set(variable, value, true)
    const status = await this.#redirected(shell, command.redirects, streams, (wired) =>
      this.execute(shell, name, args, wired),
    )
    for (const [variable, value] of before) {
      if (value === undefined) shell.variables.delete(variable)
      else shell.variables.set(variable, value)
    }
    return status
  }

  /** Runs a program by name or path. */
  async execute(shell: Shell, name: string, args: readonly string[], streams: Streams): Promise<number> {
    shell.check()
    const found = this.#lookUp(shell, name)
    if (typeof found === 'number') {
      streams.stderr.write(`${this.#complaint(shell, name, found)}\n`)
      return found
    }
    try {
      return await found(this.#call(shell, name, args, streams))
    } catch (error) {
      if (!(error instanceof FsError)) throw error
      streams.stderr.write(`${baseOf(name)}: ${error.message}\n`)
      return 1
    }
  }

  has(name: string): boolean {
    return Object.hasOwn(this.#programs, name)
  }

  #call(shell: Shell, name: string, args: readonly string[], streams: Streams): Call {
    return {
      name: baseOf(name),
      args,
      ...streams,
      shell,
      machine: shell.machine,
      account: shell.account,
      out: (text) => streams.stdout.write(text),
      err: (text) => streams.stderr.write(text),
      run: (program, programArgs) => this.execute(shell, program, programArgs, streams),
      script: (text, options = {}) =>
        this.run(options.fork === true ? shell.fork() : shell, text, {
          ...streams,
          stdin: options.stdin ?? streams.stdin,
        }),
    }
  }

  /** The program, or the status with which the shell gives up: 126 not executable, 127 not found. */
  #lookUp(shell: Shell, name: string): Program | number {
    if (!name.includes('/')) {
      const program = this.has(name) ? this.#programs[name] : undefined
      if (program !== undefined) return program
      const path = searchPath(shell, name)
      return path === null ? 127 : this.#lookUp(shell, path)
    }
    const {files} = shell.machine
    try {
      const path = files.realPath(absolutePath(shell.cwd, name), shell.account)
      const node = files.node(path, shell.account)
      if (node.kind !== 'file' || (node.mode & 0o111) === 0) return 126
      if (!/^\/usr\/s?bin\//.test(path)) return (call) => runFile(call, path)
      return this.#programs[baseOf(path)] ?? idle
    } catch (error) {
      return error instanceof FsError && error.code === 'EACCES' ? 126 : 127
    }
  }

  #complaint(shell: Shell, name: string, status: number): string {
    const ash = shell.machine.profile.family === 'alpine'
    const where = shell.place
    if (status === 126) return `${where}: ${name}: Permission denied`
    if (name.includes('/')) return `${where}: ${name}: ${ash ? 'not found' : 'No such file or directory'}`
    return ash ? `${where}: ${name}: not found` : `${where}: ${name}: command not found`
  }

  #substitute(shell: Shell, streams: Streams): Substitute {
    return async (source) => {
      const collector = new Collector(OUTPUT_LIMIT)
      const inner = shell.fork()
      if (inner.depth > MAX_DEPTH) return ''
      await this.run(inner, source, {...streams, stdout: collector})
      shell.status = inner.status
      return collector.text
    }
  }

  async #redirected(
    shell: Shell,
    redirects: readonly Redirect[],
    streams: Streams,
    run: (streams: Streams) => Promise<number>,
  ): Promise<number> {
    if (redirects.length === 0) return run(streams)
    const wiring = new Wiring(shell, streams)
    for (const redirect of redirects) {
      const target = await expandText(shell, redirect.target, this.#substitute(shell, streams))
      try {
        wiring.apply(redirect, target)
      } catch (error) {
        if (!(error instanceof FsError)) throw error
        streams.stderr.write(`${shell.place}: ${target}: ${error.message}\n`)
        return 1
      }
    }
    const status = await run(wiring.streams)
    wiring.flush()
    return status
  }
}

/** bash repeats the line of a script where it stumbled over a token. */
function syntaxComplaint({options}: Shell, {message}: SyntaxFault, text: string): string {
  if (options.interactive) return `${options.name}: ${message}\n`
  const where = `${options.name}: -c: line 1:`
  const repeated = message.includes('near unexpected') ? `${where} \`${text.split('\n', 1)[0]}'\n` : ''
  return `${where} ${message}\n${repeated}`
}

function baseOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}
