import {type ChildProcess, type SpawnOptions, spawn} from 'node:child_process'
import {existsSync, readdirSync, readFileSync, readlinkSync} from 'node:fs'
import {mkdir, mkdtemp, rm, symlink, writeFile} from 'node:fs/promises'
import {createServer} from 'node:net'
import {tmpdir} from 'node:os'
import {delimiter, join, resolve} from 'node:path'
import {poll} from '../lab/process.ts'
import type {Site, Squatter, StoredDecky} from './site.ts'
import {stateRows} from './state-files.ts'

const ENTRY = resolve(import.meta.dirname, '../../bin/run.js')
/** Above what a user needs privileges for, and below the ephemeral ports. */
const OFFSET = 20_000

/** A socket that listens. */
interface Listening {
  readonly ip: string
  readonly port: number
  /** Another socket on the same port has another one. */
  readonly inode: string
}

/** Loopback addresses of this machine: no root, no Docker, no network. */
export class EmbeddedSite implements Site {
  readonly engine = 'embedded'
  readonly directory: string
  readonly stateDir: string
  readonly #prefix: string

  private constructor(directory: string, prefix: string) {
    this.directory = directory
    this.stateDir = join(directory, 'state')
    this.#prefix = prefix
  }

  /** @param network keeps suites of one test process apart: 1 to 99. Prefixes are equally long, for screens' sake. */
  static async create(network: number): Promise<EmbeddedSite> {
    const directory = await mkdtemp(join(tmpdir(), 'decnet-site-'))
    await mkdir(join(directory, 'bin'))
    const wrapper = `#!/bin/sh\nexec '${process.execPath}' '${ENTRY}' "$@"\n`
    await writeFile(join(directory, 'bin', 'decnet'), wrapper, {mode: 0o755})
    await symlink(process.execPath, join(directory, 'bin', 'node'))
    return new EmbeddedSite(directory, `127.${100 + network}.${100 + (process.pid % 150)}.`)
  }

  get general() {
    return {engine: 'embedded', net: `${this.#prefix}0/24`}
  }

  get reserved(): string[] {
    return [this.address(1)]
  }

  address(host: number): string {
    return `${this.#prefix}${host}`
  }

  spawn(command: string, args: readonly string[], options: SpawnOptions): ChildProcess {
    const PATH = [join(this.directory, 'bin'), process.env.PATH].join(delimiter)
    const env = {...process.env, DECNET_PORT_OFFSET: String(OFFSET), ...options.env, PATH}
    return spawn(command, args, {...options, env})
  }

  async incarnations(): Promise<Record<string, string>> {
    const lives = Map.groupBy(this.#sockets(), ({ip}) => ip)
    return Object.fromEntries(
      this.#stored().flatMap(({name, ip}) => {
        const sockets = lives.get(ip)
        return sockets === undefined ? [] : [[name, sockets.map(({port, inode}) => `${port} ${inode}`).join(', ')]]
      }),
    )
  }

  async addresses(): Promise<Record<string, string | undefined>> {
    const bound = new Set(this.#sockets().map(({ip}) => ip))
    return Object.fromEntries(this.#stored().map(({name, ip}) => [name, bound.has(ip) ? ip : undefined]))
  }

  async snapshot(): Promise<unknown> {
    return {sockets: this.#sockets(), processes: this.#processes()}
  }

  async remains(): Promise<string[]> {
    return [...this.#processes(), ...this.#sockets().map(({ip, port}) => `${ip}:${port}`)]
  }

  async differences(stored: readonly StoredDecky[]): Promise<string[]> {
    const wanted = stored.flatMap(({ip, decky}) =>
      (JSON.parse(decky) as {services: {ports: {port: number}[]}[]}).services.flatMap(({ports}) =>
        ports.map(({port}) => `${ip}:${port + OFFSET}`),
      ),
    )
    const bound = this.#sockets().map(({ip, port}) => `${ip}:${port}`)
    const processes = this.#processes()
    return [
      ...wanted.filter((socket) => !bound.includes(socket)).map((socket) => `nobody listens on ${socket}`),
      ...bound.filter((socket) => !wanted.includes(socket)).map((socket) => `${socket} is left over`),
      ...(processes.length === (stored.length > 0 ? 1 : 0) ? [] : [`there are ${processes.length} processes`]),
    ]
  }

  /** Takes the port of the `http` service: an address of the loopback network belongs to everybody. */
  async squat(ip: string): Promise<Squatter> {
    const server = createServer((socket) => socket.end('mine\n'))
    await new Promise<void>((done) => server.listen({host: ip, port: 80 + OFFSET}, done))
    return {
      name: new RegExp(`${process.pid}|node|in use`),
      look: async () => this.#sockets().filter((socket) => socket.ip === ip),
      leave: () => new Promise((done) => server.close(() => done())),
    }
  }

  async clear(): Promise<void> {
    for (const process_ of this.#processes()) process.kill(Number(process_.split(' ')[0]), 'SIGKILL')
    await poll('nothing is left', async () => (await this.remains()).length === 0, {timeoutMs: 10_000})
  }

  async dispose(): Promise<void> {
    await this.clear()
    await rm(this.directory, {recursive: true, force: true})
  }

  #stored(): StoredDecky[] {
    return existsSync(join(this.stateDir, 'state.db')) ? (stateRows(this.stateDir).deckies as StoredDecky[]) : []
  }

  /** As the kernel lists them (proc(5)): addresses are hexadecimal, their bytes reversed. */
  #sockets(): Listening[] {
    const lines = readFileSync('/proc/net/tcp', 'latin1').split('\n').slice(1)
    const found = lines.flatMap((line): Listening[] => {
      const [, local = '', , state, , , , , , inode = ''] = line.trim().split(/\s+/)
      const [address = '', port = ''] = local.split(':')
      const ip = Buffer.from(address, 'hex').reverse().join('.')
      return state === '0A' && ip.startsWith(this.#prefix) ? [{ip, port: Number.parseInt(port, 16), inode}] : []
    })
    return found.toSorted((a, b) => (a.ip === b.ip ? a.port - b.port : a.ip < b.ip ? -1 : 1))
  }

  /** Processes that hold one of the sockets or work in the state directory, commands excepted. */
  #processes(): string[] {
    return readdirSync('/proc')
      .filter((pid) => /^\d+$/.test(pid) && Number(pid) !== process.pid)
      .flatMap((pid) => {
        const descriptors = linksIn(`/proc/${pid}/fd`)
        const ours = descriptors.some((target) => target.startsWith(`${this.stateDir}/embedded/`))
        return ours && !isCommand(pid) ? [`${pid} ${startOf(pid)}`] : []
      })
  }
}

function linksIn(directory: string): string[] {
  try {
    return readdirSync(directory).flatMap((name) => {
      try {
        return [readlinkSync(join(directory, name))]
      } catch {
        return []
      }
    })
  } catch {
    // It has ended, or is somebody else's.
    return []
  }
}

function isCommand(pid: string): boolean {
  return readText(`/proc/${pid}/cmdline`).includes(ENTRY)
}

/** When it started, in ticks since boot: a pid alone may have been given to another process. */
function startOf(pid: string): string {
  return readText(`/proc/${pid}/stat`).split(') ').at(-1)?.split(' ')[19] ?? ''
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return ''
  }
}
