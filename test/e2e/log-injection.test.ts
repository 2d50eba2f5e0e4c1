/**
 * What attackers put into fields to forge lines and drive terminals, sent to deckies over the wire, collected, and handed on
 * to rsyslog: its parser has to find the same fields again, no line that nobody wrote, and nothing that a terminal obeys.
 */
import {readFileSync, rmSync} from 'node:fs'
import {connect} from 'node:net'
import {join} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'
import {Client} from 'ssh2'
import {describe, expect, it} from 'vitest'
import type {EvidenceEvent, Sample} from '../../src/events/event.ts'
import {EvidenceStore} from '../../src/events/evidence-store.ts'
import {ensurePackages, RECEIVER_PACKAGES, whyNoPackages} from '../lab/tools.ts'
import {type Bench, said, useBench} from '../support/bench.ts'
import {environment} from '../support/decnet.ts'
import {FORBIDDEN, LOG_INJECTIONS} from '../support/log-injection.ts'
import {fieldsOf, Rsyslog, type SyslogRow} from '../support/receivers/rsyslog.ts'

const LIMIT_MS = 180_000
const PASSWORD = 'Winter-2024'
/** Of a field of a line; a longer one is cut there. */
const FIELD_LENGTH = 1024
/** What one packet of the SSH client holds. */
const SSH_FIELD = 8 * 1024
const HTTP_FIELD = 2 * 1024
/** Between two requests: a source has so many events a second, and what is over that is only counted. */
const PACE_MS = 60
const SSH_AT_ONCE = 8
const DECKIES = {
  web: {services: 'http'},
  'web.http': {page: 'basic'},
  gate: {services: 'ssh'},
  'gate.ssh': {users: `root:${PASSWORD}`},
  cache: {services: 'redis'},
} as const

const why = await whyNoPackages(RECEIVER_PACKAGES)
if (why !== undefined) console.warn(`\n*** SKIPPED: log injection: ${why} ***\n`)

interface Target {
  readonly ip: string
  readonly port: number
}

/** Sends bytes and reads until the other side is silent or gone. */
function send({ip, port}: Target, bytes: Buffer): Promise<void> {
  const socket = connect(port, ip)
  return new Promise((resolve) => {
    socket.setTimeout(300, () => socket.destroy())
    socket.on('error', () => {})
    socket.on('close', () => resolve())
    socket.resume()
    socket.write(bytes)
  })
}

async function overHttp(web: Target): Promise<void> {
  const sent: Promise<void>[] = []
  for (const payload of LOG_INJECTIONS) {
    // A user's name ends at the first colon (RFC 7617 §2), and a header is of some length only.
    const secret = payload.slice(0, HTTP_FIELD)
    const login = Buffer.from(`${secret.replaceAll(':', '')}:${secret}`).toString('base64')
    const head = `GET /${payload} HTTP/1.1\r\nHost: ${payload}\r\nUser-Agent: ${payload}\r\n`
    const asked = `GET / HTTP/1.1\r\nHost: web\r\nAuthorization: Basic ${login}\r\nConnection: close\r\n\r\n`
    sent.push(send(web, Buffer.from(`${head}\r\n`)), send(web, Buffer.from(asked)))
    await sleep(PACE_MS)
  }
  await Promise.all(sent)
}

async function overRedis(cache: Target): Promise<void> {
  const sent: Promise<void>[] = []
  const bulk = (text: string): string => `$${Buffer.byteLength(text)}\r\n${text}\r\n`
  for (const payload of LOG_INJECTIONS) {
    const commands = [
      ['AUTH', payload, payload],
      ['GET', payload],
    ]
    const text = commands.map((words) => `*${words.length}\r\n${words.map(bulk).join('')}`).join('')
    sent.push(send(cache, Buffer.from(text)))
    await sleep(PACE_MS)
  }
  await Promise.all(sent)
}

function login({ip, port}: Target, username: string, password: string): Promise<Client | null> {
  const client = new Client()
  return new Promise((resolve) => {
    client.once('ready', () => resolve(client))
    client.on('error', () => resolve(null))
    client.once('close', () => resolve(null))
    client.connect({host: ip, port, username, password, readyTimeout: 30_000})
  })
}

async function overSsh(gate: Target): Promise<void> {
  const fields = LOG_INJECTIONS.map((payload) => payload.slice(0, SSH_FIELD))
  const left = [...fields]
  await Promise.all(
    Array.from({length: SSH_AT_ONCE}, async () => {
      for (let field = left.pop(); field !== undefined; field = left.pop()) await login(gate, field, field)
    }),
  )
  const inside = await login(gate, 'root', PASSWORD)
  if (inside === null) throw new Error('the honey credentials let nobody in')
  for (const field of fields) {
    await new Promise<void>((resolve) => {
      inside.exec(`echo ${field}`, (error, channel) => {
        if (error !== undefined) return resolve()
        channel.on('close', () => resolve()).resume()
        channel.stderr.resume()
      })
    })
  }
  inside.end()
}

function isSample(value: unknown): value is Sample {
  return typeof value === 'object' && value !== null && 'base64' in value && 'text' in value
}

/** Everything, also what `decnet events` leaves out unless it is asked for. */
function stored(stateDir: string): EvidenceEvent[] {
  const store = EvidenceStore.open(stateDir)
  try {
    return store.find({limit: 100_000}).map(({event}) => event)
  } finally {
    store.close()
  }
}

/** What a line has to say of an event, taken from the event as it is stored. */
function expectedFields({credential, data = {}}: EvidenceEvent): Record<string, string> {
  const samples = Object.entries(data).flatMap(([name, value]): [string, string][] => {
    if (isSample(value)) {
      return [
        [name, value.text],
        [`${name}_b64`, value.base64],
      ]
    }
    return typeof value === 'string' || typeof value === 'number' ? [[name, String(value)]] : []
  })
  const attempt: [string, string | undefined][] = [
    ['username', credential?.principal],
    ['secret_printable', credential?.secret?.text],
    ['secret_b64', credential?.secret?.base64],
    ['outcome', credential?.outcome],
  ]
  const given = attempt.flatMap(([name, value]): [string, string][] => (value === undefined ? [] : [[name, value]]))
  return Object.fromEntries([...samples, ...given])
}

function cut(text: string): string {
  return text.length <= FIELD_LENGTH ? text : `${text.slice(0, FIELD_LENGTH - 1)}…`
}

/** Bytes of a field, as far as it is there. */
function bytesOf(base64: string): Buffer {
  return Buffer.from(base64.replace('…', '').slice(0, FIELD_LENGTH - (FIELD_LENGTH % 4) - 4), 'base64')
}

describe.skipIf(why !== undefined && process.env.DECNET_REQUIRE_LAB !== '1')('log injection', () => {
  const bench = useBench('log-injection', {}, 'embedded')
  const VIEWS = [
    ['events', '--limit', '100000'],
    ['incidents'],
    ['sources'],
    ['sessions'],
    ['credentials'],
    ['captures'],
  ]

  /** Each command at a terminal of its own; what it wrote there, byte for byte. */
  async function atTerminal(on: Bench, command: readonly string[]): Promise<string> {
    const raw = join(on.site.directory, 'typescript')
    const {stateDir, directory} = on.site
    const line = `decnet ${command.join(' ')}`
    const child = on.site.spawn('script', ['-qec', line, raw], {
      env: environment(stateDir, directory, {env: {TERM: 'xterm-256color'}}),
      stdio: ['ignore', 'ignore', 'ignore'],
    })
    const code = await new Promise((resolve) => child.once('exit', resolve))
    const text = readFileSync(raw, 'utf8')
    rmSync(raw)
    expect(code, text.slice(0, 2000)).toBe(0)
    return text.split('\n').slice(1, -2).join('\n')
  }

  async function attacked(on: Bench): Promise<void> {
    await on.deploy(on.text(DECKIES))
    const {deckies} = await on.status()
    const target = (name: string): Target => {
      const decky = deckies.find((each) => each.name === name)
      return {ip: String(decky?.ip), port: Number(decky?.services[0]?.boundPort)}
    }
    await Promise.all([overHttp(target('web')), overRedis(target('cache')), overSsh(target('gate'))])
  }

  it('comes to nothing, in rsyslog and at the terminal', {timeout: LIMIT_MS}, async () => {
    const on = bench()
    await ensurePackages(RECEIVER_PACKAGES, (line) => console.info(`lab: ${line}`))
    const receiver = await Rsyslog.create(on.site.directory, 'tcp')
    await receiver.daemon.start()
    try {
      const added = await on.run(['sinks', 'add', 'siem', 'syslog', ...receiver.settings, 'events=system'])
      expect(added, said(added)).toMatchObject({code: 0})
      await attacked(on)
      const once = await on.run(['collect', '--once'])
      expect(once, said(once)).toMatchObject({code: 0})
      const events = stored(on.stateDir)
      expectRows(receiver, events)
      expectPayloads(receiver.rows(), events)
      for (const view of VIEWS) {
        const text = await atTerminal(on, view)
        expect(text.length, view[0]).toBeGreaterThan(10)
        const lines = text.replaceAll(/\u001b\[[0-9;]*m/g, '').split('\r\n')
        expect(
          lines.filter((line) => FORBIDDEN.test(line)),
          view[0],
        ).toEqual([])
      }
    } finally {
      await receiver.daemon.kill()
    }
  })

  /** One row of each event that was stored before the rows were written, with its fields, and none of nothing. */
  function expectRows(receiver: Rsyslog, events: readonly EvidenceEvent[]): void {
    const rows = receiver.rows()
    expect(rows).toHaveLength(receiver.lines().length)
    const byId = new Map(events.map((event) => [event.id, event]))
    const ofEvents = rows.filter((row) => fieldsOf(row).id !== undefined)
    expect(ofEvents.length).toBeGreaterThan(400)
    expect(new Set(ofEvents.map((row) => fieldsOf(row).id)).size).toBe(ofEvents.length)
    for (const row of ofEvents) {
      const event = byId.get(String(fieldsOf(row).id))
      if (event === undefined) throw new Error(`a forged line: ${JSON.stringify(row)}`)
      expect([row.host, row.app, row.msgid]).toEqual([event.decky, event.service, event.event])
      for (const [name, value] of Object.entries(expectedFields(event))) {
        expect(fieldsOf(row)[name] ?? fieldsOf(row)[`data_${name}`], `${event.event} ${name}`).toBe(cut(value))
      }
    }
    const alerts = rows.filter((row) => fieldsOf(row).id === undefined)
    expect(alerts.map(({app}) => app)).toEqual(alerts.map(() => 'incident'))
    const texts = rows.flatMap((row) => [...Object.values(fieldsOf(row)), row.host, row.app, row.msgid, row.message])
    expect(texts.filter((text) => FORBIDDEN.test(text))).toEqual([])
  }

  /** Each payload is there, byte for byte as far as a field goes, in each field that it was sent in. */
  function expectPayloads(rows: readonly SyslogRow[], events: readonly EvidenceEvent[]): void {
    const suppressed = events.filter(({event}) => event === 'suppressed')
    expect(suppressed).toEqual([])
    for (const [decky, field, prefix] of [
      ['web', 'secret_b64', ''],
      ['gate', 'secret_b64', ''],
      ['gate', 'line_b64', 'echo '],
      ['cache', 'secret_b64', ''],
    ] as const) {
      const found = rows.filter(({host}) => host === decky).flatMap((row) => fieldsOf(row)[field] ?? [])
      const kept = found.map((value) => bytesOf(value).toString('latin1'))
      const missing = LOG_INJECTIONS.filter((payload) => {
        const sent = Buffer.from(prefix + payload).toString('latin1')
        return !kept.some((bytes) => bytes === sent || (bytes.length > 500 && sent.startsWith(bytes)))
      })
      expect(missing, `${decky} ${field}`).toEqual([])
    }
  }
})
