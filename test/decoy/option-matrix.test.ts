/** Every service with every option set: it is made, listens where it was told to, and answers. */
import {describe, expect, it} from 'vitest'

import {serviceInfo} from '../../src/catalog/service-info.ts'
import {SERVICE_DEFINITIONS} from '../../src/catalog/services.ts'
import type {OptionValues, ServiceDefinition} from '../../src/decoy/definition.ts'
import {Persona} from '../../src/decoy/persona.ts'
import {answersTcp, answersUdp} from '../../src/decoy/self-test.ts'
import {SERVICE_LOADERS} from '../../src/decoy/services.ts'
import {DEBIAN_MACHINE} from '../support/machine-facts.ts'
import {everyOption} from '../support/option-values.ts'

const persona = new Persona({...DEBIAN_MACHINE, domain: 'corp.example'})

/** Ports that the service does not answer on; undefined where there is none. */
async function silentPorts(definition: ServiceDefinition, options: OptionValues): Promise<string[]> {
  const create = await SERVICE_LOADERS.get(definition.name)?.()
  if (create === undefined) throw new Error(`${definition.name} cannot be played`)
  const service = await create(persona, options)
  const silent: string[] = []
  for (const {port, protocol} of serviceInfo(definition).ports(options)) {
    const answers = protocol === 'tcp' ? await answersTcp(service, port) : answersUdp(service, port)
    if (!answers) silent.push(`${port}/${protocol}`)
  }
  return silent
}

describe.each(SERVICE_DEFINITIONS)('$name', (definition) => {
  it('answers with every option set at once, on the ports that they move', {timeout: 30_000}, async () => {
    const options = everyOption(definition)
    expect(await silentPorts(definition, options)).toEqual([])
    const open = definition.ports.filter(({needs}) => needs === undefined || options[needs] === true)
    const moved = open.flatMap(({option}) => (option === undefined ? [] : [options[option]]))
    const ports = serviceInfo(definition).ports(options)
    expect(ports.map(({port}) => port)).toEqual(expect.arrayContaining(moved))
  })

  const choices = Object.entries(definition.options).flatMap(([name, option]) =>
    option.type === 'enum' ? option.values.map((value) => [name, value] as const) : [],
  )
  it.runIf(choices.length > 0).each(choices)('answers with %s = %s', {timeout: 30_000}, async (name, value) => {
    expect(await silentPorts(definition, {[name]: value})).toEqual([])
  })
})
