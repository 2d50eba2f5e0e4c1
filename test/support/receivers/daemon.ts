/** Programs that receive what sinks send, as processes that can be killed and started again at the same port. */
import {type ChildProcess, spawn} from 'node:child_process'
import {createWriteStream} from 'node:fs'
import {connect, createServer} from 'node:net'
import {poll} from '../../lab/process.ts'

/** Beneath the ephemeral ports: while a receiver is down, nobody's connection is given its port. */
const PORTS = {first: 25_000, count: 7_000}
const START_MS = 20_000
let asked = 0

/** A port of the loopback address that nobody listens on. */
export async function freePort(): Promise<number> {
  for (;;) {
    asked += 1
    const port = PORTS.first + ((process.pid * 31 + asked * 17) % PORTS.count)
    if (await canListen(port)) return port
  }
}

function canListen(port: number): Promise<boolean> {
  const server = createServer()
  return new Promise((resolve) => {
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}

function answers(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  return new Promise((resolve) => {
    socket.once('connect', () => resolve(true))
    socket.once('error', () => resolve(false))
  }).finally(() => socket.destroy()) as Promise<boolean>
}

export interface DaemonOptions {
  readonly command: string
  readonly args: readonly string[]
  /** Where it says what goes wrong. */
  readonly log: string
  /** It listens there once it is ready; null: it says nothing of that, as over UDP. */
  readonly port: number | null
}

export class Daemon {
  readonly #options: DaemonOptions
  #child: ChildProcess | null = null
  kills = 0

  constructor(options: DaemonOptions) {
    this.#options = options
  }

  /** Resolves once it listens. */
  async start(): Promise<void> {
    const {command, args, log, port} = this.#options
    const child = spawn(command, args, {stdio: ['ignore', 'pipe', 'pipe']})
    const output = createWriteStream(log, {flags: 'a'})
    child.stdout.pipe(output, {end: false})
    child.stderr.pipe(output, {end: false})
    child.once('error', (error) => output.write(`${error}\n`))
    this.#child = child
    if (port === null) return
    await poll(
      `${command} listens on ${port} (see ${log})`,
      async () => {
        if (child.exitCode !== null) throw new Error(`${command} ended with ${child.exitCode}; see ${log}`)
        return answers(port)
      },
      {timeoutMs: START_MS, everyMs: 10},
    )
  }

  /** Resolves once it is dead. */
  async kill(): Promise<void> {
    const child = this.#child
    if (child === null || child.exitCode !== null || child.signalCode !== null) return
    const dead = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGKILL')
    this.kills += 1
    await dead
  }
}
