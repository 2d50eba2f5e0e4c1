/** What the parts of a fleet file say about each other. */

import type {Catalog, Port} from './catalog.ts'
import {type CustomDraft, portName} from './custom-section.ts'
import type {DeckyDraft} from './decky-section.ts'
import type {Diagnostics, Place} from './diagnostics.ts'
import type {GeneralDraft} from './general-section.ts'
import {contains, parseAddress} from './ipv4.ts'
import type {OptionTable} from './option-section.ts'
import {header, quote} from './quote.ts'
import {archetypeOptions} from './system.ts'

/** Names of all deckies differ, ignoring case; one problem a section is enough. */
export function checkNames(drafts: readonly DeckyDraft[], diagnostics: Diagnostics): void {
  const holders = new Map<string, DeckyDraft>()
  for (const draft of drafts) {
    const taken = draft.names.find((name) => holders.has(name.toLowerCase()))
    const holder = taken === undefined ? undefined : holders.get(taken.toLowerCase())
    if (taken !== undefined && holder !== undefined) {
      const lines = `lines ${holder.section.place.line} and ${draft.section.place.line}`
      const both = `${header(holder.section.name)} and ${header(draft.section.name)}`
      const summary = `${both} both declare the decky ${quote(taken)}: ${lines}`
      const hint = 'rename one; names are the same whatever their case, and amount adds -01, -02 …'
      diagnostics.error('duplicate-name', summary, draft.section.place, hint)
    }
    for (const name of draft.names) holders.set(name.toLowerCase(), draft)
  }
}

/** The gateway and every address of the file against the file's own subnet and exclusions, and each other. */
export function checkAddresses(general: GeneralDraft, drafts: readonly DeckyDraft[], diagnostics: Diagnostics): void {
  const {net, gateway, exclude} = general.spec
  const gatewayAddress = gateway === undefined ? undefined : parseAddress(gateway)
  if (net !== undefined && gatewayAddress !== undefined) {
    const problem = placementProblem(gatewayAddress, general)
    if (problem !== undefined) {
      const hint = `choose an address of ${net.cidr}`
      diagnostics.error('bad-gateway', `the gateway ${gateway} ${problem}`, general.places.gateway, hint)
    }
  }
  if (net !== undefined && exclude.some(({first, last}) => first > net.last || last < net.first)) {
    const summary = `part of exclude lies outside ${net.cidr} and excludes nothing`
    diagnostics.warning('exclude-outside-net', summary, general.excludePlace)
  }
  for (const {fields} of drafts) checkAddress(fields.ip, fields.ipPlace, general, gatewayAddress, diagnostics)
}

function checkAddress(
  ip: string | undefined,
  place: Place | undefined,
  general: GeneralDraft,
  gateway: number | undefined,
  diagnostics: Diagnostics,
): void {
  const address = ip === undefined ? undefined : parseAddress(ip)
  if (address === undefined) return
  const {net, exclude} = general.spec
  const problem = placementProblem(address, general)
  if (problem !== undefined) {
    const hint = net === undefined ? undefined : `choose an address of ${net.cidr}`
    diagnostics.error('ip-outside-net', `${ip} ${problem}`, place, hint)
  } else if (address === gateway) {
    diagnostics.error('ip-is-gateway', `${ip} is the gateway`, place, 'choose another address')
  } else if (exclude.some((range) => contains(range, address))) {
    diagnostics.error('ip-excluded', `${ip} is excluded in [general]`, place, 'choose another address')
  }
}

function placementProblem(address: number, {spec: {net}}: GeneralDraft): string | undefined {
  if (net === undefined) return undefined
  if (!contains(net, address)) return `lies outside ${net.cidr}`
  if (address === net.first) return `is the network address of ${net.cidr}`
  if (address === net.last) return `is the broadcast address of ${net.cidr}`
  return undefined
}

/** No two deckies share an address; a shared host name is only suspicious. */
export function checkIdentities(drafts: readonly DeckyDraft[], diagnostics: Diagnostics): void {
  const ips = new Map<string, Place>()
  const macs = new Map<string, Place>()
  const hostnames = new Map<string, Place>()
  for (const {fields, macPlace, hostnamePlace} of drafts) {
    const ip = taken(ips, fields.ip, fields.ipPlace)
    if (ip !== undefined) diagnostics.error('duplicate-ip', `two deckies have the IP ${ip}`, fields.ipPlace)
    const mac = taken(macs, fields.mac, macPlace)
    if (mac !== undefined) diagnostics.error('duplicate-mac', `two deckies have the MAC ${mac}`, macPlace)
    const hostname = taken(hostnames, fields.hostname?.toLowerCase(), hostnamePlace)
    if (hostname !== undefined) {
      diagnostics.warning('duplicate-hostname', `two deckies have the host name ${hostname}`, hostnamePlace)
    }
  }
}

/** The value with both lines, where another decky has it already. */
function taken(holders: Map<string, Place>, value: string | undefined, place: Place | undefined): string | undefined {
  if (value === undefined || place === undefined) return undefined
  const first = holders.get(value)
  if (first !== undefined) return `${value}: lines ${first.line} and ${place.line}`
  holders.set(value, place)
  return undefined
}

/** All services of a decky share one network stack: none of its ports may have two. */
export function checkPorts(
  draft: DeckyDraft,
  catalog: Catalog,
  customs: ReadonlyMap<string, CustomDraft>,
  table: OptionTable,
  diagnostics: Diagnostics,
): void {
  const clashes = new Set<string>()
  const defaults = archetypeOptions(draft.fields, catalog)
  for (const member of table.variants(draft.section.name, draft.names)) {
    const holders = new Map<string, string>()
    for (const {value: service, place} of draft.offered ?? []) {
      const options = {...defaults[service], ...table.of(draft.section.name, member, service).options}
      const ports = catalog.services.get(service)?.ports(options) ?? customs.get(service)?.service.ports ?? []
      const clash = claim(holders, service, ports)
      if (clash === undefined || clashes.has(clash)) continue
      clashes.add(clash)
      const hint = 'remove one, or move it to another port by its options'
      diagnostics.error('port-clash', `${clash} of ${header(member)}`, place, hint)
    }
  }
}

function claim(holders: Map<string, string>, service: string, ports: readonly Port[]): string | undefined {
  let clash: string | undefined
  for (const port of ports) {
    const name = portName(port)
    const holder = holders.get(name) ?? service
    holders.set(name, holder)
    if (holder !== service) clash ??= `${holder} and ${service} both listen on port ${name}`
  }
  return clash
}
