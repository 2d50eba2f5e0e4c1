import fc from 'fast-check'
import {describe, expect, it} from 'vitest'

import {CATALOG as REAL_CATALOG} from '../../../src/catalog/index.ts'
import type {Catalog} from '../../../src/fleet/catalog.ts'
import {formatAddress, parseAddress, subnetAt} from '../../../src/fleet/ipv4.ts'
import {readFleetSpec} from '../../../src/fleet/read-spec.ts'
import type {FleetSpec} from '../../../src/fleet/spec.ts'
import {draftFromScan} from '../../../src/operations/init/draft-scan.ts'
import {Draw} from '../../../src/operations/init/draw.ts'
import {mergeRanges} from '../../../src/operations/init/exclusions.ts'
import {fleetText} from '../../../src/operations/init/fleet-text.ts'
import {imitate, proportionalCount} from '../../../src/operations/init/imitate.ts'
import type {InitInput} from '../../../src/operations/init/input.ts'
import {commonDomain, hostLabel, similarName} from '../../../src/operations/init/naming.ts'
import {readScan} from '../../../src/operations/init/read-scan.ts'
import type {FoundHost, ScanReport} from '../../../src/operations/init/scan-report.ts'
import {CATALOG} from '../../support/catalog.ts'
import {MACHINE} from '../../support/init-machine.ts'
import {refusalOf, rejectionOf} from '../../support/refusal.ts'

const fixture = (name: string) => new URL(`../../fixtures/nmap/${name}`, import.meta.url).pathname

async function textOf(name: string, input: InitInput = {}, catalog: Catalog = CATALOG): Promise<string> {
  const draft = await draftFromScan(fixture(name), {seed: 's', ...input}, MACHINE, catalog)
  return fleetText('fleet.ini', draft, catalog)
}

async function specOf(name: string, input: InitInput = {}, catalog: Catalog = CATALOG): Promise<FleetSpec> {
  return readFleetSpec('fleet.ini', await textOf(name, input, catalog), catalog).spec
}

describe('a scan of an office', () => {
  it('gives deckies in the proportions of what was found', async () => {
    const {deckies} = await specOf('office-7.94.xml', {deckies: 8})
    const kinds = deckies.map(({os, services}) => `${os}: ${services?.join(' ')}`)
    const counts = Map.groupBy(kinds, (kind) => kind)
    expect([...counts].map(([kind, each]) => [kind, each.length])).toEqual([
      ['linux: ssh http', 4],
      ['linux: ssh redis', 2],
      ['windows_server: http smb', 1],
      ['linux: ssh', 1],
    ])
    expect(deckies[0]).toMatchObject({archetype: 'linux-server', distro: 'debian'})
    expect(deckies[4]).toMatchObject({distro: 'ubuntu22'})
  })

  it('names them as the machines are named, and has them of the same vendors', async () => {
    const {deckies, general} = await specOf('office-7.94.xml', {deckies: 8})
    expect(deckies.slice(0, 5).map(({hostname}) => hostname)).toEqual([
      ...['SRV-APP-09', 'SRV-APP-10', 'SRV-APP-11', 'SRV-APP-12', 'cache5'],
    ])
    expect(deckies[6]?.hostname).toMatch(/^WIN-\d[A-Z]\d[A-Z]{2}\d[A-Z]\d[A-Z]{3}$/)
    expect(deckies[0]?.mac?.slice(0, 8)).toBe('00:50:56')
    expect(general.domain).toBe('corp.example')
  })

  it('uses nothing again that was found', async () => {
    const report = await readScan(fixture('office-7.94.xml'))
    const found = new Set(report.hosts.flatMap(({mac, names}) => [mac, ...names.map((name) => name.split('.')[0])]))
    const {deckies} = await specOf('office-7.94.xml', {deckies: 60})
    expect(deckies).toHaveLength(60)
    for (const {hostname, mac, ip} of deckies) {
      expect(found.has(hostname)).toBe(false)
      expect(mac !== undefined && found.has(mac)).toBe(false)
      expect(ip).toBeUndefined()
    }
  })

  it('excludes every address that answered, and no other', async () => {
    const {general} = await specOf('office-7.94.xml', {exclude: '192.168.20.100-192.168.20.139'})
    const text = general.exclude.map(({first, last}) => [formatAddress(first), formatAddress(last)].join('-'))
    expect(general.net?.cidr).toBe('192.168.20.0/24')
    expect(text).toEqual([
      '192.168.20.1-192.168.20.1',
      '192.168.20.11-192.168.20.18',
      '192.168.20.31-192.168.20.34',
      '192.168.20.41-192.168.20.42',
      '192.168.20.60-192.168.20.60',
      '192.168.20.77-192.168.20.77',
      '192.168.20.100-192.168.20.140',
      '192.168.20.201-192.168.20.201',
    ])
  })

  it('lists what nothing imitates', async () => {
    expect(await textOf('office-7.94.xml')).toContain(
      '; Found as well, but decnet plays nothing like it: 8009/tcp ajp13.\n',
    )
  })

  it('moves a service to the port where it was found', async () => {
    const {deckies} = await specOf('office-7.94.xml', {deckies: 30})
    expect(deckies.map(({options}) => options.ssh).filter(Boolean)).toEqual([{port: 2222}, {port: 2222}])
  })

  it('is the same for the same seed', async () => {
    expect(await textOf('office-7.94.xml')).toBe(await textOf('office-7.94.xml'))
    expect(await textOf('office-7.94.xml')).not.toBe(await textOf('office-7.94.xml', {seed: 't'}))
  })
})

describe('a scan of other shapes', () => {
  it('of hostile machines gives a file that says nothing of what they wanted', async () => {
    const {general, deckies} = await specOf('hostile.xml')
    expect(general.net?.cidr).toBe('10.9.0.0/24')
    expect(deckies).toHaveLength(3)
    expect(deckies[0]).toMatchObject({services: ['ssh'], hostname: 'db-2'})
    expect(deckies.every(({mac}) => mac === undefined)).toBe(true)
  })

  it('of old versions and of IPv6 gives deckies too', async () => {
    expect(await specOf('old-4.76.xml', {}, REAL_CATALOG)).toMatchObject({
      general: {net: {cidr: '10.1.0.0/16'}, interface: 'wlan0', driver: 'ipvlan'},
      deckies: [{hostname: 'fileserver2', os: 'bsd'}, {hostname: 'fileserver3'}, {hostname: 'fileserver4'}],
    })
    expect(await specOf('ipv6.xml')).toMatchObject({general: {net: {cidr: '192.168.1.0/24'}, domain: 'lab.example'}})
  })

  it('of the embedded engine keeps to loopback', async () => {
    const {general} = await specOf('office-7.94.xml', {engine: 'embedded'})
    expect(general).toMatchObject({net: {cidr: '127.77.0.0/24'}, exclude: []})
  })

  it('is refused where nothing can be imitated', () => {
    const host: FoundHost = {
      addresses: [],
      mac: '',
      vendor: '',
      names: [],
      ports: [{port: 9, protocol: 'tcp', service: 'discard', tls: false, words: ''}],
      system: {family: '', vendor: '', device: '', name: ''},
    }
    const report: ScanReport = {hosts: [host], addresses: new Set(), command: ''}
    const wanted = {count: undefined, namePattern: undefined}
    const of = (hosts: readonly FoundHost[]) =>
      refusalOf(() => imitate('a.xml', {...report, hosts}, wanted, CATALOG, new Draw('')))
    expect(of([host]).message).toBe(
      'a.xml: nothing in it can be imitated: no host has an open port of a service that decnet plays',
    )
    expect(of([]).message).toBe('a.xml: nothing in it can be imitated: no host is up')
  })

  it('is refused where the subnet has no room left', async () => {
    const error = await rejectionOf(specOf('old-4.76.xml', {net: '10.1.2.8/30'}, REAL_CATALOG))
    expect(error.message).toContain('free addresses for 0 of 3 deckies')
  })
})

it.each([
  [1, 3],
  [30, 3],
  [50, 5],
  [5000, 10],
])('%i hosts get %i deckies', (hosts, count) => {
  expect(proportionalCount(hosts)).toBe(count)
})

describe('host names', () => {
  it.each([
    ['web-01.corp.example', 'web-01'],
    ['dhcp-192-168-1-34.isp.example', undefined],
    ['localhost', undefined],
    ['a_b.example', undefined],
    ['10.0.0.1', '10'],
  ])('%s is named by %s', (name, label) => {
    expect(hostLabel(name)).toBe(label)
  })

  it.each([
    ['SRV-FILE-01', 'SRV-FILE-03'],
    ['web9', 'web10'],
    ['db01-prod', 'db02-prod'],
    ['intranet', 'intranet2'],
  ])('like %s go on with %s', (label, next) => {
    expect(similarName(label, new Set(['srv-file-01', 'srv-file-02']), new Draw('s'), 'x')).toBe(next)
  })

  it('are new, and of the same making', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z]{0,6}-?[A-Z0-9]{0,9}-?[0-9]{0,12}$/), fc.string(), (label, seed) => {
        if (hostLabel(label) === undefined) return
        const taken = new Set([label.toLowerCase()])
        const name = similarName(label, taken, new Draw(seed), 'x')
        if (name === undefined) return
        expect(name.toLowerCase()).not.toBe(label.toLowerCase())
        expect(taken.has(name.toLowerCase())).toBe(true)
        expect(name.replace(/[0-9]+/g, '').length).toBe(label.replace(/[0-9]+/g, '').length)
      }),
    )
  })

  it('tell the domain that most have', () => {
    expect(commonDomain(['a.x.example', 'b.x.example', 'c.y.example', 'd'])).toBe('x.example')
    expect(commonDomain(['d', '10.0.0.1', 'a._'])).toBeUndefined()
  })
})

describe('ranges', () => {
  const net = subnetAt(parseAddress('10.0.0.0') ?? 0, 16)

  it('cover all of what was given, in few enough pieces, and nothing else where they may be many', () => {
    const address = fc.integer({min: net.first - 50, max: net.first + 3000})
    fc.assert(
      fc.property(fc.array(address, {maxLength: 60}), fc.integer({min: 1, max: 20}), (addresses, limit) => {
        const inside = new Set(addresses.filter((each) => each >= net.first))
        const ranges = mergeRanges(
          addresses.map((each) => ({first: each, last: each})),
          net,
          limit,
        )
        expect(ranges.length).toBeLessThanOrEqual(limit)
        for (const each of inside) expect(ranges.some(({first, last}) => each >= first && each <= last)).toBe(true)
        for (const {first, last} of ranges) expect([inside.has(first), inside.has(last)]).toEqual([true, true])
        for (const [index, {first}] of ranges.slice(1).entries()) {
          expect(first).toBeGreaterThan((ranges[index]?.last ?? 0) + 1)
        }
      }),
    )
  })

  it('join the nearest first', () => {
    const all = [1, 3, 100, 200, 202].map((at) => ({first: net.first + at, last: net.first + at}))
    expect(mergeRanges(all, net, 3).map(({first, last}) => [first - net.first, last - net.first])).toEqual([
      [1, 3],
      [100, 100],
      [200, 202],
    ])
  })
})
