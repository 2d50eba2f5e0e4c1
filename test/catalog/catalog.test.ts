import {describe, expect, it} from 'vitest'

import {CATALOG} from '../../src/catalog/index.ts'
import {SERVICE_DEFINITIONS} from '../../src/catalog/services.ts'
import type {OsName} from '../../src/fleet/catalog.ts'

const OSES: readonly OsName[] = ['linux', 'windows', 'windows_server', 'bsd', 'embedded', 'cisco']
const WORD = /^[a-z][a-z0-9-]*$/
/** `docker_api` and `smtp_relay` are what older fleet files call them. */
const SERVICE_NAME = /^[a-z][a-z0-9_-]*$/

/** `tcp/22` of every service, with its options as they are by default. */
const portsOf = (services: readonly string[]): string[] =>
  services
    .flatMap((name) => CATALOG.services.get(name)?.ports({}) ?? [])
    .map(({port, protocol}) => `${protocol}/${port}`)

describe.each(OSES)('the OS %s', (os) => {
  it('has a profile, a distro and services to draw from', () => {
    const profile = CATALOG.osProfiles.get(os)
    expect(profile?.name).toBe(os)
    expect(profile?.ouis.length).toBeGreaterThan(0)
    expect([...CATALOG.distros.values()].some((distro) => distro.os === os)).toBe(true)
    expect(CATALOG.defaultServiceSets.get(os)?.length).toBeGreaterThan(0)
  })

  it('is only given services that exist and do not clash', () => {
    for (const services of CATALOG.defaultServiceSets.get(os) ?? []) {
      expect(services.length).toBeGreaterThan(0)
      expect(services.filter((name) => !CATALOG.services.has(name))).toEqual([])
      expect(new Set(portsOf(services)).size).toBe(portsOf(services).length)
    }
  })

  it('sets only what the kernel keeps for each network namespace', () => {
    for (const [key, value] of Object.entries(CATALOG.osProfiles.get(os)?.sysctls ?? {})) {
      expect(key).toMatch(/^net\.ipv4\.[a-z_]+$/)
      expect(value).toMatch(/^\d+$/)
    }
  })
})

describe.each([...CATALOG.archetypes.values()])('the archetype $name', (archetype) => {
  it('has services that exist and do not clash', () => {
    expect(archetype.services.filter((name) => !CATALOG.services.has(name))).toEqual([])
    expect(new Set(portsOf(archetype.services)).size).toBe(portsOf(archetype.services).length)
  })

  it('has distros of its OS, and roles to be named by', () => {
    expect(archetype.distros.map((name) => CATALOG.distros.get(name)?.os)).toEqual(
      archetype.distros.map(() => archetype.os),
    )
    expect(archetype.distros.length).toBeGreaterThan(0)
    expect(archetype.roles.length).toBeGreaterThan(0)
    expect(archetype.roles.filter((role) => !WORD.test(role))).toEqual([])
  })
})

describe('the catalogue', () => {
  it('has every entry under its own name, once', () => {
    const {services, archetypes, distros, osProfiles} = CATALOG
    for (const table of [services, archetypes, distros, osProfiles]) {
      for (const [key, {name}] of table as ReadonlyMap<string, {name: string}>) expect(key).toBe(name)
    }
    expect(services.size).toBe(SERVICE_DEFINITIONS.length)
  })

  it('has aliases that are no names, of names that are', () => {
    for (const [alias, os] of CATALOG.osAliases) {
      expect(CATALOG.osProfiles.has(alias as OsName)).toBe(false)
      expect(CATALOG.osProfiles.has(os)).toBe(true)
    }
  })
})

describe.each(SERVICE_DEFINITIONS)('the service $name', ({name, summary, roles, ports, options}) => {
  it('is described', () => {
    expect(name).toMatch(SERVICE_NAME)
    expect(summary).toMatch(/\S/)
    expect(roles.filter((role) => !WORD.test(role))).toEqual([])
    expect(roles.length).toBeGreaterThan(0)
  })

  it('has ports that are moved by options which are there', () => {
    expect(ports.length).toBeGreaterThan(0)
    for (const {option, port, needs} of ports) {
      expect(port).toBeGreaterThan(0)
      expect(port).toBeLessThan(65_536)
      if (option === undefined) continue
      expect(options[option]).toMatchObject({type: 'integer', default: port})
      const open = needs === undefined ? {} : {[needs]: true}
      const moved = CATALOG.services.get(name)?.ports({...open, [option]: 12_345}) ?? []
      expect(moved.map((each) => each.port)).toContain(12_345)
    }
  })

  it('takes its own defaults, and no option that it does not have', () => {
    const info = CATALOG.services.get(name)
    expect(info?.optionNames).toEqual(Object.keys(options))
    for (const [key, option] of Object.entries(options)) {
      expect(option.summary).toMatch(/\S/)
      if (option.default === null) continue
      const text = Array.isArray(option.default) ? option.default.join(', ') : String(option.default)
      if (text !== '') expect(info?.parseOption(key, text)).toEqual({ok: true, value: option.default})
    }
    for (const key of ['__proto__', 'constructor', 'no-such']) {
      expect(info?.parseOption(key, 'x')).toEqual({ok: false, expected: 'a known option'})
    }
  })
})
