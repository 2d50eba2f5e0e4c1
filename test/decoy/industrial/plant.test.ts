import {describe, expect, it} from 'vitest'

import {plantOf} from '../../../src/decoy/industrial/plant.ts'
import {Signal} from '../../../src/decoy/industrial/signal.ts'
import {THEMES} from '../../../src/decoy/industrial/themes.ts'
import {Persona} from '../../../src/decoy/persona.ts'

const NOW = Date.parse('2026-03-04T05:06:07.089Z')
const HOUR = 3_600_000

const persona = (seed = '11'): Persona =>
  new Persona({
    hostname: 'plc07',
    domain: null,
    os: 'embedded',
    distro: 'embedded',
    archetype: 'industrial-control',
    ip: '192.168.1.5',
    mac: '00:1b:1b:01:02:03',
    seed: seed.repeat(32),
    since: '2026-01-01T00:00:00.000Z',
  })

describe('measurements', () => {
  const quantities = THEMES.flatMap((theme) => theme.quantities)

  it.each(quantities.map((quantity) => [quantity.name, quantity] as const))(
    '%s stays what it usually is',
    (_, quantity) => {
      const signal = new Signal(persona(), quantity)
      for (let hour = 0; hour < 2000; hour++) {
        const value = signal.at(NOW + hour * HOUR)
        expect(Math.abs(value - quantity.usual)).toBeLessThanOrEqual(quantity.swing * 1.5)
        expect(value).toBeGreaterThanOrEqual(quantity.range[0])
        expect(value).toBeLessThanOrEqual(quantity.range[1])
      }
    },
  )

  it('do not leave what the sensor can measure, whatever is asked of them', () => {
    const [quantity] = quantities
    if (quantity === undefined) throw new Error('there is none')
    const signal = new Signal(persona(), quantity)
    signal.steer(-5000, NOW)
    expect(signal.at(NOW + HOUR)).toBe(quantity.range[0])
    expect(signal.converted(NOW + HOUR, 27_648)).toBe(0)
  })
})

describe('a plant', () => {
  it('is one for all services of a machine', () => {
    const machine = persona()
    plantOf(machine).setWord(100, 4711, NOW)
    expect(plantOf(machine).word(100, NOW)).toBe(4711)
    expect(plantOf(persona()).word(100, NOW)).toBe(0)
  })

  it('stands still while it is stopped', () => {
    const plant = plantOf(persona())
    plant.stop(NOW)
    expect(plant.word(8, NOW + HOUR)).toBe(plant.word(8, NOW))
    expect(plant.output(0, NOW) || plant.output(1, NOW)).toBe(false)
    plant.start()
    expect(plant.output(0, NOW) || plant.output(1, NOW)).toBe(true)
  })

  it('ignores what is written outside of it', () => {
    const plant = plantOf(persona())
    plant.setWord(70_000, 1, NOW)
    plant.setOutput(70_000, true)
    expect(plant.word(70_000, NOW)).toBe(0)
    expect(plant.output(70_000, NOW)).toBe(false)
  })
})
