/** Crowds of peers that mean no good beside one that does: nobody is kept out by them, and nothing falls over. */
import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import Database from 'better-sqlite3'
import {expect, it} from 'vitest'
import {poll} from '../lab/process.ts'
import {type Bench, said, useBench} from '../support/bench.ts'
import {type ContainerView, deckyContainers} from '../support/engine-view.ts'
import type {FloodJob, FloodResult} from '../support/flood-main.ts'
import {addAddresses, intrude} from '../support/intruder-script.ts'
import {describeOnLab} from '../support/lab.ts'
import {keep} from '../support/promise-tally.ts'
import type {Exchange, RightClientJob} from '../support/right-client-main.ts'
import type {SiegeJob, SiegeResult} from '../support/siege-main.ts'
import {rounds} from '../support/soak.ts'

const LIMIT_MS = 600_000
const PASSWORD = 'Winter-2024'
const FLEET = {
  web: {services: 'http, https'},
  gate: {services: 'ssh, telnet'},
  'gate.ssh': {users: `root:${PASSWORD}`},
  store: {services: 'redis, ftp, mysql'},
  mail: {services: 'smtp, imap'},
} as const

const SESSIONS = 1000
const SIEGE_SECONDS = rounds(12, 120)
const CONNECTS = rounds(2000, 20_000)
const ABREAST = 200
/** A decky closes what takes too long, and then waits for a moment until the peer does so, too. */
const CLOSING_MS = 10_000
/** How long servers wait for a login or a whole request; the others do for longer than a siege. */
const GRACE_MS: Readonly<Record<string, number>> = {
  http: 60_000,
  https: 60_000,
  telnet: 60_000,
  redis: 60_000,
  mysql: 10_000,
  ssh: 120_000,
}
const ESTABLISHED = '01'

interface Target {
  readonly ip: string
  readonly port: number
  readonly service: string
}

/** Each service at the port that it is known by. */
async function targetsOf(on: Bench): Promise<Target[]> {
  const {deckies} = await on.status()
  return deckies.flatMap(({ip, services}) =>
    [...Map.groupBy(services, ({name}) => name)].map(([service, [first]]) => ({ip, port: first?.port ?? 0, service})),
  )
}

/** Which process each decky is, and that none was begun again. */
async function lives(on: Bench): Promise<unknown> {
  const containers = [...(await deckyContainers(on.lab))]
  return containers.map(([name, {Id, RestartCount, State}]) => [name, Id, RestartCount, State.StartedAt, State.Pid])
}

/** Connections that the kernel of a decky has open. */
function connectionsOf({State}: ContainerView): number {
  const lines = readFileSync(`/proc/${State.Pid}/net/tcp`, 'utf8').trim().split('\n').slice(1)
  return lines.filter((line) => line.trim().split(/\s+/)[3] === ESTABLISHED).length
}

async function nobodyIsLeft(on: Bench): Promise<void> {
  const containers = [...(await deckyContainers(on.lab)).values()]
  await poll('every connection is closed', () => containers.every((container) => connectionsOf(container) === 0), {
    timeoutMs: 15_000,
  })
}

function sum(on: Bench, sql: string): number {
  const db = new Database(join(on.stateDir, 'events.db'), {readonly: true})
  try {
    return Number(db.prepare(sql).pluck().get() ?? 0)
  } finally {
    db.close()
  }
}

const suppressed = (on: Bench, ...reasons: string[]): number =>
  sum(
    on,
    `SELECT total(json ->> '$.data.count') FROM evidence WHERE event = 'suppressed'
       AND json ->> '$.data.reason' IN (${reasons.map((reason) => `'${reason}'`).join(', ')})`,
  )

function percentile95(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(sorted.length * 0.95) - 1)] ?? 0
}

describeOnLab('a decky under siege', () => {
  const bench = useBench('siege')

  it('serves who comes in the right way, and is rid of the others in time', {timeout: LIMIT_MS}, async () => {
    const on = bench()
    await on.deploy(on.text(FLEET))
    const targets = await targetsOf(on)
    const sources = [240, 241, 242, 243].map((host) => on.site.address(host))
    await addAddresses(on.lab, sources)
    const before = await lives(on)
    await keep('P26', `sieges by ${SESSIONS} slow sessions of ${SIEGE_SECONDS} s`, 1, async ({highest}) => {
      const limit = SIEGE_SECONDS * 1000 + 60_000
      const siege: SiegeJob = {targets, sources, sessions: SESSIONS, seconds: SIEGE_SECONDS}
      const right: RightClientJob = {
        targets,
        source: on.lab.layout.intruderAddress,
        seconds: SIEGE_SECONDS,
        password: PASSWORD,
      }
      const [met, exchanges] = await Promise.all([
        intrude<SiegeResult>(on.lab, 'siege-main.ts', siege, limit),
        intrude<Exchange[]>(on.lab, 'right-client-main.ts', right, limit),
      ])
      highest('besiegers held at once', met.held)
      highest('besiegers let in', met.connected)
      highest('right exchanges', exchanges.length)
      highest('right exchanges, p95 in ms', percentile95(exchanges.map(({ms}) => ms)))
      for (const {service, ms} of exchanges) highest(`slowest exchange by ${service} in ms`, ms)
      expect(exchanges.filter(({failure}) => failure !== null)).toEqual([])
      expect(exchanges).toHaveLength(SIEGE_SECONDS)
      // Without a crowd in the decky it would be no siege.
      expect(met.held).toBeGreaterThan(SESSIONS / 4)
      for (const [service, ms] of [...Object.entries(met.longest), ...Object.entries(met.oldest)]) {
        expect(ms, `a session of ${service}`).toBeLessThan((GRACE_MS[service] ?? LIMIT_MS) + CLOSING_MS)
        highest(`longest session of ${service} in ms`, ms)
      }
      expect(met.longest.mysql, 'some are closed within the siege').toBeGreaterThan(0)
      await nobodyIsLeft(on)
      expect(await lives(on)).toEqual(before)
    })
  })

  it('counts every connection of a flood, and stands it', {timeout: LIMIT_MS}, async () => {
    const on = bench()
    await on.deploy(on.text({share: {services: 'ftp'}, mail: {services: 'smtp'}}))
    const targets = await targetsOf(on)
    const sources = [244, 245, 246, 247].map((host) => on.site.address(host))
    await addAddresses(on.lab, sources)
    const before = await lives(on)
    // The log of a decky is rotated, and what nobody reads in time is a gap and no count.
    const collector = on.start(['collect'], {timeoutMs: LIMIT_MS})
    await keep('P27', `floods of ${CONNECTS} connections`, 1, async ({highest}) => {
      const flood: FloodJob = {targets, sources, connects: CONNECTS, abreast: ABREAST}
      const met = await intrude<FloodResult>(on.lab, 'flood-main.ts', flood, LIMIT_MS)
      for (const [name, value] of Object.entries(met)) highest(`connections: ${name}`, value)
      expect(met.greeted + met.reset + met.unanswered).toBe(CONNECTS)
      expect(met.unanswered).toBe(0)
      await nobodyIsLeft(on)
      expect(await lives(on)).toEqual(before)
      // A greeted one is a start and an end, as events or as events that were too many; the others were refused.
      const counted = () => ({
        events:
          sum(on, `SELECT count(*) FROM evidence WHERE event IN ('session.start', 'session.end')`) +
          suppressed(on, 'event-rate', 'output'),
        refused: suppressed(on, 'connections', 'reset'),
      })
      await poll('all of them are counted', () => counted().events + 2 * counted().refused >= 2 * CONNECTS, {
        timeoutMs: 20_000,
        everyMs: 200,
      }).catch(() => undefined)
      expect(counted()).toEqual({events: 2 * met.greeted, refused: met.reset})
      expect(sum(on, 'SELECT count(*) FROM gaps')).toBe(0)
      const right: RightClientJob = {targets, source: on.lab.layout.intruderAddress, seconds: 2, password: PASSWORD}
      const exchanges = await intrude<Exchange[]>(on.lab, 'right-client-main.ts', right)
      expect(exchanges.filter(({failure}) => failure !== null)).toEqual([])
    })
    collector.child.kill('SIGINT')
    const outcome = await collector.done
    expect(outcome, said(outcome)).toMatchObject({code: 130})
  })
})
