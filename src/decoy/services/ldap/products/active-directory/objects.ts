/** What all objects of a directory have in common: identifiers, times, update numbers. */
import type {Domain} from '../../../../persona/domain.ts'
import {forestCreatedAt} from '../../../../persona/windows.ts'
import type {Persona} from '../../../../persona.ts'
import {type Attribute, Entry} from '../../directory/tree.ts'
import {controllerNames} from './root-dse.ts'
import {generalizedTime} from './values.ts'

export interface ObjectPlan {
  /** By default `rdn,parent`. */
  readonly dn?: string
  /** Type and value of the relative name. */
  readonly rdn: readonly [string, string]
  readonly parent: string
  /** objectClass, from `top` down. */
  readonly classes: readonly string[]
  /** Common name of the class in the schema. */
  readonly category: string
  readonly guid?: Buffer
  /** Made with the domain, and guarded from deletion. */
  readonly system?: boolean
  readonly createdAt?: number
  readonly changedAt?: number
  readonly attributes: readonly Attribute[]
}

/** Objects that came with the domain have the first numbers. */
const FIRST_USN = 5772
const FIRST_OWN_USN = 12_700

export class Objects {
  readonly #persona: Persona
  readonly #schema: string
  #count = 0

  constructor(persona: Persona, domain: Domain) {
    this.#persona = persona
    this.#schema = controllerNames(domain).schema
  }

  entry(plan: ObjectPlan): Entry {
    const [type, value] = plan.rdn
    const dn = plan.dn ?? `${type.toUpperCase()}=${value},${plan.parent}`
    const created = plan.createdAt ?? forestCreatedAt(this.#persona)
    const first = plan.system === true ? FIRST_USN : FIRST_OWN_USN
    const usn = first + 7 * ++this.#count
    const naming: Attribute[] = type === 'dc' ? [] : [{name: type, values: [value]}]
    const guid = plan.guid ?? versioned(this.#persona.fleet.bytes(`object guid ${dn.toLowerCase()}`, 16))
    return new Entry(dn, [
      {name: 'objectClass', values: plan.classes},
      ...naming,
      {name: 'distinguishedName', values: [dn]},
      {name: 'instanceType', values: [type === 'dc' ? '5' : '4']},
      {name: 'whenCreated', values: [generalizedTime(created)]},
      {name: 'whenChanged', values: [generalizedTime(plan.changedAt ?? created)]},
      {name: 'uSNCreated', values: [String(usn)]},
      {name: 'uSNChanged', values: [String(usn + 3)]},
      ...plan.attributes,
      {name: 'name', values: [value]},
      {name: 'objectGUID', values: [guid]},
      {name: 'objectCategory', values: [`CN=${plan.category},${this.#schema}`]},
      ...(plan.system === true ? [{name: 'isCriticalSystemObject', values: ['TRUE']}] : []),
      {name: 'dSCorePropagationData', values: ['16010101000000.0Z']},
    ])
  }
}

/** RFC 9562 version 4, whose digit is in a field that is stored little-endian. */
function versioned(bytes: Buffer): Buffer {
  bytes.writeUInt8((bytes.readUInt8(7) & 0x0f) | 0x40, 7)
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8)
  return bytes
}
