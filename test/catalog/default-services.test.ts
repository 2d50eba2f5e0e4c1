import fc from 'fast-check'
import {describe, expect, it} from 'vitest'

import {CATALOG} from '../../src/catalog/index.ts'
import {SERVICES} from '../../src/catalog/service-catalog.ts'
import {portName} from '../../src/fleet/custom-section.ts'
import type {Decky} from '../../src/fleet/decky.ts'
import {plausibleSets} from '../../src/fleet/default-services.ts'
import {parseAddress, subnetAt} from '../../src/fleet/ipv4.ts'
import {readFleetSpec} from '../../src/fleet/read-spec.ts'
import {resolveDeckies} from '../../src/fleet/resolve.ts'
import {Draw} from '../../src/operations/init/draw.ts'
import {randomServices} from '../../src/operations/init/random-services.ts'

const subnet = subnetAt(parseAddress('10.9.0.0') ?? 0, 16)

function resolve(text: string, secret: Buffer): Decky[] {
  return resolveDeckies(readFleetSpec('fleet.ini', text, CATALOG).spec, {
    catalog: CATALOG,
    secret,
    reservations: {subnet, gateway: subnet.first + 1, host: new Set(), exclude: []},
    existing: new Map(),
    staying: [],
  })
}

const servicesOf = ({services}: Decky): readonly string[] => services.map(({name}) => name)
const distros = [...CATALOG.distros.values()]
const installs = fc.uint8Array({minLength: 32, maxLength: 32}).map((bytes) => Buffer.from(bytes))
const systems = fc.constantFrom(...distros)

describe.each([...CATALOG.defaultServiceSets])('what is drawn for %s', (name, sets) => {
  it('is for an OS or a distro that there is', () => {
    expect(CATALOG.distros.has(name) || CATALOG.osProfiles.has(name as 'linux')).toBe(true)
  })

  it('are small sets, each once, of services that share no port', () => {
    expect(new Set(sets.map((set) => set.toSorted().join())).size).toBe(sets.length)
    for (const set of sets) {
      const ports = set.flatMap((service) => SERVICES.get(service)?.ports({}) ?? []).map(portName)
      expect(new Set(ports).size).toBe(ports.length)
      expect(set.length).toBeLessThanOrEqual(7)
    }
  })
})

describe('a decky that names neither services nor an archetype', () => {
  it('has a set of its distro or OS, without a clash', () => {
    fc.assert(
      fc.property(installs, systems, fc.integer({min: 1, max: 50}), (secret, {name, os}, amount) => {
        for (const decky of resolve(`[box]\namount = ${amount}\ndistro = ${name}\n`, secret)) {
          expect(plausibleSets(CATALOG, os, name)).toContainEqual(servicesOf(decky))
          const ports = decky.services.flatMap((service) => service.ports.map(portName))
          expect(new Set(ports).size).toBe(ports.length)
        }
      }),
      {numRuns: 40},
    )
  })

  it('has the same one whatever stands around it, and in other places of the file', () => {
    const others = fc.array(fc.constantFrom('[x]', '[y]\namount = 3', '[z]\nos = windows'), {maxLength: 3})
    fc.assert(
      fc.property(installs, systems, others, others, (secret, {name}, before, after) => {
        const own = `[box]\ndistro = ${name}`
        const distinct = [...new Set(before)]
        const file = [...distinct, own, ...new Set(after.filter((text) => !distinct.includes(text)))].join('\n')
        const found = resolve(`${file}\n`, secret).find((decky) => decky.name === 'box')
        expect(found?.services).toEqual(resolve(`${own}\n`, secret)[0]?.services)
      }),
      {numRuns: 40},
    )
  })

  it('differs from its neighbours, and from that of another install', () => {
    for (const {name, os} of distros) {
      const text = `[box]\namount = 100\ndistro = ${name}\n`
      const [one = [], other = []] = [1, 2].map((fill) =>
        resolve(text, Buffer.alloc(32, fill)).map((decky) => servicesOf(decky).join()),
      )
      const {length} = plausibleSets(CATALOG, os, name)
      // So few as to happen by chance in one of 10^9 installs, or less often.
      expect(new Set(one).size).toBeGreaterThan(length * 0.6)
      expect(one).not.toEqual(other)
    }
  })
})

describe('what init draws', () => {
  it('is from the same sets, and all of them before one comes twice', () => {
    fc.assert(
      fc.property(fc.string(), systems, (seed, {name: distro, os}) => {
        const sets = plausibleSets(CATALOG, os, distro)
        const used = new Set<string>()
        const draw = new Draw(seed)
        const drawn = Array.from({length: 3}, (_, index) =>
          randomServices({name: `box-${index}`, os, distro}, CATALOG, draw, used),
        )
        for (const set of drawn) expect(sets).toContainEqual(set)
        if (sets.length >= 4) expect(new Set(drawn.map(String)).size).toBe(3)
      }),
      {numRuns: 50},
    )
  })
})
