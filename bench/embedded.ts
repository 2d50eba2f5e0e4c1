import {execFileSync, fork} from 'node:child_process'
import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'

import {readProcess} from '../src/decoy/embedded/files.ts'
import {createEmbeddedEngine} from '../src/engines/embedded/index.ts'
import type {Engine} from '../src/engines/engine.ts'
import type {FleetNetwork} from '../src/fleet/decky.ts'
import {benchRequest, eachOf, OFFSET, PORTS, processorMs, residentMegabytes, scan} from './embedded-fleet.ts'
import {type Result, timed} from './measure.ts'

const DECKIES = 500
const OURS = '127.88'
const PEERS = '127.89'
/** As `deploy` has operations under way. */
const PARALLEL = 16
const SCANNERS = 64
const IDLE_MS = 2000

interface Measured {
  readonly readyMs: number
  readonly megabytes: number
  readonly scanMs: number
}

/** Five hundred deckies of three services in one process, beside a Node that only listens on as many ports. */
export async function benchEmbedded(): Promise<Result[]> {
  const theirs = await measurePeer()
  const ours = await measureOurs()
  const what = `${DECKIES} deckies of 3 services`
  const peer = `node listening on ${DECKIES * PORTS.length} ports`
  return [
    {name: `${what} until ready`, peer, ours: ours.readyMs, theirs: theirs.readyMs, unit: 'ms'},
    {name: `${what}, memory`, peer, ours: ours.megabytes, theirs: theirs.megabytes, unit: 'MB'},
    {name: `connect scan of ${what}`, peer, ours: ours.scanMs, theirs: theirs.scanMs, unit: 'ms'},
    {
      name: 'all again after SIGKILL',
      peer: `${what} until ready`,
      ours: ours.againMs,
      theirs: ours.readyMs,
      unit: 'ms',
    },
  ]
}

async function measurePeer(): Promise<Measured> {
  const args = [PEERS, String(DECKIES), ...PORTS.map(String)]
  const startedAt = performance.now()
  const child = fork(join(import.meta.dirname, 'embedded-peer.ts'), args)
  try {
    await new Promise((resolve, reject) => child.once('message', resolve).once('error', reject))
    const readyMs = performance.now() - startedAt
    const megabytes = residentMegabytes(child.pid ?? 0)
    return {readyMs, megabytes, scanMs: await timedScan(PEERS)}
  } finally {
    child.kill('SIGKILL')
  }
}

async function measureOurs(): Promise<Measured & {readonly againMs: number}> {
  const base = mkdtempSync(join(tmpdir(), 'decnet-bench-embedded-'))
  const bundleDirectory = join(base, 'bundle')
  execFileSync(process.execPath, [join(import.meta.dirname, '../scripts/bundle-decoy.ts'), bundleDirectory])
  const directory = join(base, 'embedded')
  const engine = await createEmbeddedEngine({
    install: {id: 'bench', secret: Buffer.alloc(32, 1), since: '2026-01-01T00:00:00.000Z'},
    evidence: {store: () => 0},
    directory,
    portOffset: OFFSET,
    bundleDirectory,
  })
  const pid = (): number => readProcess(directory)?.pid ?? 0
  try {
    const readyMs = await timed(() => createAll(engine))
    const megabytes = residentMegabytes(pid())
    const scanMs = await timedScan(OURS)
    await report(pid(), megabytes)
    process.kill(pid(), 'SIGKILL')
    const againMs = await timed(() => createAll(engine))
    return {readyMs, megabytes, scanMs, againMs}
  } finally {
    process.kill(pid(), 'SIGKILL')
    rmSync(base, {recursive: true, force: true})
  }
}

async function createAll(engine: Engine): Promise<void> {
  const network: FleetNetwork = {driver: 'loopback', interface: 'lo', subnet: `${OURS}.0.0/16`, gateway: `${OURS}.0.1`}
  const call = () => ({signal: AbortSignal.timeout(120_000)})
  await engine.createNetwork(network, call())
  await engine.ensureImage(call())
  const indexes = Array.from({length: DECKIES}, (_, index) => index)
  await eachOf(indexes, PARALLEL, (index) => engine.createDecky(benchRequest(OURS, index), network, call()))
  const names = indexes.map((index) => benchRequest(OURS, index).decky.name)
  const probes = await engine.probe(names, call().signal)
  const down = probes.filter(({services}) => !services.every(({state}) => state === 'answering'))
  if (down.length > 0) throw new Error(`${down.length} deckies are not ready`)
}

async function timedScan(subnet: string): Promise<number> {
  let open = 0
  const elapsed = await timed(async () => {
    open = await scan(subnet, DECKIES, SCANNERS)
  })
  if (open !== DECKIES * PORTS.length) throw new Error(`the scan found ${open} open ports`)
  return elapsed
}

async function report(pid: number, megabytes: number): Promise<void> {
  const before = processorMs(pid)
  await sleep(IDLE_MS)
  const idle = (100 * (processorMs(pid) - before)) / IDLE_MS
  const each = ((megabytes * 1024) / DECKIES).toFixed(0)
  process.stdout.write(`memory: ${each} kB a decky with the process shared out; idle: ${idle.toFixed(1)} % of a core\n`)
}
