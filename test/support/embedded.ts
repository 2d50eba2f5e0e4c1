/** The embedded engine with a real process, in a directory and on loopback addresses of its own. */
import {execFileSync} from 'node:child_process'
import {mkdtempSync, readdirSync, rmSync} from 'node:fs'
import {connect, type Socket} from 'node:net'
import {tmpdir} from 'node:os'
import {join} from 'node:path'

import {readProcess} from '../../src/decoy/embedded/files.ts'
import {processIdentity} from '../../src/decoy/embedded/process-identity.ts'
import {createEmbeddedEngine} from '../../src/engines/embedded/index.ts'
import {DEFAULT_TIMING, type Timing} from '../../src/engines/embedded/timing.ts'
import type {DeckyRequest, Engine} from '../../src/engines/engine.ts'
import type {Decky, FleetNetwork} from '../../src/fleet/decky.ts'
import {eventually} from './serve.ts'

const ROOT = join(import.meta.dirname, '../..')
/** Above what is privileged, and where little else listens. */
export const OFFSET = 21_000
/** Suites of other processes have other subnets. */
const PREFIX = `127.90.${process.pid % 250}`

/** Bundles the decoy into a directory of its own. */
export function buildBundle(): string {
  const out = mkdtempSync(join(tmpdir(), 'decnet-embedded-bundle-'))
  execFileSync(process.execPath, ['scripts/bundle-decoy.ts', out], {cwd: ROOT, timeout: 60_000})
  return out
}

export type Service = Decky['services'][number]

export const REDIS: Service = {name: 'redis', ports: [{port: 6379, protocol: 'tcp'}], options: {}}
export const HTTP: Service = {name: 'http', ports: [{port: 80, protocol: 'tcp'}], options: {}}
export const SSH: Service = {name: 'ssh', ports: [{port: 22, protocol: 'tcp'}], options: {}}

export class EmbeddedWorld {
  readonly base: string
  readonly directory: string
  readonly network: FleetNetwork
  /** What was drained into the store. */
  readonly stored: string[] = []
  readonly #bundle: string
  readonly #prefix: string

  constructor(bundle: string, options: {readonly depth?: string; readonly prefix?: string} = {}) {
    this.#bundle = bundle
    this.#prefix = options.prefix ?? PREFIX
    this.base = mkdtempSync(join(tmpdir(), 'decnet-embedded-'))
    this.directory = join(this.base, options.depth ?? '', 'embedded')
    const [subnet, gateway] = [`${this.#prefix}.0/24`, `${this.#prefix}.1`]
    this.network = {driver: 'loopback', interface: 'lo', subnet, gateway}
  }

  engine(options: {portOffset?: number; bundle?: string; timing?: Partial<Timing>} = {}): Promise<Engine> {
    return createEmbeddedEngine({
      install: {id: 'test-install', secret: Buffer.alloc(32, 7), since: '2026-01-01T00:00:00.000Z'},
      evidence: {store: (lines) => this.stored.push(...lines)},
      directory: this.directory,
      portOffset: options.portOffset ?? OFFSET,
      bundleDirectory: options.bundle ?? this.#bundle,
      timing: {...DEFAULT_TIMING, ...options.timing},
    })
  }

  ip(host: number): string {
    return `${this.#prefix}.${host}`
  }

  request(name: string, host: number, services: readonly Service[] = [REDIS], configHash = 'hash-1'): DeckyRequest {
    const decky: Decky = {
      name,
      ip: this.ip(host),
      mac: `00:50:56:00:00:${host.toString(16).padStart(2, '0')}`,
      hostname: `host-${host}`,
      os: 'linux',
      distro: 'debian',
      archetype: null,
      host: 'local',
      services,
      customServices: [],
      mutateInterval: null,
    }
    return {decky, domain: null, configHash, generation: 1}
  }

  /** The process of the directory, if it lives. */
  get pid(): number | null {
    const record = readProcess(this.directory)
    return record?.identity != null && processIdentity(record.pid) === record.identity ? record.pid : null
  }

  async kill(): Promise<void> {
    const {pid} = this
    if (pid === null) return
    process.kill(pid, 'SIGKILL')
    await eventually(() => this.pid === null)
  }

  /** Names in the directory; none where it is gone. */
  get files(): string[] {
    try {
      return readdirSync(this.directory).toSorted()
    } catch {
      return []
    }
  }

  async dispose(): Promise<void> {
    await this.kill()
    rmSync(this.base, {recursive: true, force: true})
  }
}

export function call(timeoutMs = 20_000): {signal: AbortSignal} {
  return {signal: AbortSignal.timeout(timeoutMs)}
}

/** An open connection to a Redis decky, and what it answers. */
export class RedisClient {
  readonly socket: Socket
  closed = false

  private constructor(socket: Socket) {
    this.socket = socket
    socket.on('close', () => {
      this.closed = true
    })
  }

  static async open(ip: string, port = REDIS_BOUND): Promise<RedisClient> {
    const socket = connect(port, ip)
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve)
      socket.once('error', reject)
    })
    socket.on('error', () => {})
    return new RedisClient(socket)
  }

  ask(command = 'PING'): Promise<string> {
    return new Promise((resolve, reject) => {
      this.socket.once('data', (chunk) => resolve(chunk.toString()))
      this.socket.once('close', () => reject(new Error('closed')))
      this.socket.write(`${command}\r\n`)
    })
  }
}

export const REDIS_BOUND = 6379 + OFFSET

/** Whether somebody accepts connections there. */
export async function listens(ip: string, port = REDIS_BOUND): Promise<boolean> {
  try {
    const client = await RedisClient.open(ip, port)
    client.socket.destroy()
    return true
  } catch {
    return false
  }
}
