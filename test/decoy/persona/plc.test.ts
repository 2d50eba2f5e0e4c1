import {describe, expect, it} from 'vitest'

import {plcOf, plcVendor} from '../../../src/decoy/persona/plc.ts'
import {Persona, type PersonaFacts} from '../../../src/decoy/persona.ts'

const FACTS: PersonaFacts = {
  hostname: 'plc07',
  domain: null,
  os: 'embedded',
  distro: 'embedded',
  archetype: 'industrial-control',
  ip: '192.168.1.5',
  mac: '00:1b:1b:01:02:03',
  seed: '11'.repeat(32),
  since: '2026-01-01T00:00:00.000Z',
}

const persona = (facts: Partial<PersonaFacts> = {}): Persona => new Persona({...FACTS, ...facts})

describe('a controller', () => {
  it.each([
    ['00:1b:1b:01:02:03', 'siemens'],
    ['00:80:F4:01:02:03', 'schneider'],
    ['00:30:de:01:02:03', 'wago'],
    ['00:50:56:01:02:03', 'siemens'],
  ])('with the address %s is of %s', (mac, vendor) => {
    expect(plcVendor(persona({mac}))).toBe(vendor)
    expect(plcOf(persona({mac})).vendor).toBe(vendor)
  })

  it('is the same whenever it is asked, and another on another machine', () => {
    expect(plcOf(persona())).toEqual(plcOf(persona()))
    const serials = ['11', '12', '13', '14'].map((seed) => plcOf(persona({seed: seed.repeat(32)})).serial)
    expect(new Set(serials).size).toBe(4)
  })

  it('carries the name that it was given', () => {
    expect(plcOf(persona({hostname: 'filling-2'})).station).toBe('filling-2')
  })
})
