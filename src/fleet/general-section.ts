import {checkSubnetEngine, decodeAddress, decodeRange, decodeSubnet} from './addresses.ts'
import {withoutUndefined} from './decoded.ts'
import type {Diagnostics, Place} from './diagnostics.ts'
import type {SourceSection} from './fleet-source.ts'
import {formatAddress} from './ipv4.ts'
import {DECKY_SECTION, GENERAL_SECTION} from './keys.ts'
import {SectionKeys} from './section-keys.ts'
import type {EngineName, GeneralSpec, NetworkDriver} from './spec.ts'
import {decodeChoice, decodeDomain, decodeInterface, decodeInterval, decodeLogFile} from './values.ts'

const ENGINES: readonly EngineName[] = ['docker', 'embedded']
const DRIVERS: readonly NetworkDriver[] = ['macvlan', 'ipvlan']

export interface GeneralDraft {
  readonly spec: GeneralSpec
  readonly gatewayPlace?: Place
  readonly excludePlace?: Place
}

export const NO_GENERAL: GeneralDraft = {spec: {exclude: []}}

/** Reads `[general]`. */
export function readGeneralSection(section: SourceSection, diagnostics: Diagnostics): GeneralDraft {
  const keys = new SectionKeys(section, GENERAL_SECTION, diagnostics, deckyKeyHint)
  const engine = keys.read('engine', (text) => decodeChoice(text, ENGINES, 'engine'))
  const net = keys.read('net', (text) => {
    const subnet = decodeSubnet(text)
    // An engine that could not be read is already reported; the subnet may well fit the one that was meant.
    const skip = !subnet.ok || (keys.has('engine') && engine === undefined)
    return skip ? subnet : checkSubnetEngine(subnet.value, engine)
  })
  const gateway = keys.read('gw', decodeAddress)
  const exclude = keys.readList('exclude', decodeRange)?.map(({value}) => value)
  const interfaceName = keys.read('interface', decodeInterface)
  if (interfaceName === 'lo' && engine !== 'embedded') {
    const hint = 'name the interface of the LAN, or set engine = embedded'
    const place = keys.entry('interface')?.valuePlace
    diagnostics.error('bad-interface', 'no LAN is behind the loopback interface', place, hint)
  }
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
  const gatewayPlace = keys.entry('gw')?.valuePlace
  const excludePlace = keys.entry('exclude')?.valuePlace
  return {spec, ...withoutUndefined({gatewayPlace, excludePlace})}
}

const DECKY_KEYS = new Set(DECKY_SECTION.keys.flatMap(({name, aliases = []}) => [name, ...aliases]))

function deckyKeyHint(key: string): string | undefined {
  return DECKY_KEYS.has(key) ? `${key} belongs in the section of a decky` : undefined
}
