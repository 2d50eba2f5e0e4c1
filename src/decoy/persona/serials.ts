/** Serial numbers and service tags in the manner of their vendors. */
import type {Persona} from '../persona.ts'

export type Vendor = 'hpe' | 'dell' | 'fortinet' | 'vmware' | 'hp' | 'cisco' | 'synology' | 'axis'

/** Neither vowels nor letters that look like digits: what service tags are made of. */
const TAG = 'BCDFGHJKLMNPQRSTVWXYZ0123456789'
const LETTERS = 'ABCDEFGHJKLMNPQRSTUVWXYZ'
const DIGITS = '0123456789'
const HP_PLANTS = ['CZJ', 'CZ2', 'MXQ', 'USE', 'SGH']
const FORTIGATE_MODELS = ['FGT60F', 'FG100F', 'FG200F', 'FGT80F']
const CISCO_PLANTS = ['FOC', 'FDO', 'FCW']

/** The same for every service that shows it. */
export function applianceSerial(persona: Persona, vendor: Vendor): string {
  const draw = (purpose: string, alphabet: string, length: number): string =>
    [...persona.bytes(`${vendor} serial ${purpose}`, length)].map((byte) => alphabet[byte % alphabet.length]).join('')
  const year = new Date(persona.installedAt).getUTCFullYear()
  const week = String(persona.integer(`${vendor} serial week`, 1, 52)).padStart(2, '0')
  switch (vendor) {
    case 'dell':
      return `${draw('tag', TAG, 5)}${draw('end', DIGITS, 1)}${persona.pick('dell serial series', ['2', '3'])}`
    case 'hpe':
      return `${persona.pick('hpe plant', HP_PLANTS)}${year % 10}${week}${draw('unit', TAG, 4)}`
    case 'hp':
      return `${persona.pick('hp plant', ['VNB', 'PHB', 'CNB'])}${draw('unit', TAG, 7)}`
    case 'fortinet':
      return `${persona.pick('fortigate model', FORTIGATE_MODELS)}TK${(year - 1) % 100}${draw('unit', DIGITS, 6)}`
    case 'cisco':
      // Years are counted from 1996.
      return `${persona.pick('cisco plant', CISCO_PLANTS)}${year - 1998}${week}${draw('unit', `${LETTERS}${DIGITS}`, 4)}`
    case 'synology':
      return `${year % 100}${draw('model', DIGITS, 2)}PD${draw('unit', LETTERS, 1)}${draw('number', DIGITS, 6)}`
    case 'axis':
      return persona.facts.mac.replaceAll(':', '').toUpperCase()
    case 'vmware': {
      const hex = [...persona.bytes('vmware serial', 16)].map((byte) => byte.toString(16).padStart(2, '0'))
      return `VMware-${hex.slice(0, 8).join(' ')}-${hex.slice(8).join(' ')}`
    }
    default:
      return vendor satisfies never
  }
}
