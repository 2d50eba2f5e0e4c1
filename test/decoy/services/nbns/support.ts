import {encodeName} from '../../../../src/decoy/codecs/netbios-name.ts'
import type {OptionValues} from '../../../../src/decoy/definition.ts'
import {Persona, type PersonaFacts} from '../../../../src/decoy/persona.ts'
import type {Service} from '../../../../src/decoy/service.ts'
import {createService} from '../../../../src/decoy/services/nbns/server.ts'
import {DEBIAN_MACHINE} from '../../../support/machine-facts.ts'

const FACTS: PersonaFacts = {
  ...DEBIAN_MACHINE,
  hostname: 'files01',
  ip: '10.213.7.1',
  mac: '00:15:5d:01:02:03',
}
export const WINDOWS = {os: 'windows_server', distro: 'windows2022'} as const

export async function nbnsService(facts: Partial<PersonaFacts> = {}, options: OptionValues = {}): Promise<Service> {
  return createService(new Persona({...FACTS, ...facts}), options)
}

export function question(id: number, name: string, kind: number, type: number, flags = 0): Buffer {
  const bytes = Buffer.alloc(12)
  bytes.writeUInt16BE(id, 0)
  bytes.writeUInt16BE(flags, 2)
  bytes.writeUInt16BE(1, 4)
  return Buffer.concat([bytes, encodeName({name, kind}), Buffer.from([0, type, 0, 1])])
}

export const STATUS = question(0x1337, '*', 0, 0x21)
