import fc from 'fast-check'
import {describe, expect, it} from 'vitest'

import {CATALOG} from '../../src/catalog/index.ts'
import type {OsName} from '../../src/fleet/catalog.ts'
import type {Decky} from '../../src/fleet/decky.ts'
import type {Place} from '../../src/fleet/diagnostics.ts'
import {parseAddress, subnetAt} from '../../src/fleet/ipv4.ts'
import {readFleetSpec} from '../../src/fleet/read-spec.ts'
import {type ResolveFacts, resolveDeckies} from '../../src/fleet/resolve.ts'
import type {DeckySpec, FleetSpec} from '../../src/fleet/spec.ts'
import {refusalOf} from '../support/refusal.ts'

const at = (text: string): number => parseAddress(text) ?? Number.NaN

function facts(changes: Partial<ResolveFacts> = {}, cidr: readonly [string, number] = ['10.9.0.0', 24]): ResolveFacts {
  const subnet = subnetAt(at(cidr[0]), cidr[1])
  return {
    catalog: CATALOG,
    secret: Buffer.alloc(32, 5),
    reservations: {subnet, gateway: subnet.first + 1, host: new Set([subnet.first + 2]), exclude: []},
    existing: new Map(),
    staying: [],
    ...changes,
  }
}

const specOf = (text: string): FleetSpec => readFleetSpec('fleet.ini', text, CATALOG).spec
const resolve = (text: string, changes: Partial<ResolveFacts> = {}): Decky[] =>
  resolveDeckies(specOf(text), facts(changes))
const known = (deckies: readonly Decky[]): ResolveFacts['existing'] =>
  new Map(deckies.map((decky) => [decky.name.toLowerCase(), decky]))

function only(deckies: readonly Decky[]): Decky {
  const [decky] = deckies
  if (decky === undefined || deckies.length > 1) throw new Error(`${deckies.length} deckies`)
  return decky
}

const place: Place = {file: 'fleet.ini', line: 1, column: 1, snippet: '[d]'}
const aSpec = (name: string, changes: Partial<DeckySpec> = {}): DeckySpec => ({
  name,
  place,
  options: {},
  customServices: [],
  ...changes,
})
const fleetOf = (deckies: readonly DeckySpec[]): FleetSpec => ({
  file: 'fleet.ini',
  general: {exclude: []},
  deckies,
})

describe('resolveDeckies', () => {
  it('fills in what the file leaves open', () => {
    const [web, windows] = resolve('[web]\narchetype=linux-server\n[desk]\nos=windows\nservices=http\n')
    expect(web).toMatchObject({
      name: 'web',
      ip: '10.9.0.3',
      os: 'linux',
      archetype: 'linux-server',
      host: 'local',
      mutateInterval: null,
    })
    expect(web?.services.map(({name, ports}) => [name, ports[0]?.port])).toEqual([
      ['ssh', 22],
      ['http', 80],
    ])
    expect(windows).toMatchObject({ip: '10.9.0.4', os: 'windows', archetype: null})
    expect(windows?.distro).toMatch(/^windows1[01]$/)
  })

  it('takes what the file states', () => {
    const decky = only(
      resolve(
        `[general]\nmutate_interval=30m\n[fs]\nip=10.9.0.82\nservices=http\ndistro=freebsd\nhostname=FS01\nmac=AA-BB-CC-00-11-22
mutate_interval=15m\n[fs.http]\nport=8080\n`,
      ),
    )
    expect(decky).toMatchObject({
      ip: '10.9.0.82',
      mac: 'aa:bb:cc:00:11:22',
      hostname: 'FS01',
      os: 'bsd',
      distro: 'freebsd',
      mutateInterval: 15,
    })
    expect(decky.services).toMatchObject([{name: 'http', ports: [{port: 8080, protocol: 'tcp'}]}])
  })

  it('rotates as [general] says, unless the decky says otherwise', () => {
    const intervals = resolve(
      '[general]\nmutate_interval=30m\n[a]\n[b]\nmutate_interval=off\n[c]\nmutate_interval=1h\n',
    )
    expect(intervals.map(({mutateInterval}) => mutateInterval)).toEqual([30, null, 60])
  })

  it('keeps custom services apart from the catalogue', () => {
    const decky = only(resolve('[plc]\nservices=ssh,scada\n[custom-scada]\nbinary=scada:1\nports=502\n'))
    expect(decky.services.map(({name}) => name)).toEqual(['ssh'])
    expect(decky.customServices).toMatchObject([{name: 'scada', image: 'scada:1'}])
  })

  it.each([
    ['10.9.1.5', 'outside the subnet 10.9.0.0/24'],
    ['10.9.0.0', 'the network address of 10.9.0.0/24'],
    ['10.9.0.255', 'the broadcast address of 10.9.0.0/24'],
    ['10.9.0.1', 'the gateway'],
    ['10.9.0.2', "this host's own address"],
    ['10.9.0.50', 'excluded by [general] exclude'],
  ])('refuses %s, which is %s', (ip, reason) => {
    const {reservations} = facts()
    const exclude = [{first: at('10.9.0.50'), last: at('10.9.0.60')}]
    const error = refusalOf(() => resolve(`[web]\nip=${ip}\n`, {reservations: {...reservations, exclude}}))
    expect(error.code).toBe('FLEET_FILE_INVALID')
    expect(error.diagnostics).toMatchObject([
      {code: 'address-unusable', summary: `web cannot have ${ip}: it is ${reason}`, place: {line: 2, column: 4}},
    ])
  })

  it('reports every bad address at once', () => {
    const error = refusalOf(() => resolve('[a]\nip=10.9.0.1\n[b]\nip=10.9.0.5\n[c]\nip=10.8.0.1\n'))
    expect(error.message).toBe('fleet.ini has 2 problems')
    expect(error.diagnostics.map(({place: where}) => where?.line)).toEqual([2, 6])
  })

  it('names the first decky that found no address, and counts the others', () => {
    const error = refusalOf(() =>
      resolveDeckies(specOf('[web]\namount=9\n[db]\nip=10.9.0.4\n[mail]\namount=2\n'), facts({}, ['10.9.0.0', 29])),
    )
    expect(error.diagnostics.map(({code, summary}) => [code, summary])).toEqual([
      ['no-addresses', 'no free address in 10.9.0.0/29 for web-04 and 7 more'],
    ])
  })

  it('leaves the addresses of the fleet alone', () => {
    const staying = resolve('[old]\namount=3\n')
    expect(resolve('[new]\namount=2\n', {staying}).map(({ip}) => ip)).toEqual(['10.9.0.6', '10.9.0.7'])
  })

  it('hands a decky of the state over to another address when the file gives its own away', () => {
    const before = resolve('[a]\n[b]\n')
    const after = resolve('[a]\n[b]\n[c]\nip=10.9.0.3\n', {existing: known(before)})
    expect(after.map(({name, ip}) => [name, ip])).toEqual([
      ['a', '10.9.0.5'],
      ['b', '10.9.0.4'],
      ['c', '10.9.0.3'],
    ])
  })

  it('draws another MAC and host name when the file gives the known ones to another decky', () => {
    const [a] = resolve('[a]\n')
    const file = `[b]\nmac=${a?.mac}\nhostname=${a?.hostname}\n[a]\n`
    const after = resolve(file, {existing: known(a === undefined ? [] : [a])})
    expect(new Set(after.map(({mac}) => mac)).size).toBe(2)
    expect(new Set(after.map(({hostname}) => hostname)).size).toBe(2)
    expect(after[0]).toMatchObject({mac: a?.mac, hostname: a?.hostname})
  })

  it('moves a decky whose address left the subnet, and gives it a new look when its OS changed', () => {
    const before = resolve('[a]\nos=linux\n')
    const after = only(
      resolveDeckies(specOf('[a]\nos=windows\nservices=http\n'), facts({existing: known(before)}, ['10.8.0.0', 24])),
    )
    expect(after.ip).toBe('10.8.0.3')
    expect(after.os).toBe('windows')
    expect(after.hostname).not.toBe(before[0]?.hostname)
    expect(vendors('windows')).toContain(after.mac.slice(0, 8))
  })
})

const vendors = (os: OsName): readonly string[] => CATALOG.osProfiles.get(os)?.ouis ?? []

const OSES: readonly OsName[] = ['linux', 'windows', 'windows_server', 'bsd', 'embedded', 'cisco']
const names = fc.uniqueArray(fc.stringMatching(/^[a-z][a-z0-9-]{0,12}$/), {minLength: 1, maxLength: 25})
const specs = fc
  .tuple(names, fc.array(fc.constantFrom(...OSES), {minLength: 25, maxLength: 25}), fc.array(fc.nat(), {maxLength: 6}))
  .map(([list, oses, pinned]) => {
    const pins = [...new Set(pinned.map((n) => 10 + (n % 240)))]
    return list.map((name, index) => {
      const pin = pins[index]
      return aSpec(name, {os: oses[index] ?? 'linux', ...(pin === undefined ? {} : {ip: `10.9.0.${pin}`})})
    })
  })
const secrets = fc.uint8Array({minLength: 32, maxLength: 32}).map((bytes) => Buffer.from(bytes))

describe('any fleet', () => {
  it('has unique addresses, MACs and host names, none of them reserved', () => {
    const {reservations} = facts()
    const exclude = [{first: at('10.9.0.3'), last: at('10.9.0.9')}]
    fc.assert(
      fc.property(specs, secrets, (list, secret) => {
        const deckies = resolveDeckies(fleetOf(list), facts({secret, reservations: {...reservations, exclude}}))
        const addresses = deckies.map(({ip}) => at(ip))
        expect(new Set(addresses).size).toBe(list.length)
        for (const address of addresses) {
          expect(address).toBeGreaterThan(at('10.9.0.9'))
          expect(address).toBeLessThan(at('10.9.0.255'))
        }
        expect(new Set(deckies.map(({mac}) => mac)).size).toBe(list.length)
        expect(new Set(deckies.map(({hostname}) => hostname.toLowerCase())).size).toBe(list.length)
      }),
    )
  })

  it('has MACs of vendors that fit the OS, unicast and not locally administered', () => {
    fc.assert(
      fc.property(specs, secrets, (list, secret) => {
        for (const {mac, os} of resolveDeckies(fleetOf(list), facts({secret}))) {
          expect(vendors(os)).toContain(mac.slice(0, 8))
          expect(Number.parseInt(mac.slice(0, 2), 16) & 0b11).toBe(0)
        }
      }),
      {numRuns: 30},
    )
  })

  it('has MACs that do not count, in the order of addresses or in any other', () => {
    const list = Array.from({length: 120}, (_, index) => aSpec(`d-${index}`))
    const numbers = resolveDeckies(fleetOf(list), facts()).map(({mac: text}) =>
      Number.parseInt(text.replaceAll(':', ''), 16),
    )
    const sorted = numbers.toSorted((a, b) => a - b)
    const steps = sorted.slice(1).map((value, index) => value - (sorted[index] ?? 0))
    expect(Math.min(...steps)).toBeGreaterThan(8)
    const rising = numbers.slice(1).filter((value, index) => value > (numbers[index] ?? 0)).length
    expect(rising).toBeGreaterThan(40)
    expect(rising).toBeLessThan(80)
  })

  it('is the same the second time, with and without a state', () => {
    fc.assert(
      fc.property(specs, secrets, (list, secret) => {
        const first = resolveDeckies(fleetOf(list), facts({secret}))
        expect(resolveDeckies(fleetOf(list), facts({secret}))).toEqual(first)
        expect(resolveDeckies(fleetOf(list), facts({secret, existing: known(first)}))).toEqual(first)
      }),
    )
  })

  it('keeps what the state knows when sections are put in, moved or taken out before it', () => {
    fc.assert(
      fc.property(specs, secrets, fc.integer({min: 1, max: 5}), (list, secret, added) => {
        const before = resolveDeckies(fleetOf(list), facts({secret}))
        const news = Array.from({length: added}, (_, index) => aSpec(`zz_${index}`))
        const kept = list.toReversed().slice(0, Math.ceil(list.length / 2))
        const after = resolveDeckies(fleetOf([...news, ...kept]), facts({secret, existing: known(before)}))
        const wanted = new Set(kept.map(({name}) => name))
        const byName = (deckies: readonly Decky[]) =>
          deckies.filter(({name}) => wanted.has(name)).toSorted((a, b) => (a.name < b.name ? -1 : 1))
        expect(byName(after)).toEqual(byName(before))
      }),
    )
  })

  it('is another one in another install', () => {
    fc.assert(
      fc.property(specs, secrets, secrets, (list, one, other) => {
        fc.pre(!one.equals(other))
        const macs = (secret: Buffer) => resolveDeckies(fleetOf(list), facts({secret})).map(({mac}) => mac)
        const theirs = new Set(macs(other))
        expect(macs(one).filter((mac) => theirs.has(mac))).toEqual([])
      }),
      {numRuns: 40},
    )
  })

  it('still has unique host names when its distro knows only a hundred', () => {
    const list = Array.from({length: 2000}, (_, n) => aSpec(`d-${n}`, {distro: 'kali', services: ['ssh'], mac: mac(n)}))
    const deckies = resolveDeckies(fleetOf(list), facts({}, ['10.9.0.0', 16]))
    expect(new Set(deckies.map(({hostname}) => hostname)).size).toBe(2000)
  })

  it('of 60,000 deckies takes no more time for each than one of 6,000', () => {
    // What is derived costs the same for each decky by its nature; here it is fixed, so that only allocation counts.
    const timed = (count: number): number => {
      const list = Array.from({length: count}, (_, n) =>
        aSpec(`d-${n}`, {distro: 'debian', services: ['ssh'], mac: mac(n), hostname: `h${n}`}),
      )
      const started = performance.now()
      const deckies = resolveDeckies(fleetOf(list), facts({}, ['10.9.0.0', 16]))
      const spent = performance.now() - started
      expect(new Set(deckies.map(({ip}) => ip)).size).toBe(count)
      return spent / count
    }
    const least = (count: number) => Math.min(timed(count), timed(count), timed(count))
    expect(least(60_000)).toBeLessThan(8 * least(6_000))
  })
})

const mac = (n: number): string => `02:00:00:${[n >> 16, (n >> 8) & 255, n & 255].map(hex).join(':')}`
const hex = (byte: number): string => byte.toString(16).padStart(2, '0')
