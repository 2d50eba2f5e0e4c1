import type {OptionValues} from '../../../../src/decoy/definition.ts'
import {Persona} from '../../../../src/decoy/persona.ts'
import type {Service} from '../../../../src/decoy/service.ts'
import {createService} from '../../../../src/decoy/services/lpd/server.ts'
import {FACTS} from '../jetdirect/support.ts'

export async function lpdService(options: OptionValues = {}): Promise<Service> {
  return createService(new Persona(FACTS), options)
}

export const CONTROL = 'Hws01\nPbob\nJplan.doc\nldfA001ws01\n'
const content = (text: string): Buffer => Buffer.from(`${text}\0`, 'latin1')

/** A whole job, in the pieces in which clients send it. */
export function job(data: string, queue = 'raw'): Buffer[] {
  return [
    Buffer.from(`\x02${queue}\n`),
    Buffer.from(`\x02${CONTROL.length} cfA001ws01\n`),
    content(CONTROL),
    Buffer.from(`\x03${data.length} dfA001ws01\n`),
    content(data),
  ]
}
