import type {OptionValues} from '../../../../src/decoy/definition.ts'
import {Persona, type PersonaFacts} from '../../../../src/decoy/persona.ts'
import type {Service} from '../../../../src/decoy/service.ts'
import {createService} from '../../../../src/decoy/services/ntp/server.ts'
import {DEBIAN_MACHINE} from '../../../support/machine-facts.ts'

export const FACTS: PersonaFacts = {
  ...DEBIAN_MACHINE,
  hostname: 'time01',
  seed: '5a'.repeat(32),
  since: '2026-01-03T04:05:06.000Z',
  fleet: {seed: 'a1'.repeat(32), site: 'ber', controller: 'DC01'},
}
export const WINDOWS = {os: 'windows_server', distro: 'windows2022'} as const

export const server = async (facts: Partial<PersonaFacts> = {}, options: OptionValues = {}): Promise<Service> =>
  createService(new Persona({...FACTS, ...facts}), options)
