/** The decoy as it is shipped: size, start, memory, and how many connections a second each service takes. */
import {type ChildProcess, execFileSync, fork, spawn} from 'node:child_process'
import {mkdtempSync, readFileSync, rmSync, statSync} from 'node:fs'
import {connect} from 'node:net'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'

import {SERVICE_DEFINITIONS} from '../src/catalog/services.ts'
import type {DeckyManifest, ServiceManifest} from '../src/decoy/manifest.ts'
import {encodeManifest} from '../src/decoy/manifest.ts'
import {Persona} from '../src/decoy/persona.ts'
import {SERVICE_LOADERS} from '../src/decoy/services.ts'
import {eachOf, residentMegabytes} from './embedded-fleet.ts'
import {type Result, timed} from './measure.ts'

const ADDRESS = '127.90.0.1'
const PEER_PORT = 20_007
const OFFSET = 20_000
const CONNECTIONS = 300
const PARALLEL = 8
const IDLE_CONNECTIONS = 200
const READY_MS = 60_000
const ANSWER_MS = 1000
const MEGABYTE = 1024 * 1024

/** One decky with everything, as nobody would deploy it: the most that one process has to carry. */
export async function benchServices(): Promise<Result[]> {
  const base = mkdtempSync(join(tmpdir(), 'decnet-bench-services-'))
  const peer = fork(join(import.meta.dirname, 'services-peer.ts'), [ADDRESS, String(PEER_PORT)])
  try {
    await new Promise((resolve, reject) => peer.once('message', resolve).once('error', reject))
    execFileSync(process.execPath, [join(import.meta.dirname, '../scripts/bundle-decoy.ts'), join(base, 'bundle')])
    return await measured(base, peer)
  } finally {
    peer.kill('SIGKILL')
    rmSync(base, {recursive: true, force: true})
  }
}

async function measured(base: string, peer: ChildProcess): Promise<Result[]> {
  const bundle = join(base, 'bundle', 'main.cjs')
  const nothing = await timedNode()
  const {decoy, readyMs} = await startDecoy(base, bundle)
  try {
    const pid = decoy.pid ?? 0
    const idle = residentMegabytes(pid)
    const bare = residentMegabytes(peer.pid ?? 0)
    const loaded = await underLoad(pid)
    const rates = await connectionRates()
    const size = statSync(bundle).size / MEGABYTE
    const node = statSync(process.execPath).size / MEGABYTE
    return [
      {name: 'bundle of the decoy', peer: 'node itself', ours: size, theirs: node, unit: 'MB'},
      {name: 'every service until it answers', peer: 'node -e 0', ours: readyMs, theirs: nothing, unit: 'ms'},
      {name: 'every service, memory idle', peer: 'node echo server', ours: idle, theirs: bare, unit: 'MB'},
      {name: `memory with ${IDLE_CONNECTIONS} connections`, peer: 'idle', ours: loaded, theirs: idle, unit: 'MB'},
      ...rates,
    ]
  } finally {
    decoy.kill('SIGKILL')
  }
}

const timedNode = (): Promise<number> =>
  timed(async () => {
    execFileSync(process.execPath, ['-e', '0'])
  })

async function startDecoy(base: string, bundle: string): Promise<{decoy: ChildProcess; readyMs: number}> {
  const status = join(base, 'status.json')
  const env = {...process.env, MANIFEST: encodeManifest({v: 1, deckies: [everything()]}), STATUS_FILE: status}
  const started = performance.now()
  // Evidence would fill a pipe that nobody reads.
  const decoy = spawn(process.execPath, [bundle], {env, stdio: ['ignore', 'ignore', 'inherit']})
  while (!ready(status)) {
    if (performance.now() - started > READY_MS || decoy.exitCode !== null) {
      decoy.kill('SIGKILL')
      throw new Error('the decoy does not get ready')
    }
    await sleep(10)
  }
  return {decoy, readyMs: performance.now() - started}
}

function ready(status: string): boolean {
  try {
    const text = readFileSync(status, 'utf8')
    const states = [...text.matchAll(/"state":\s*"(\w+)"/g)].map(([, state]) => state)
    return states.length === everything().services.length && states.every((state) => state === 'answering')
  } catch {
    return false
  }
}

const TCP_PORTS = SERVICE_DEFINITIONS.filter(({name}) => SERVICE_LOADERS.has(name)).flatMap(({name, ports}) => {
  const first = ports.find(({protocol}) => protocol === 'tcp')
  return first === undefined ? [] : [{name, port: first.port}]
})

function everything(): DeckyManifest {
  const taken = new Set<number>()
  const services: ServiceManifest[] = TCP_PORTS.flatMap(({name, port}) => {
    if (taken.has(port)) return []
    taken.add(port)
    const definition = SERVICE_DEFINITIONS.find((each) => each.name === name)
    const options = Object.entries(definition?.options ?? {}).flatMap(([key, option]) =>
      option.default === null ? [] : [[key, option.default] as const],
    )
    return [{name, ports: [{port, protocol: 'tcp' as const}], options: Object.fromEntries(options)}]
  })
  return {
    name: 'bench',
    bind: ADDRESS,
    portOffset: OFFSET,
    persona: {
      hostname: 'BENCH01',
      domain: 'corp.example',
      os: 'windows_server',
      distro: 'windows2022',
      archetype: null,
      ip: ADDRESS,
      mac: '00:50:56:00:00:01',
      seed: '5a'.repeat(32),
      since: '2026-01-01T00:00:00.000Z',
    },
    services,
  }
}

/** From addresses of their own, so that no limit of one source is what is measured. */
const sourceOf = (index: number): string => `127.90.${1 + Math.floor(index / 250)}.${1 + (index % 250)}`

async function underLoad(pid: number): Promise<number> {
  const sockets = await Promise.all(
    Array.from({length: IDLE_CONNECTIONS}, (_, index) => {
      const target = TCP_PORTS[index % TCP_PORTS.length]
      return opened((target?.port ?? 0) + OFFSET, sourceOf(index))
    }),
  )
  await sleep(500)
  const megabytes = residentMegabytes(pid)
  for (const socket of sockets) socket.destroy()
  return megabytes
}

function opened(port: number, localAddress: string) {
  return new Promise<ReturnType<typeof connect>>((resolve, reject) => {
    const socket = connect({host: ADDRESS, port, localAddress}, () => resolve(socket))
    socket.once('error', reject)
    socket.resume()
  })
}

async function connectionRates(): Promise<Result[]> {
  const results: Result[] = []
  for (const {name, port} of TCP_PORTS) {
    const opening = await openingOf(name, port)
    const theirs = await rate(PEER_PORT, opening)
    const ours = await rate(port + OFFSET, opening)
    results.push({name: `${name}: 1000 connections`, peer: 'node echo server', ours, theirs, unit: 'ms'})
  }
  return results
}

/** What the service's own self-test sends, which it answers; in clear what every port of TLS refuses. */
async function openingOf(name: string, port: number): Promise<Buffer> {
  const create = await SERVICE_LOADERS.get(name)?.()
  const decky = everything()
  const options = decky.services.find((each) => each.name === name)?.options ?? {}
  const service = await create?.(new Persona(decky.persona), options)
  const handler = service?.tcp?.(port)
  const tls = handler?.kind === 'protocol' && handler.tls !== undefined
  const send = tls ? undefined : service?.selfTest(port).send
  return send === undefined || send.length === 0 ? Buffer.from('GET / HTTP/1.0\r\n\r\n') : send
}

/** Milliseconds that a thousand connections take which ask something and hear the end or the first of the answer. */
async function rate(port: number, opening: Buffer): Promise<number> {
  const indexes = Array.from({length: CONNECTIONS}, (_, index) => index)
  const elapsed = await timed(() => eachOf(indexes, PARALLEL, (index) => conversation(port, sourceOf(index), opening)))
  return (elapsed * 1000) / CONNECTIONS
}

function conversation(port: number, localAddress: string, opening: Buffer): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect({host: ADDRESS, port, localAddress})
    const done = (): void => {
      clearTimeout(timer)
      socket.destroy()
      resolve()
    }
    const timer = setTimeout(done, ANSWER_MS)
    socket.once('connect', () => socket.write(opening))
    socket.once('data', done)
    socket.once('error', done)
    socket.once('close', done)
  })
}
