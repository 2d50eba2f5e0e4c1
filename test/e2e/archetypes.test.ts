/**
 * What a scanner makes of one decky of every archetype. `DECNET_FIDELITY=docs/fidelity.md` writes what it printed as a part
 * of the page (`npm run fidelity`).
 */
import {afterAll, beforeAll, expect, it} from 'vitest'

import {ARCHETYPES} from '../../src/catalog/archetypes.ts'
import {SERVICES} from '../../src/catalog/service-catalog.ts'
import {portName} from '../../src/fleet/custom-section.ts'
import {type Bench, useBench} from '../support/bench.ts'
import {fleetText} from '../support/fleet-text.ts'
import {describeOnLab} from '../support/lab.ts'
import {type HostReport, type PortReport, parseNmap} from '../support/nmap-report.ts'
import {ARCHETYPE_PRODUCTS, UNKNOWN_TO_NMAP} from './fidelity/archetypes.ts'
import {type ScannedArchetype, writeArchetypes} from './fidelity/document.ts'

const LIMIT_MS = 600_000
/** Scans at once; most of a scan is waiting. */
const SCANS = 8
/** A dozen that scanners ask first, beside what is declared. */
const OTHERS = [7, 19, 37, 81, 111, 113, 1025, 1723, 5432, 8000, 8443, 9200]
/** UDP ports that answer no question of a scanner's: it would wait for every probe that it has. */
const SILENT = [69, 464, 5353, 5355]
/** What no scan of a real machine has. */
const GIVEAWAY = /honeypot|Cowrie|Dionaea|Conpot|decnet/i

const archetypes = [...ARCHETYPES.values()]

const declared = (name: string): string[] => {
  const {services = [], options} = ARCHETYPES.get(name) ?? {}
  return services.flatMap((service) => SERVICES.get(service)?.ports(options?.[service] ?? {}) ?? []).map(portName)
}
const numbers = (ports: readonly string[], protocol: string): number[] =>
  ports.filter((port) => port.endsWith(`/${protocol}`)).map((port) => Number.parseInt(port, 10))

it('every archetype has its products, and every port of it one', () => {
  const expected = archetypes.map(({name}) => [name, declared(name).toSorted()])
  const named = Object.entries(ARCHETYPE_PRODUCTS).map(([name, products]) => [name, Object.keys(products).toSorted()])
  expect(Object.fromEntries(named)).toEqual(Object.fromEntries(expected))
})

describeOnLab('a scanner of', () => {
  const bench = useBench('archetypes', {tools: ['nmap'], keepsFleet: true})
  const reports = new Map<string, HostReport[]>()
  const shown: ScannedArchetype[] = []

  beforeAll(async () => {
    const on = bench()
    await on.run(['config', 'set', 'deployment-limit', '100'])
    const sections = Object.fromEntries(archetypes.map(({name}) => [name, {archetype: name}]))
    await on.deploy(fleetText(sections, {domain: 'corp.example'}))
    // The longest scans first.
    const slow = (name: string) => Number(UNKNOWN_TO_NMAP[name] !== undefined)
    const waiting = (await on.status()).deckies.toSorted((a, b) => slow(b.name) - slow(a.name))
    const scanner = async (): Promise<void> => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        reports.set(next.name, await scan(on, next.name, next.ip))
      }
    }
    await Promise.all(Array.from({length: SCANS}, scanner))
  }, LIMIT_MS)

  afterAll(() => writeArchetypes(process.env.DECNET_FIDELITY ?? '', shown))

  it.each(archetypes.map(({name}) => name))('%s finds what it claims to be, and nothing else', (name) => {
    const found = reports.get(name) ?? []
    const text = found.map((report) => report.text).join('\n')
    expect(giveaways(name, text), text).toEqual([])
    const ports = found.flatMap((report) => report.ports)
    expect(open(ports, 'tcp').toSorted(), text).toEqual(
      declared(name)
        .filter((port) => port.endsWith('/tcp'))
        .toSorted(),
    )
    expect(declared(name), text).toEqual(expect.arrayContaining(open(ports, 'udp')))
    const products = Object.entries(ARCHETYPE_PRODUCTS[name] ?? {})
    const versions = products.map(([port, product]) => [port, versionOf(ports, port), product] as const)
    for (const [port, version, product] of versions) expect(version, `${port}\n${text}`).toMatch(product)
    shown.push({name, ports: versions.map(([port, version]) => [port, version])})
  })
})

const open = (ports: readonly PortReport[], protocol: string): string[] =>
  ports
    .filter((port) => port.protocol === protocol && port.state === 'open')
    .map((port) => portName({port: port.port, protocol: port.protocol as 'tcp'}))

const versionOf = (ports: readonly PortReport[], name: string): string =>
  ports.find(({port, protocol}) => `${port}/${protocol}` === name)?.version ?? ''

/** Side by side: most of a scan is waiting for answers that do not come. */
async function scan({lab}: Bench, name: string, ip: string): Promise<HostReport[]> {
  const ports = declared(name)
  const tcp = [...new Set([...numbers(ports, 'tcp'), ...OTHERS])]
  const [silent, udp] = [true, false].map((is) => numbers(ports, 'udp').filter((port) => SILENT.includes(port) === is))
  const few = UNKNOWN_TO_NMAP[name] === undefined ? [] : ['--version-intensity', '4']
  const runs = [
    {how: ['-sS', '-sV', ...few], ports: tcp},
    {how: ['-sU', '-sV'], ports: udp ?? []},
    {how: ['-sU'], ports: silent ?? []},
  ].filter((run) => run.ports.length > 0)
  const usual = ['-n', '-Pn', '-T4', '--max-retries', '1', '--host-timeout', '120s']
  const outcomes = await Promise.all(
    runs.map((run) =>
      lab.intruder('nmap', [...usual, ...run.how, '-p', run.ports.join(), ip], {timeoutMs: LIMIT_MS / 2}),
    ),
  )
  return outcomes.flatMap(({stdout}) => parseNmap(stdout))
}

/** What gives a decoy away: a fingerprint is none where nmap asks for that of the real thing as well. */
function giveaways(name: string, text: string): string[] {
  const known = UNKNOWN_TO_NMAP[name] ?? []
  const fingerprints = [...text.matchAll(/^SF-Port(\d+)/gm)].filter(([, port]) => !known.includes(Number(port)))
  const words = text.replace(/^SF[-:].*$/gm, '').match(GIVEAWAY) ?? []
  return [...fingerprints.map(([line]) => line), ...words]
}
