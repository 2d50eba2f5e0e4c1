/** An intruder who writes into the log as much as he can: it takes no more of the disk than it may. */
import {spawn} from 'node:child_process'
import {readdirSync, statSync} from 'node:fs'
import {basename, dirname, join} from 'node:path'
import Database from 'better-sqlite3'
import {describe, expect, it} from 'vitest'
import {FILE_BYTES, FILE_COUNT} from '../../src/decoy/embedded/evidence-files.ts'
import {FILES} from '../../src/decoy/embedded/protocol.ts'
import {collect, poll} from '../lab/process.ts'
import {type Bench, useBench} from '../support/bench.ts'
import {inspectContainers} from '../support/engine-view.ts'
import {addAddresses, intrude} from '../support/intruder-script.ts'
import {describeOnLab} from '../support/lab.ts'
import {keep, type Round} from '../support/promise-tally.ts'
import type {ScribbleJob, ScribbleResult} from '../support/scribble-main.ts'
import {rounds} from '../support/soak.ts'

const LIMIT_MS = 300_000
const PASSWORD = 'Winter-2024'
const SECONDS = rounds(5, 60)
const MARGIN = 1.05
/** Of the log of a decky, in octets. */
const LOG_BYTES = 6_000_000
const ENOUGH = 0.8
const WAYS = [
  'ssh commands',
  'uploads over SFTP',
  'uploads over FTP',
  'FTP commands',
  'HTTP requests',
  'redis commands',
  'datagrams',
]
const FLEET = {
  gate: {services: 'ssh, http, ftp'},
  'gate.ssh': {users: `root:${PASSWORD}`},
  'gate.ftp': {users: `root:${PASSWORD}`},
  store: {services: 'redis, dns'},
} as const

async function targetsOf(on: Bench): Promise<ScribbleJob['targets']> {
  const {deckies} = await on.status()
  return deckies.flatMap(({ip, services}) =>
    [...Map.groupBy(services, ({name}) => name)].map(([service, [first]]) => ({
      ip,
      port: first?.boundPort ?? 0,
      service,
    })),
  )
}

/** Octets of all files of a folder whose names begin like that. */
function sizeOf(folder: string, prefix = ''): number {
  const sizes = readdirSync(folder).map((name) => {
    if (!name.startsWith(prefix)) return 0
    // It may be rotated away meanwhile.
    return statSync(join(folder, name), {throwIfNoEntry: false})?.size ?? 0
  })
  return sizes.reduce((sum, size) => sum + size, 0)
}

/** Does work and watches sizes meanwhile; resolves with the largest of each. */
async function largest(sizes: () => readonly number[], work: () => Promise<unknown>): Promise<number[]> {
  let found = [...sizes()]
  let done = false
  const working = work().finally(() => {
    done = true
  })
  const watching = poll(
    'it is over',
    () => {
      const now = sizes()
      found = found.map((most, index) => Math.max(most, now[index] ?? 0))
      return done
    },
    {timeoutMs: LIMIT_MS, everyMs: 20},
  )
  await Promise.all([working, watching])
  return found
}

/** Nothing is missing that is not said to be: as a gap by its numbers, or by how many there were. */
async function expectCounted(on: Bench, {highest}: Round): Promise<void> {
  await on.run(['collect', '--once'])
  const db = new Database(join(on.stateDir, 'events.db'), {readonly: true})
  try {
    const boots = db
      .prepare(
        `SELECT boot, count(*) + (SELECT total(last - first + 1) FROM gaps WHERE gaps.boot = evidence.boot) AS known,
           max(seq) AS last FROM evidence GROUP BY boot`,
      )
      .all() as {boot: string; known: number; last: number}[]
    expect(boots.filter(({known, last}) => known !== last)).toEqual([])
    const reasons = db
      .prepare(
        `SELECT json ->> '$.data.reason' AS reason, total(json ->> '$.data.count') AS count FROM evidence
           WHERE event = 'suppressed' GROUP BY reason`,
      )
      .all() as {reason: string; count: number}[]
    for (const {reason, count} of reasons) highest(`left out: ${reason}`, count)
    expect(reasons.map(({reason}) => reason)).toContain('event-rate')
  } finally {
    db.close()
  }
}

function noteSent({highest}: Round, sent: ScribbleResult): void {
  for (const what of WAYS) expect(sent[what], what).toBeGreaterThan(0)
  for (const [what, count] of Object.entries(sent)) highest(`sent: ${what}`, count)
}

describeOnLab('the log of a container', () => {
  const bench = useBench('disk')

  it('stays within its bound, whatever is written to it', {timeout: LIMIT_MS}, async () => {
    const on = bench()
    await on.deploy(on.text(FLEET))
    const sources = [240, 241, 242, 243, 244, 245].map((host) => on.site.address(host))
    await addAddresses(on.lab, sources)
    const containers = await inspectContainers(on.lab)
    const logs = await Promise.all(
      containers.map(async ({Id}) => (await on.lab.docker(['inspect', '-f', '{{.LogPath}}', Id])).trim()),
    )
    const bounds = containers.map(({HostConfig: {LogConfig}}) => {
      const {'max-size': size = '', 'max-file': files = ''} = LogConfig.Config
      // The Engine counts in thousands (go-units `FromHumanSize`).
      expect(size).toMatch(/^\d+m$/)
      return Number.parseInt(size, 10) * 1_000_000 * Number(files)
    })
    const job: ScribbleJob = {targets: await targetsOf(on), sources, seconds: SECONDS, password: PASSWORD}
    await keep('P28', `${SECONDS} s of writing to the logs of containers`, 1, async (round) => {
      expect(bounds).toEqual(bounds.map(() => LOG_BYTES))
      let taken: number[] = []
      // Below that nothing would have been held back; a busy machine takes longer.
      for (let again = 0; again < 5 && Math.max(0, ...taken) < ENOUGH * LOG_BYTES; again++) {
        taken = await largest(
          () => logs.map((path) => sizeOf(dirname(path), basename(path))),
          async () => noteSent(round, await intrude<ScribbleResult>(on.lab, 'scribble-main.ts', job, LIMIT_MS)),
        )
      }
      expect(Math.max(...taken)).toBeGreaterThan(ENOUGH * LOG_BYTES)
      for (const [index, bound] of bounds.entries()) {
        round.highest(
          `thousandths of the bound that ${containers[index]?.Name.slice(1)} took`,
          (1000 * (taken[index] ?? 0)) / bound,
        )
        expect(taken[index]).toBeLessThan(bound * MARGIN)
      }
      for (const {Id} of containers) {
        const layer = await on.lab.docker(['inspect', '-s', '-f', '{{.SizeRw}}', Id])
        expect(Number(layer.trim()), 'nothing is written elsewhere').toBe(0)
      }
      await expectCounted(on, round)
    })
  })
})

describe('the evidence of the embedded engine', () => {
  const bench = useBench('disk-embedded', {}, 'embedded')

  it('stays within its bound, whatever is written to it', {timeout: LIMIT_MS}, async () => {
    const on = bench()
    await on.deploy(on.text(FLEET))
    const folder = join(on.stateDir, 'embedded', FILES.evidence)
    const job: ScribbleJob = {
      targets: await targetsOf(on),
      // Every address of the loopback network is a source of its own.
      sources: Array.from({length: 8}, (_, index) => `127.0.9.${index + 1}`),
      seconds: rounds(2, 60),
      password: PASSWORD,
    }
    await keep('P28', `${job.seconds} s of writing to the evidence of the embedded engine`, 1, async (round) => {
      const [taken = 0] = await largest(
        () => [sizeOf(folder)],
        async () => {
          const script = join(import.meta.dirname, '../support/scribble-main.ts')
          const child = spawn(process.execPath, [script], {stdio: ['pipe', 'pipe', 'pipe']})
          child.stdin.end(JSON.stringify(job))
          const outcome = await collect(child, 'scribble-main.ts', LIMIT_MS)
          expect(outcome.code, outcome.stderr).toBe(0)
          noteSent(round, JSON.parse(outcome.stdout))
        },
      )
      round.highest('thousandths of the bound that were taken', (1000 * taken) / (FILE_BYTES * FILE_COUNT))
      expect(taken).toBeLessThan(FILE_BYTES * FILE_COUNT * MARGIN)
      expect(taken).toBeGreaterThan(1_000_000)
      await expectCounted(on, round)
    })
  })
})
