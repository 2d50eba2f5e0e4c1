import {describe, expect, it} from 'vitest'

import {ARCHETYPE_TABLE} from '../../src/catalog/archetype-table.ts'
import {offeredArchetypes} from '../../src/catalog/archetypes.ts'
import {defaultServiceSets} from '../../src/catalog/default-services.ts'
import {CATALOG} from '../../src/catalog/index.ts'
import {SERVICES} from '../../src/catalog/service-catalog.ts'
import type {OptionResult, ServiceInfo} from '../../src/fleet/catalog.ts'
import {parseAddress, subnetAt} from '../../src/fleet/ipv4.ts'
import {readFleetSpec} from '../../src/fleet/read-spec.ts'
import {resolveDeckies} from '../../src/fleet/resolve.ts'
import {refusalOf} from '../support/refusal.ts'

/** A service that takes every option. */
function service(name: string, parseOption: (key: string, raw: string) => OptionResult): ServiceInfo {
  return {name, roles: [name], optionNames: [], secretOptions: [], parseOption, ports: () => []}
}

const accepting = (names: Iterable<string>): Map<string, ServiceInfo> =>
  new Map([...names].map((name) => [name, service(name, (_, value) => ({ok: true, value}))]))
const EVERY_SERVICE = accepting(ARCHETYPE_TABLE.flatMap(({services}) => services))

describe('the table of archetypes', () => {
  it('has those of earlier fleet files and the new ones', () => {
    expect(ARCHETYPE_TABLE.map(({name}) => name).toSorted()).toEqual(
      [
        ...['windows-workstation', 'windows-server', 'domain-controller', 'linux-server', 'web-server'],
        ...['database-server', 'mail-server', 'file-server', 'printer', 'iot-device', 'industrial-control'],
        ...['voip-server', 'monitoring-node', 'devops-host', 'deaddeck'],
        ...['windows-sql', 'iis-intranet', 'nas', 'switch', 'voip-pbx', 'jenkins', 'esxi', 'bmc'],
      ].toSorted(),
    )
  })

  it('is offered as a whole once every service is there', () => {
    const {archetypes, planned} = offeredArchetypes(EVERY_SERVICE)
    expect(planned.size).toBe(0)
    expect(archetypes.size).toBe(ARCHETYPE_TABLE.length)
    const windows = {product: 'iis', page: 'windows'}
    expect(archetypes.get('iis-intranet')?.options).toEqual({http: windows, https: windows})
  })

  it.each(ARCHETYPE_TABLE)('$name has distros of its OS, vendors and options of its own services', (entry) => {
    expect(entry.distros.map((name) => CATALOG.distros.get(name)?.os)).toEqual(entry.distros.map(() => entry.os))
    expect(Object.keys(entry.options ?? {}).filter((name) => !entry.services.includes(name))).toEqual([])
    expect(new Set(entry.services).size).toBe(entry.services.length)
  })
})

it('every archetype of the table can be played', () => {
  expect([...(CATALOG.plannedArchetypes ?? [])]).toEqual([])
})

describe('an archetype that lacks something', () => {
  it('is planned, with the services that are missing', () => {
    const {archetypes, planned} = offeredArchetypes(accepting(['ssh', 'http']))
    expect([...archetypes.keys()].toSorted()).toEqual(['deaddeck', 'jenkins', 'linux-server'])
    expect(planned.get('web-server')).toEqual(['https'])
  })

  it('is planned as long as a service does not take its options', () => {
    const http = service('http', (_, value) =>
      value === '8080' ? {ok: true, value: 8080} : {ok: false, expected: 'x'},
    )
    const {planned} = offeredArchetypes(new Map([...EVERY_SERVICE, ['http', http]]))
    expect(planned.get('jenkins')).toEqual(['http with product = jenkins'])
  })

  it('is refused with what it needs, not as a mistake of spelling', () => {
    const [name, missing] = [...(CATALOG.plannedArchetypes ?? [])][0] ?? []
    if (name === undefined || missing === undefined) return
    const [problem] = refusalOf(() => readFleetSpec('f.ini', `[a]\narchetype = ${name}\n`, CATALOG)).diagnostics
    expect(problem?.code).toBe('unknown-archetype')
    expect(problem?.summary).toContain(`needs what this version does not have: ${missing.join(', ')}`)
    expect(problem?.hint).toContain('linux-server')
  })
})

describe('the options of an archetype', () => {
  const catalog = {
    ...CATALOG,
    archetypes: new Map([
      ...CATALOG.archetypes,
      [
        'old-web',
        {
          name: 'old-web',
          summary: 'x',
          services: ['http'],
          os: 'linux' as const,
          distros: ['debian'],
          roles: ['web'],
          options: {http: {product: 'apache', port: 8080}},
        },
      ],
    ]),
  }

  it('stand where the file is silent', () => {
    const text =
      '[a]\narchetype = old-web\n[b]\narchetype = old-web\n[b.http]\nport = 81\n[c]\narchetype = old-web\nos = bsd\n'
    const subnet = subnetAt(parseAddress('10.9.0.0') ?? 0, 24)
    const deckies = resolveDeckies(readFleetSpec('f.ini', text, catalog).spec, {
      catalog,
      secret: Buffer.alloc(32, 5),
      reservations: {subnet, gateway: subnet.first + 1, host: new Set(), exclude: []},
      existing: new Map(),
      staying: [],
    })
    expect(deckies.map(({services}) => services[0]?.options)).toEqual([
      {product: 'apache', port: 8080},
      {product: 'apache', port: 81},
      {},
    ])
    expect(deckies.map(({services}) => services[0]?.ports[0]?.port)).toEqual([8080, 81, 80])
  })
})

describe('default services', () => {
  it('are sets that can be played, or a web server', () => {
    for (const sets of defaultServiceSets(SERVICES).values()) {
      for (const names of sets) expect(names.filter((name) => !SERVICES.has(name))).toEqual([])
    }
    expect(defaultServiceSets(accepting(['ssh', 'http'])).get('windows')).toEqual([['http']])
    expect(defaultServiceSets(accepting(['msrpc', 'smb', 'nbns', 'http'])).get('windows')).toEqual([
      ['msrpc', 'smb', 'nbns'],
    ])
  })
})
