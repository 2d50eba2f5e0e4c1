/** The reference says what a service claims without being told; the service is asked. */

import {describe, expect, it} from 'vitest'
import {DISTROS} from '../../src/catalog/distros.ts'
import {SERVICE_DEFINITIONS} from '../../src/catalog/services.ts'
import {USUAL_PRODUCTS} from '../../src/catalog/usual-products.ts'
import type {OptionDefinition} from '../../src/decoy/definition.ts'
import type {Distro} from '../../src/fleet/catalog.ts'
import {claimedProducts} from '../support/default-products.ts'
import {DEBIAN_MACHINE} from '../support/machine-facts.ts'

const productsOf = (option: OptionDefinition | undefined): readonly string[] =>
  option?.type === 'enum' ? option.values : []
const choosing = SERVICE_DEFINITIONS.filter(({options}) => productsOf(options.product).length > 0)

const factsOf = ({name, os}: Distro, seed: string) => ({
  ...DEBIAN_MACHINE,
  domain: 'corp.example',
  os,
  distro: name,
  seed: seed.repeat(32),
})

/** Several deckies of one distro of each OS; the persona decides between some products. */
const seedsFor = ({name, os}: Distro): readonly string[] =>
  [...DISTROS.values()].find((distro) => distro.os === os)?.name === name ? ['01', '03', '04'] : ['01']

it('every service that has products is in the table, with products of its own', () => {
  expect(Object.keys(USUAL_PRODUCTS).toSorted()).toEqual(choosing.map(({name}) => name).toSorted())
  for (const {name, options} of choosing) {
    const usual = Object.values(USUAL_PRODUCTS[name] ?? {}).flat()
    expect(usual.filter((product) => !productsOf(options.product).includes(product))).toEqual([])
  }
})

/** Their products differ in what nobody is shown who has no password, or asks for no process data. */
const ALIKE = ['modbus', 'vnc']

describe.each(choosing.filter(({name}) => !ALIKE.includes(name)))('$name', (definition) => {
  const products = productsOf(definition.options.product)

  it.each([...DISTROS.values()])('claims on $name what the table says', {timeout: 30_000}, async (distro) => {
    const usual = USUAL_PRODUCTS[definition.name]?.[distro.os] ?? []
    for (const seed of seedsFor(distro)) {
      const claimed = await claimedProducts(definition, products, factsOf(distro, seed))
      expect(usual).toEqual(expect.arrayContaining([...claimed]))
      expect(claimed).toHaveLength(1)
    }
  })
})
