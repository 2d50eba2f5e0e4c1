import {existsSync, readFileSync} from 'node:fs'
import fc from 'fast-check'
import {describe, expect, it} from 'vitest'

import {DISTROS} from '../../src/catalog/distros.ts'
import {CATALOG} from '../../src/catalog/index.ts'
import {AUTOMATION_OUIS, CAMERA_OUIS, NAS_OUIS, OS_PROFILES, PRINTER_OUIS} from '../../src/catalog/os-profiles.ts'
import type {Distro} from '../../src/fleet/catalog.ts'
import {controllerName, Derivation, deriveHostname, deriveMac, fleetSite} from '../../src/fleet/identity.ts'

const secret = Buffer.alloc(32, 1)
const name = fc.stringMatching(/^[A-Za-z0-9._-]{1,40}$/)
const secrets = fc.uint8Array({minLength: 32, maxLength: 32}).map((bytes) => Buffer.from(bytes))

describe('Derivation', () => {
  it('gives the same for the same secret, name and purpose, whatever the case of the name', () => {
    fc.assert(
      fc.property(secrets, name, (key, decky) => {
        const upper = new Derivation(key, decky.toUpperCase(), 'mac').bytes(32)
        expect(new Derivation(key, decky.toLowerCase(), 'mac').bytes(32)).toEqual(upper)
      }),
    )
  })

  it('gives something else for another secret, name or purpose', () => {
    const own = new Derivation(secret, 'web', 'mac').bytes(32)
    expect(new Derivation(Buffer.alloc(32, 2), 'web', 'mac').bytes(32)).not.toEqual(own)
    expect(new Derivation(secret, 'web-01', 'mac').bytes(32)).not.toEqual(own)
    expect(new Derivation(secret, 'web', 'hostname').bytes(32)).not.toEqual(own)
  })

  it('stays below its bound for each of its six choices', () => {
    fc.assert(
      fc.property(name, fc.integer({min: 1, max: 10_000}), fc.integer({min: 0, max: 5}), (decky, bound, index) => {
        const choice = new Derivation(secret, decky, 'x').below(bound, index)
        expect(choice).toBeGreaterThanOrEqual(0)
        expect(choice).toBeLessThan(bound)
      }),
    )
  })

  it('picks every member of a list now and then', () => {
    const list = ['a', 'b', 'c', 'd']
    const picked = new Set(Array.from({length: 200}, (_, n) => new Derivation(secret, `d${n}`, 'x').pick(list)))
    expect([...picked].toSorted()).toEqual(list)
  })

  it('cannot pick from nothing', () => {
    expect(() => new Derivation(secret, 'web', 'x').pick([])).toThrow(RangeError)
  })
})

describe('deriveMac', () => {
  it('takes one of the prefixes and is another one at each attempt', () => {
    fc.assert(
      fc.property(secrets, name, (key, decky) => {
        const macs = Array.from({length: 5}, (_, attempt) => deriveMac(key, decky, ['00:50:56', 'd4:be:d9'], attempt))
        for (const mac of macs) expect(mac).toMatch(/^(00:50:56|d4:be:d9)(:[0-9a-f]{2}){3}$/)
        expect(new Set(macs).size).toBe(5)
        expect(deriveMac(key, decky, ['00:50:56', 'd4:be:d9'])).toBe(macs[0])
      }),
      {numRuns: 50},
    )
  })

  it('differs between two installs', () => {
    const macs = (key: Buffer) => Array.from({length: 20}, (_, n) => deriveMac(key, `web-${n}`, ['00:50:56']))
    expect(macs(secret).filter((mac) => macs(Buffer.alloc(32, 2)).includes(mac))).toEqual([])
  })
})

/** Installed with nmap, whose operators are the ones to deceive. */
const NMAP_PREFIXES = '/usr/share/nmap/nmap-mac-prefixes'

const catalogued = [
  ...[...OS_PROFILES.values()].flatMap(({name: os, ouis}) => ouis.map((oui) => [os as string, oui] as const)),
  ...[...PRINTER_OUIS, ...NAS_OUIS, ...CAMERA_OUIS, ...AUTOMATION_OUIS].map((oui) => ['appliance', oui] as const),
]

describe.each(catalogued)('the %s prefix %s', (_, oui) => {
  it('is unicast and not locally administered', () => {
    expect(oui).toMatch(/^[0-9a-f]{2}:[0-9a-f]{2}:[0-9a-f]{2}$/)
    expect(Number.parseInt(oui.slice(0, 2), 16) & 0b11).toBe(0)
  })

  it.skipIf(!existsSync(NMAP_PREFIXES))('is known to nmap', () => {
    const prefixes = readFileSync(NMAP_PREFIXES, 'utf8')
    expect(prefixes).toMatch(new RegExp(`^${oui.replaceAll(':', '').toUpperCase()} `, 'm'))
  })
})

describe('deriveHostname', () => {
  const mac = '00:50:56:ab:cd:ef'
  const pattern = (...hostnamePatterns: string[]): Distro => ({name: 'x', summary: '', os: 'linux', hostnamePatterns})

  it.each([
    ['{role}{nn}', /^web\d\d$/],
    ['{ROLE}-{n}', /^WEB-\d{1,2}$/],
    ['{site}-{SITE}', /^([a-z0-9]{3})-([A-Z0-9]{3})$/],
    ['DESKTOP-{serial}', /^DESKTOP-[A-Z0-9]{7}$/],
    ['WIN-{serial11}', /^WIN-[A-Z0-9]{11}$/],
    ['NPI{MAC}', /^NPIABCDEF$/],
  ])('fills %s', (text, expected) => {
    fc.assert(
      fc.property(name, (decky) => expected.test(deriveHostname(secret, decky, pattern(text), {roles: ['web'], mac}))),
    )
  })

  it('has a word for machines without a role', () => {
    expect(deriveHostname(secret, 'web', pattern('{role}{nn}'), {roles: [], mac})).toMatch(/^srv\d\d$/)
  })

  it('adds digits once the plain names have run out', () => {
    const nameAt = (attempt: number) => deriveHostname(secret, 'a', pattern('kali'), {roles: [], mac}, attempt)
    expect(nameAt(0)).toBe('kali')
    for (let attempt = 1; attempt < 20; attempt++) expect(nameAt(attempt)).toMatch(/^kali\d{1,5}$/)
  })

  it('keeps to the patterns of the archetype where it has its own', () => {
    const naming = {roles: ['prn'], mac, patterns: ['NPI{MAC}']}
    expect(deriveHostname(secret, 'a', pattern('{role}{nn}'), naming)).toBe('NPIABCDEF')
  })

  const catalogued = [...CATALOG.archetypes.values(), ...CATALOG.services.values()].flatMap((one) => one.roles)
  const roles = [...catalogued, 'a-role-that-is-too-long', 'dc']

  it.each([...DISTROS.values()])('of $name is a host name (RFC 1123) for every role of the catalogue', (distro) => {
    for (let n = 0; n < 300; n++) {
      const hostname = deriveHostname(secret, `d${n}`, distro, {roles, mac}, n % 10)
      expect(hostname).toMatch(/^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/)
      if (distro.os.startsWith('windows')) expect(hostname.length).toBeLessThanOrEqual(15)
    }
  })

  it.each(['windows2019', 'windows10', 'debian', 'ios'])(
    'keeps one site and one pattern in a fleet of %s',
    (distro) => {
      const of = DISTROS.get(distro)
      if (of === undefined) throw new Error(distro)
      const shape = (text: string): string => text.replace(/-[A-Z0-9]{7,11}$/, '-S').replace(/\d+/g, '0')
      for (const seed of [1, 2, 3, 4, 5]) {
        const names = Array.from({length: 30}, (_, n) =>
          deriveHostname(Buffer.alloc(32, seed), `d${n}`, of, {roles: ['web'], mac}),
        )
        expect(new Set(names.map(shape)).size).toBe(1)
      }
    },
  )

  it('finds names for a very large fleet of one kind, soon and without repetition', () => {
    const distro = DISTROS.get('windows2019')
    if (distro === undefined) throw new Error('no windows2019')
    const taken = new Set<string>()
    let attempts = 0
    for (let n = 0; n < 5000; n++) {
      for (let attempt = 0; ; attempt++, attempts++) {
        const hostname = deriveHostname(secret, `d${n}`, distro, {roles: ['web'], mac}, attempt)
        if (taken.has(hostname)) continue
        taken.add(hostname)
        break
      }
    }
    expect(taken.size).toBe(5000)
    expect(attempts).toBeLessThan(5000 * 5)
    expect(Math.max(...[...taken].map((hostname) => hostname.length))).toBeLessThanOrEqual(15)
  })

  it('counts the controllers of a domain from 1', () => {
    const distro = DISTROS.get('windows2022')
    if (distro === undefined) throw new Error('no windows2022')
    const names = [0, 1, 2].map((attempt) => deriveHostname(secret, 'dc', distro, {roles: ['dc'], mac}, attempt))
    expect(names).toEqual([1, 2, 3].map((number) => controllerName(secret, number)))
    expect(names.map((hostname) => hostname.slice(-4))).toEqual(['DC01', 'DC02', 'DC03'])
  })

  it('gives another install another site or pattern now and then', () => {
    const sites = new Set(Array.from({length: 40}, (_, n) => fleetSite(Buffer.alloc(32, n))))
    expect(sites.size).toBeGreaterThan(5)
  })
})
