/** The management processor that an HPE server has: the same in its web pages and behind its SSH login. */
import type {Persona} from '../persona.ts'
import {applianceSerial} from './serials.ts'

const MODELS = ['ProLiant DL360 Gen10', 'ProLiant DL380 Gen10', 'ProLiant DL385 Gen10', 'ProLiant ML350 Gen10']

/** Releases of iLO 5's firmware, and when they were built as its command line says. */
const BUILDS: Readonly<Record<string, string>> = {
  '2.55': 'Oct 01 2021',
  '2.65': 'Mar 03 2022',
  '2.72': 'Sep 04 2022',
  '2.78': 'Jan 12 2023',
  '2.81': 'Apr 10 2023',
  '2.90': 'Jun 02 2023',
}

export const ILO_VERSIONS: readonly string[] = Object.keys(BUILDS)

export interface IloDevice {
  readonly model: string
  readonly serial: string
  readonly version: string
  readonly built: string
}

export const iloModel = (persona: Persona): string => persona.pick('ilo model', MODELS)

export function iloOf(persona: Persona): IloDevice {
  const version = persona.pick('http ilo version', ILO_VERSIONS)
  return {model: iloModel(persona), serial: applianceSerial(persona, 'hpe'), version, built: BUILDS[version] ?? ''}
}
