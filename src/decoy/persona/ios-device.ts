/** The switch that an IOS persona is: the same model, serial number, ports and community in every service of it. */
import type {Persona} from '../persona.ts'
import {applianceSerial} from './serials.ts'

export interface IosModel {
  readonly name: string
  readonly image: string
  readonly version: string
  readonly platform: string
  /** Gigabit ports for machines; four more go up to other switches. */
  readonly ports: number
  readonly processor: string
  readonly memory: string
  /** Of CISCO-PRODUCTS-MIB. */
  readonly objectId: string
  /** When the image was built, and by whom. */
  readonly compiled: string
}

const C2960X = {
  image: 'C2960X-UNIVERSALK9-M',
  platform: 'C2960X',
  processor: 'APM86XXX',
  memory: '524288K',
  objectId: '1.3.6.1.4.1.9.1.1208',
} as const

const MODELS: readonly IosModel[] = [
  {
    ...C2960X,
    name: 'WS-C2960X-24TS-L',
    version: '15.2(7)E4',
    ports: 24,
    compiled: 'Mon 08-Mar-21 10:40 by prod_rel_team',
  },
  {
    ...C2960X,
    name: 'WS-C2960X-48TS-L',
    version: '15.2(4)E8',
    ports: 48,
    compiled: 'Wed 06-Mar-19 02:48 by prod_rel_team',
  },
  {
    name: 'WS-C3560CX-12PC-S',
    image: 'C3560CX-UNIVERSALK9-M',
    version: '15.2(7)E3',
    platform: 'C3560CX',
    ports: 12,
    processor: 'APM86XXX',
    memory: '524288K',
    objectId: '1.3.6.1.4.1.9.1.2134',
    compiled: 'Mon 24-Aug-20 07:26 by prod_rel_team',
  },
]

export interface IosDevice {
  readonly persona: Persona
  readonly model: IosModel
  readonly serial: string
  /** Base MAC, `0011.2233.4455`. */
  readonly mac: string
}

export function deviceOf(persona: Persona): IosDevice {
  const hex = persona.facts.mac.replaceAll(':', '').toLowerCase()
  return {
    persona,
    model: persona.pick('ios model', MODELS),
    serial: applianceSerial(persona, 'cisco'),
    mac: hex.replace(/(.{4})(?=.)/g, '$1.'),
  }
}

export const portNames = (count: number): string[] =>
  Array.from({length: count}, (_, index) => `GigabitEthernet1/0/${index + 1}`)

export const isPortUp = (persona: Persona, name: string): boolean => persona.integer(`up ${name}`, 0, 2) > 0

/** As its configuration shows it to whoever logs in. */
export const readCommunity = (persona: Persona): string =>
  persona.pick('ios community', ['public', 'netops', 'monitor'])
