/**
 * Every kind of sink at once, fed by one collector, while each receiver is killed and started again at times of its own, and
 * so is the collector. Receivers are Debian's; what they have in the end is compared with what was stored.
 */
import {mkdirSync, readdirSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {EvidenceStore} from '../../src/events/evidence-store.ts'
import type {Alert} from '../../src/events/incidents/incident.ts'
import {findSinks} from '../../src/events/sinks/outbox.ts'
import {must, poll} from '../lab/process.ts'
import {ensurePackages, RECEIVER_PACKAGES, whyNoPackages} from '../lab/tools.ts'
import {type Bench, said, useBench} from '../support/bench.ts'
import type {RunningDecnet} from '../support/decnet.ts'
import {EvidenceStream} from '../support/evidence-stream.ts'
import {Random, seedOfRun} from '../support/random.ts'
import type {Daemon} from '../support/receivers/daemon.ts'
import {chat, elasticsearch, httpServer, jsonReceived, webhook} from '../support/receivers/http.ts'
import {Nats} from '../support/receivers/nats.ts'
import type {Received, Receiver} from '../support/receivers/receiver.ts'
import {Rsyslog} from '../support/receivers/rsyslog.ts'
import {Smtp} from '../support/receivers/smtp.ts'
import {rounds} from '../support/soak.ts'

const LIMIT_MS = 600_000
/** Of each receiver, of the collector, and of the file. */
const KILLS = rounds(2, 40)
const BURST = 300
const BURST_EVERY_MS = 100
const SEED = seedOfRun()

const why = await whyNoPackages(RECEIVER_PACKAGES)
if (why !== undefined) console.warn(`\n*** SKIPPED: sinks: ${why} ***\n`)

/** What one sink should have had: events and alerts have an order each. */
interface Stage {
  readonly name: string
  readonly type: string
  readonly receiver: Pick<Receiver, 'settings' | 'received'>
  /** Kind of events that it gets; `none`: alerts only. */
  readonly events: 'all' | 'logins' | 'none'
  /** How it names an alert. */
  readonly alert: (alert: Alert) => string
}

const byKey = ({incident, id}: Alert): string => `incident-${incident}-${id}`
const byWords = ({incident, reason, class: eventClass}: Alert): string => `${incident} ${reason} ${eventClass}`

describe.skipIf(why !== undefined && process.env.DECNET_REQUIRE_LAB !== '1')('every sink', () => {
  const bench = useBench('sinks', {keepsFleet: true}, 'embedded')
  const daemons: Daemon[] = []
  const stages: Stage[] = []
  const outputs: string[] = []
  let directory: string
  let stream: EvidenceStream
  let alerts: Alert[]
  let halfLines = 0

  /** Lines that a sink of our own host has, in which a killed writer may have left a half one. */
  function lines(texts: readonly string[]): Received[] {
    return texts
      .flatMap((text) => text.split('\n'))
      .flatMap((line) => {
        if (line === '') return []
        try {
          return [jsonReceived(line)]
        } catch {
          halfLines += 1
          return []
        }
      })
  }

  /** The file and what logrotate made of it, oldest first. */
  function rotated(): string[] {
    const number = (name: string): number => Number(name.split('.')[2] ?? 0)
    const folder = join(directory, 'log')
    const names = readdirSync(folder).toSorted((a, b) => number(b) - number(a))
    return names.map((name) => readFileSync(join(folder, name), 'utf8'))
  }

  async function makeReceivers(): Promise<void> {
    const [udp, tcp, tls] = await Promise.all(
      (['udp', 'tcp', 'tls'] as const).map((transport) => Rsyslog.create(directory, transport)),
    )
    if (udp === undefined || tcp === undefined || tls === undefined) throw new Error('unreachable')
    const hooks = await httpServer(directory, 'hooks')
    const search = await httpServer(directory, 'search')
    const nats = await Nats.create(directory)
    const smtp = await Smtp.create(directory)
    daemons.push(udp.daemon, tcp.daemon, tls.daemon, hooks.daemon, search.daemon, nats.daemon, smtp.daemon)
    for (const daemon of daemons) await daemon.start()
    await nats.prepare()
    const file: Stage['receiver'] = {
      settings: [`path=${join(directory, 'log', 'events.log')}`, 'megabytes=0'],
      received: () => lines(rotated()),
    }
    const stdout: Stage['receiver'] = {settings: [], received: () => lines(outputs)}
    const logins: Stage['receiver'] = {
      settings: [...udp.settings, 'events=high-confidence'],
      received: () => udp.received(),
    }
    stages.push(
      {name: 'file', type: 'file', receiver: file, events: 'all', alert: byKey},
      {name: 'stdout', type: 'stdout', receiver: stdout, events: 'all', alert: byKey},
      {name: 'udp', type: 'syslog', receiver: logins, events: 'logins', alert: byWords},
      {name: 'tcp', type: 'syslog', receiver: tcp, events: 'all', alert: byWords},
      {name: 'tls', type: 'syslog', receiver: tls, events: 'all', alert: byWords},
      {name: 'webhook', type: 'webhook', receiver: webhook(hooks), events: 'all', alert: byKey},
      {name: 'elasticsearch', type: 'elasticsearch', receiver: elasticsearch(search), events: 'all', alert: byKey},
      {name: 'slack', type: 'slack', receiver: chat(hooks, '/slack'), events: 'none', alert: byWords},
      {name: 'teams', type: 'teams', receiver: chat(search, '/teams'), events: 'none', alert: byWords},
      {name: 'nats', type: 'nats', receiver: nats, events: 'all', alert: byKey},
      {name: 'mail', type: 'mail', receiver: smtp, events: 'none', alert: byKey},
    )
  }

  function collector(on: Bench): RunningDecnet {
    const running = on.start(['collect'], {timeoutMs: LIMIT_MS})
    running.done.then(({stdout}) => outputs.push(stdout)).catch(() => undefined)
    return running
  }

  /** Kills them again and again while events come, each at times of its own. */
  async function trouble(on: Bench): Promise<void> {
    let running = collector(on)
    const random = new Random(SEED)
    const repeated = async (work: () => Promise<void>): Promise<void> => {
      for (let done = 0; done < KILLS; done++) {
        await sleep(random.between(100, 1000))
        await work()
      }
    }
    const producing = new AbortController()
    const produced = produce(producing.signal)
    await Promise.all([
      ...daemons.slice(1).map((daemon) =>
        repeated(async () => {
          await daemon.kill()
          await sleep(random.between(0, 500))
          await daemon.start()
        }),
      ),
      repeated(async () => {
        running.child.kill('SIGKILL')
        await running.done
        running = collector(on)
      }),
      repeated(() => rotate()),
    ])
    producing.abort()
    await produced
    await settled()
    running.child.kill('SIGINT')
    const outcome = await running.done
    expect(outcome, said(outcome)).toMatchObject({code: 130})
  }

  async function produce(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      stream.put(BURST)
      await sleep(BURST_EVERY_MS)
    }
  }

  async function rotate(): Promise<void> {
    const state = join(directory, 'logrotate-state')
    await must('/usr/sbin/logrotate', ['-f', '-s', state, join(directory, 'logrotate.conf')])
  }

  async function settled(): Promise<void> {
    const store = EvidenceStore.open(bench().stateDir)
    try {
      await poll('every sink has everything', () => findSinks(store).every(({waiting}) => waiting === 0), {
        timeoutMs: LIMIT_MS / 2,
        everyMs: 200,
      }).catch((error: unknown) => {
        throw new Error(`${error}\n${JSON.stringify(findSinks(store), null, 1)}`)
      })
      alerts = store.read([], (db) =>
        (db.prepare('SELECT id, json FROM alerts ORDER BY id').all() as {id: number; json: string}[]).map(
          ({id, json}): Alert => ({...JSON.parse(json), id}),
        ),
      )
    } finally {
      store.close()
    }
  }

  beforeAll(async () => {
    const on = bench()
    console.info(`sinks: seed ${SEED}`)
    await ensurePackages(RECEIVER_PACKAGES, (line) => console.info(`lab: ${line}`))
    directory = join(on.site.directory, 'receivers')
    mkdirSync(join(directory, 'log'), {recursive: true, mode: 0o700})
    const rotation = `rotate 999\n  size 1\n  create\n  missingok\n  nocompress\n`
    writeFileSync(join(directory, 'logrotate.conf'), `${join(directory, 'log', '*.log')} {\n  ${rotation}}\n`, {
      mode: 0o600,
    })
    await makeReceivers()
    for (const {name, type, receiver} of stages) {
      const outcome = await on.run(['sinks', 'add', name, type, ...receiver.settings])
      expect(outcome, said(outcome)).toMatchObject({code: 0})
    }
    const store = EvidenceStore.open(on.stateDir)
    stream = new EvidenceStream(store, 'b')
    await trouble(on).finally(() => store.close())
  }, LIMIT_MS)

  afterAll(async () => {
    for (const daemon of daemons) await daemon.kill()
  })

  it('had trouble', () => {
    expect(daemons.slice(1).map(({kills}) => kills)).toEqual(daemons.slice(1).map(() => KILLS))
    expect(outputs).toHaveLength(KILLS + 1)
    expect(alerts.length).toBeGreaterThan(20)
    console.info(`sinks: ${stream.events.length} events, ${alerts.length} alerts`)
  })

  it.each(['file', 'stdout', 'udp', 'tcp', 'tls', 'webhook', 'elasticsearch', 'slack', 'teams', 'nats', 'mail'])(
    '%s has everything, in order, and knows repetitions',
    async (name) => {
      const stage = stages.find((each) => each.name === name)
      if (stage === undefined) throw new Error(`no sink ${name}`)
      const received = await stage.receiver.received()
      const contents = new Map<string, string>()
      const changed = received.filter(({id, content}) => {
        const before = contents.get(id)
        if (before === undefined) contents.set(id, content)
        return before !== undefined && before !== content
      })
      expect(changed).toEqual([])
      const events = stream.events.flatMap(({id, credential}) =>
        stage.events === 'all' || (stage.events === 'logins' && credential?.outcome === 'success') ? [id] : [],
      )
      const wanted = new Set(events)
      const ids = [...contents.keys()]
      expectSame(
        ids.filter((id) => wanted.has(id)),
        events,
      )
      expectSame(
        ids.filter((id) => !wanted.has(id)),
        alerts.map(stage.alert),
      )
      console.info(`sinks: ${name} has ${contents.size}, and ${received.length - contents.size} of them again`)
    },
  )

  it('leaves a half line only where it was killed', () => {
    expect(halfLines).toBeLessThanOrEqual(2 * KILLS)
  })
})

/** As `toEqual`, which takes long to show how thousands differ. */
function expectSame(actual: readonly string[], expected: readonly string[]): void {
  const there = new Set(actual)
  const missing = expected.filter((id) => !there.has(id)).slice(0, 10)
  expect(missing).toEqual([])
  const at = actual.findIndex((id, index) => id !== expected[index])
  expect(actual.slice(at, at < 0 ? 0 : at + 10)).toEqual([])
  expect(actual).toHaveLength(expected.length)
}
