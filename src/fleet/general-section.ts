import {decodeAddress, decodeRange, decodeSubnet} from './addresses.ts'
import {withoutUndefined} from './decoded.ts'
import type {Diagnostics, Place} from './diagnostics.ts'
import type {SourceSection} from './fleet-source.ts'
import {formatAddress} from './ipv4.ts'
import {DECKY_SECTION, GENERAL_SECTION} from './keys.ts'
import {SectionKeys} from './section-keys.ts'
import type {EngineName, GeneralPlaces, GeneralSpec, LanDriver} from './spec.ts'
import {decodeChoice, decodeDomain, decodeInterface, decodeInterval, decodeLogFile} from './values.ts'

const ENGINES: readonly EngineName[] = ['docker', 'embedded']
const DRIVERS: readonly LanDriver[] = ['macvlan', 'ipvlan']

export interface GeneralDraft {
  readonly spec: GeneralSpec
  readonly places: GeneralPlaces
  readonly excludePlace?: Place
}

export const NO_GENERAL: GeneralDraft = {spec: {exclude: []}, places: {}}

/** Reads `[general]`. */
export function readGeneralSection(section: SourceSection, diagnostics: Diagnostics): GeneralDraft {
  const keys = new SectionKeys(section, GENERAL_SECTION, diagnostics, deckyKeyHint)
  const engine = keys.read('engine', (text) => decodeChoice(text, ENGINES, 'engine'))
  const net = keys.read('net', decodeSubnet)
  const gateway = keys.read('gw', decodeAddress)
  const exclude = keys.readList('exclude', decodeRange)?.map(({value}) => value)
  const interfaceName = keys.read('interface', decodeInterface)
  const spec: GeneralSpec = {
    exclude: exclude ?? [],
    ...withoutUndefined({
      net,
      gateway: gateway === undefined ? undefined : formatAddress(gateway),
      interface: interfaceName,
      driver: keys.read('driver', (text) => decodeChoice(text, DRIVERS, 'driver')),
      domain: keys.read('domain', decodeDomain),
      engine,
      mutateInterval: keys.read('mutate_interval', decodeInterval),
      logFile: keys.read('log_file', decodeLogFile),
    }),
  }
  const places = withoutUndefined({
    net: keys.entry('net')?.valuePlace,
    gateway: keys.entry('gw')?.valuePlace,
    interface: keys.entry('interface')?.valuePlace,
    driver: keys.entry('driver')?.valuePlace,
  })
  return {spec, places, ...withoutUndefined({excludePlace: keys.entry('exclude')?.valuePlace})}
}

const DECKY_KEYS = new Set(DECKY_SECTION.keys.flatMap(({name, aliases = []}) => [name, ...aliases]))

function deckyKeyHint(key: string): string | undefined {
  return DECKY_KEYS.has(key) ? `${key} belongs in the section of a decky` : undefined
}
