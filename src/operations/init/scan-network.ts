import {decodeSubnet} from '../../fleet/addresses.ts'
import {withoutUndefined} from '../../fleet/decoded.ts'
import {contains, type Subnet, subnetAt} from '../../fleet/ipv4.ts'
import type {GeneralSpec} from '../../fleet/spec.ts'
import {mergeRanges} from './exclusions.ts'
import type {InitInput} from './input.ts'
import {commonDomain} from './naming.ts'
import {generalOf, lanInterfaces, MAX_RANGES, type MachineFacts} from './network.ts'
import type {ScanReport} from './scan-report.ts'

/** Prefixes of scan targets that are taken for the LAN itself; a larger block is more than one. */
const SHORTEST_TARGET = 16
const USUAL_PREFIX = 24

/** `[general]` for a fleet beside the machines of a scan: every address that answered is excluded. */
export function generalOfScan(input: InitInput, report: ScanReport, machine: MachineFacts): GeneralSpec {
  const engine = input.engine ?? 'docker'
  const scanned = engine === 'embedded' ? undefined : subnetOfScan(report, machine)
  const domain = input.domain ?? commonDomain(report.hosts.flatMap(({names}) => names))
  const own = lanInterfaces(machine.network).find(({subnet}) => subnet !== null && subnet === scanned?.cidr)
  const general = generalOf(
    {
      ...input,
      engine,
      ...withoutUndefined({domain}),
      net: input.net ?? scanned?.cidr,
      interface: input.interface ?? (engine === 'embedded' ? undefined : own?.name),
    },
    machine,
  )
  const {net} = general
  if (net === undefined || report.addresses.size === 0) return general
  const seen = [...report.addresses].map((address) => ({first: address, last: address}))
  return {...general, exclude: mergeRanges([...general.exclude, ...seen], net, MAX_RANGES)}
}

/** The subnet that a scan looked at; undefined: it looked at several, or its targets do not say. */
export function subnetOfScan({command, addresses}: ScanReport, machine: MachineFacts): Subnet | undefined {
  const seen = [...addresses]
  const holds = (net: Subnet) => seen.every((address) => contains(net, address))
  const targets = command.split(/\s+/).flatMap((word) => {
    const net = decodeSubnet(word)
    return net.ok && net.value.bits >= SHORTEST_TARGET ? [net.value] : []
  })
  const [target] = targets
  if (target !== undefined && targets.length === 1 && holds(target)) return target
  if (seen.length === 0) return undefined
  const detected = lanInterfaces(machine.network).flatMap(({subnet}) => {
    const net = decodeSubnet(subnet ?? '')
    return net.ok ? [net.value] : []
  })
  const own = detected.find(holds)
  if (own !== undefined) return own
  const usual = subnetAt(seen[0] ?? 0, USUAL_PREFIX)
  return holds(usual) && decodeSubnet(usual.cidr).ok ? usual : undefined
}
