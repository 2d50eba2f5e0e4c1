import {describe, expect, it} from 'vitest'

import {CATALOG} from '../../src/catalog/index.ts'
import {optionReference} from '../../src/catalog/option-reference.ts'
import {
  archetypeReferences,
  distroReferences,
  serviceReference,
  serviceReferences,
} from '../../src/catalog/reference.ts'
import {parseOption} from '../../src/catalog/service-info.ts'
import {SERVICE_DEFINITIONS} from '../../src/catalog/services.ts'
import type {OptionDefinition, ServiceDefinition} from '../../src/decoy/definition.ts'
import {readFleetSpec} from '../../src/fleet/read-spec.ts'

const everything = [...serviceReferences(), ...archetypeReferences(), ...distroReferences()]

describe('every example of the catalogue', () => {
  it.each(everything.map(({name, example}) => [name, example]))('of %s is a valid fleet file', (_, example) => {
    const {spec, warnings} = readFleetSpec('example.ini', Buffer.from(`${example}\n`), CATALOG)
    expect(spec.deckies).toHaveLength(1)
    expect(warnings).toEqual([])
  })

  it('uses what it is an example of', () => {
    for (const {name, example} of everything) expect(example).toMatch(new RegExp(`= ${name}$`, 'm'))
  })
})

describe('every option of the catalogue', () => {
  const options = SERVICE_DEFINITIONS.flatMap(({name, options: all}) =>
    Object.entries(all).map(([option, definition]): [string, OptionDefinition] => [`${name}.${option}`, definition]),
  )

  it.each(options)('%s has an example that it accepts itself', (name, definition) => {
    const {example} = optionReference(name, definition)
    expect(example, 'give the definition an example').not.toBeNull()
    expect(parseOption(definition, example ?? '')).toMatchObject({ok: true})
  })
})

describe('the reference of an option', () => {
  const base = {summary: 'S.', default: null}

  it('tells its limits in words and in numbers', () => {
    expect(optionReference('a', {...base, type: 'integer', min: 1, max: 9})).toMatchObject({
      expected: 'a whole number from 1 to 9',
      min: 1,
      max: 9,
    })
    expect(optionReference('a', {...base, type: 'enum', values: ['x', 'y']})).toMatchObject({
      expected: 'one of x, y',
      values: ['x', 'y'],
      example: 'x',
    })
    expect(optionReference('a', {...base, type: 'text'})).toMatchObject({expected: 'text, at most 256 characters'})
    expect(optionReference('a', {...base, type: 'boolean', default: false})).toMatchObject({example: 'no'})
  })

  it('takes the definition’s own example first, and none that the option refuses', () => {
    const text = {...base, type: 'text', pattern: /^z+$/, expected: 'some z'} as const
    expect(optionReference('a', {...text, example: 'zzz'}).example).toBe('zzz')
    expect(optionReference('a', {...text, example: 'no'}).example).toBeNull()
  })

  it('marks secrets', () => {
    expect(optionReference('a', {...base, type: 'text', secret: true}).secret).toBe(true)
    expect(optionReference('a', {...base, type: 'text'}).secret).toBe(false)
  })
})

it('a service without options is explained without any', () => {
  const bare: ServiceDefinition = {name: 'echo', summary: 'S.', roles: [], ports: [], options: {}, events: []}
  expect(serviceReference(bare)).toMatchObject({options: [], archetypes: [], example: '[echo-01]\nservices = echo'})
})

describe('the reference of a service', () => {
  it('tells its products, and which of them it is on which OS', () => {
    const http = serviceReferences().find(({name}) => name === 'http')
    expect(http?.products.find(({name}) => name === 'iis')?.usualOn).toEqual(['windows', 'windows_server'])
    expect(http?.products.find(({name}) => name === 'nginx')?.usualOn).toContain('linux')
    expect(http?.products.find(({name}) => name === 'jenkins')?.usualOn).toEqual([])
    expect(serviceReferences().find(({name}) => name === 'redis')?.products).toEqual([])
  })
})

describe('the reference of an archetype', () => {
  it('tells the ports that it really opens', () => {
    const portsOf = (archetype: string) => archetypeReferences().find(({name}) => name === archetype)?.ports
    expect(portsOf('jenkins')).toEqual(['22/tcp', '8080/tcp'])
    expect(portsOf('iot-device')).not.toContain('8883/tcp')
    expect(portsOf('domain-controller')).toContain('3268/tcp')
  })
})
