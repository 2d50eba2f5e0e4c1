/** Names of machines that a company has and intruders look for: what the fleet's name servers know. */
import type {Persona} from '../persona.ts'

/** Asked for first, whoever asks. */
const LURES = ['vpn', 'intranet', 'sccm', 'backup']
/** Of these each fleet has some. */
const FURTHER_LURES = ['wsus', 'helpdesk', 'erp', 'citrix', 'git', 'wiki', 'jump', 'print', 'monitoring', 'nas']
const FURTHER = 4
/** Has no factor in common with the number of names, so that the steps meet no name twice. */
const STEP = 3

/** The same on every machine of the fleet. */
export function lureNames({fleet}: Pick<Persona, 'fleet'>): readonly string[] {
  const start = fleet.integer('dns lures', 0, FURTHER_LURES.length - 1)
  const at = (index: number): string => FURTHER_LURES[(start + STEP * index) % FURTHER_LURES.length] ?? ''
  return [...LURES, ...Array.from({length: FURTHER}, (_, index) => at(index))]
}
