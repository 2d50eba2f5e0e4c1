/**
 * What a scanner and real clients make of every service. `DECNET_FIDELITY=docs/fidelity.md` writes what they printed as
 * the table of the documents (`npm run fidelity`).
 */
import {afterAll, beforeAll, expect, it} from 'vitest'
import type {EvidenceEvent} from '../../src/events/event.ts'
import {poll} from '../lab/process.ts'
import {type Bench, useBench} from '../support/bench.ts'
import {deckyContainers} from '../support/engine-view.ts'
import {fleetText, type Section} from '../support/fleet-text.ts'
import {describeOnLab} from '../support/lab.ts'
import {type HostReport, parseNmap} from '../support/nmap-report.ts'
import {type Shown, writeServices} from './fidelity/document.ts'
import {FIDELITY_ROWS} from './fidelity/index.ts'
import type {ClientRun, FidelityRow, Target} from './fidelity/row.ts'

const DOMAIN = 'corp.example'
const SCAN_LIMIT_MS = 900_000
/** What no scan of a real machine has: scripts that fail, answers nmap does not know, and names of decoys. */
const GIVEAWAY = /unrecognized despite returning data|ERROR:|honeypot|Cowrie|Dionaea|Conpot|decnet/i

const name = (index: number): string => `row-${index + 1}`

function sections(): Record<string, Section> {
  return Object.fromEntries(
    FIDELITY_ROWS.flatMap(({service, decky, options}, index) => [
      [name(index), decky],
      ...(options === undefined ? [] : [[`${name(index)}.${service}`, options] as const]),
    ]),
  )
}

describeOnLab('a decky is taken for what it claims to be', () => {
  const tools = new Set(FIDELITY_ROWS.flatMap(({clients}) => clients.map(({tool}) => tool)))
  const bench = useBench('fidelity', {tools: ['nmap', ...tools], keepsFleet: true})
  let targets: Target[] = []
  let hosts: HostReport[] = []
  const shown: Shown[] = []

  beforeAll(async () => {
    const on = bench()
    await on.run(['config', 'set', 'deployment-limit', '1000'])
    await on.deploy(fleetText(sections(), {domain: DOMAIN}))
    const {deckies} = await on.status()
    targets = FIDELITY_ROWS.map((_, index) => {
      const decky = deckies.find((candidate) => candidate.name === name(index))
      if (decky === undefined) throw new Error(`${name(index)} is not in the fleet`)
      return {ip: decky.ip, hostname: decky.hostname, domain: DOMAIN}
    })
    hosts = await scan(on, rowsWith(targets))
    // A busy machine loses a probe now and then.
    for (let again = 0; again < 3; again++) {
      const missed = rowsWith(targets).filter(({row, ip}) => portOf(hosts, ip, row) === undefined)
      if (missed.length === 0) break
      console.info(`not seen: ${missed.map(({row}) => row.product).join(', ')}`)
      hosts = merged([...hosts, ...(await scan(on, missed))])
    }
  }, SCAN_LIMIT_MS)

  afterAll(() => writeServices(process.env.DECNET_FIDELITY ?? '', Object.values(shown)))

  // Most of a client's run is waiting; each has a decky of its own.
  it.concurrent.each(FIDELITY_ROWS.map((row, index) => [`${row.service}: ${row.product}`, row, index] as const))(
    'as %s',
    {timeout: 300_000},
    async (_, row, index) => {
      const target = targets[index]
      if (target === undefined) throw new Error('the fleet is not deployed')
      const host = hosts.find(({ip}) => ip === target.ip)
      const seen = portOf(hosts, target.ip, row)
      expect(seen?.version, host?.text).toMatch(row.nmap)
      for (const script of row.scripts ?? []) expect(host?.text).toMatch(script)
      const text = withoutLines(host?.text, row.brokenScripts)
      expect(row.unknownToNmap === true ? withoutFingerprint(text) : text).not.toMatch(GIVEAWAY)
      for (const client of row.clients) await expectOutcome(bench(), name(index), target, client)
      shown[index] = {row, version: seen?.version ?? ''}
    },
  )
})

function withoutLines(text = '', lines: RegExp | undefined): string {
  return lines === undefined ? text : text.replaceAll(lines, '')
}

/** What nmap prints of a service that it has no signature of. */
function withoutFingerprint(text = ''): string {
  return text.replace(/^.*service unrecognized despite returning data.*$/m, '')
}

interface PlacedRow {
  readonly row: FidelityRow
  readonly ip: string
}

function rowsWith(targets: readonly Target[]): PlacedRow[] {
  return FIDELITY_ROWS.map((row, index) => ({row, ip: targets[index]?.ip ?? ''}))
}

function portOf(hosts: readonly HostReport[], ip: string, row: FidelityRow): HostReport['ports'][number] | undefined {
  const host = hosts.find((candidate) => candidate.ip === ip)
  return host?.ports.find(({port, protocol}) => port === row.port && protocol === (row.protocol ?? 'tcp'))
}

/** Scans at once; most of a scan is waiting for answers that do not come. */
const SCANS = 4

/** Each machine for the port that its row is about: all ports of all machines would take a quarter of an hour. */
async function scan({lab}: Bench, rows: readonly PlacedRow[]): Promise<HostReport[]> {
  const groups = Map.groupBy(rows, ({row: {port, protocol = 'tcp', nmapFlags = []}}) =>
    [protocol, port, ...nmapFlags].join(' '),
  )
  const waiting = [...groups].toSorted(([a], [b]) => Number(b.startsWith('udp')) - Number(a.startsWith('udp')))
  const output: string[] = []
  const scanner = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [key, members] = next
      const [protocol = '', port = '', ...flags] = key.split(' ')
      const how = protocol === 'udp' ? ['-sU', '-p', `U:${port}`] : ['-sS', '-p', `T:${port}`]
      const args = ['-n', '-Pn', '-sV', '-sC', '-T4', '--open', ...how, ...flags, ...members.map(({ip}) => ip)]
      const startedAt = performance.now()
      output.push((await lab.intruder('nmap', args, {timeoutMs: SCAN_LIMIT_MS / 2})).stdout)
      const seconds = Math.round((performance.now() - startedAt) / 1000)
      if (seconds > 30) console.info(`nmap ${protocol}/${port}: ${seconds} s for ${members.length} deckies`)
    }
  }
  await Promise.all(Array.from({length: SCANS}, scanner))
  return merged(output.flatMap(parseNmap))
}

/** One report for each machine, out of the scans of both protocols. */
function merged(reports: readonly HostReport[]): HostReport[] {
  return [...Map.groupBy(reports, ({ip}) => ip)].map(([ip, parts]) => ({
    ip,
    ports: parts.flatMap((part) => part.ports),
    text: parts.map(({text}) => text).join('\n'),
  }))
}

async function expectOutcome(on: Bench, decky: string, target: Target, client: ClientRun): Promise<void> {
  const [command, ...args] = client.command(target)
  const {env, input} = client
  const outcome = await on.lab.intruder(command, args, {...(env && {env}), ...(input !== undefined && {input})})
  const said = `${outcome.stdout}\n${outcome.stderr}`.trim()
  expect(said, client.name).toMatch(client.prints)
  if (client.exit !== undefined) expect(outcome.code, `${client.name}: ${said}`).toBe(client.exit)
  const {leaves} = client
  if (leaves === undefined) return
  await poll(
    `${client.name} leaves ${leaves.event}`,
    async () => (await evidence(on, decky)).some((event) => event.event === leaves.event && leaves.matching(event)),
    {timeoutMs: 10_000},
  )
}

/** The evidence that a decky has written so far. */
async function evidence({lab}: Bench, decky: string): Promise<EvidenceEvent[]> {
  const container = (await deckyContainers(lab)).get(decky)
  const log = await lab.docker(['logs', String(container?.Id)])
  return log.split('\n').flatMap((line) => (line === '' ? [] : (JSON.parse(line) as EvidenceEvent)))
}
