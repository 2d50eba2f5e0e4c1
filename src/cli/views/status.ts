import type {Fleet} from '../../fleet/decky.ts'
import type {DeckyState, DeckyStatus, FleetStatus} from '../../operations/status.ts'

import {failureOf} from '../failure.ts'
import type {Style} from './style.ts'
import {type Column, table} from './table.ts'
import {deckies, fitItems, sanitize} from './text.ts'
import {message} from './wrap.ts'

const SERVICE_MARKS: Readonly<Record<string, string>> = {answering: '', listening: '?', down: '!', unknown: '?'}
const MARK_MEANINGS = [
  ['!', 'does not answer'],
  ['?', 'not seen to answer'],
] as const
/** Columns that services may take before other facts of a decky are left out for them. */
const AMPLE_FOR_SERVICES = 40
/** One service, and how many more there are. */
const LEAST_FOR_SERVICES = 16

/** The fleet as a table: desired, observed, and below it every difference in words. */
export function statusView(status: FleetStatus, style: Style, width: number): string {
  const {fleet} = status.fleet
  const paint: Readonly<Record<DeckyState, (text: string) => string>> = {
    running: style.good,
    degraded: style.warn,
    restarting: style.warn,
    paused: style.warn,
    stopped: style.bad,
    missing: style.bad,
    unknown: style.faint,
  }
  const columns: Column<DeckyStatus>[] = [
    {title: 'DECKY', value: ({name}) => sanitize(name), flexible: 'last'},
    {title: 'STATE', value: ({state}) => state, style: (text, {state}) => paint[state](text)},
    {title: 'IP', value: ({ip}) => ip},
    {title: 'MAC', value: ({mac}) => mac, optional: true},
    {title: 'HOSTNAME', value: ({hostname}) => sanitize(hostname), flexible: 'last'},
    {title: 'OS', value: ({os}) => os, optional: true},
    {
      title: 'SERVICES',
      value: services,
      flexible: true,
      least: LEAST_FOR_SERVICES,
      ample: AMPLE_FOR_SERVICES,
      cut: fewerServices,
    },
  ]
  const leftover = (text: string) => message('leftover  ', text, width, style.warn)
  const lines = [
    message('', placeOf(fleet), width).split('\n').map(style.faint).join('\n'),
    table(status.deckies, columns, width),
    ...marksLine(status, style),
    ...driftLines(status, style, width),
    ...status.leftovers.map((name) =>
      leftover(`${sanitize(name)} runs and belongs to no fleet; decnet reconcile removes it`),
    ),
    ...status.formerEngines.map((name) =>
      leftover(`an earlier fleet may have left deckies on the ${name} engine; decnet reconcile removes them`),
    ),
    summary(status),
  ]
  return lines.join('\n')
}

/** Where the fleet is, in one line. */
function placeOf({engine, network, portOffset}: Fleet): string {
  const {driver, subnet, gateway} = network
  const parent = sanitize(network.interface)
  if (driver !== 'loopback') return `${engine} engine, ${driver} on ${parent}, ${subnet}, gateway ${gateway}`
  const offset = portOffset === 0 ? '' : `; ports are offset by ${portOffset}`
  return `${engine} engine, ${subnet} on ${parent}${offset}`
}

/** Ports as one connects to them. */
function services({services: list}: DeckyStatus): string {
  return list.map(serviceText).join(' ')
}

function serviceText({name, boundPort, state}: DeckyStatus['services'][number]): string {
  return `${name}/${boundPort}${SERVICE_MARKS[state]}`
}

/** Those that fit, and of these first the ones that something is wrong with. */
function fewerServices({services: list}: DeckyStatus, width: number): string {
  const byTrouble = Object.groupBy(list, ({state}) => (state === 'answering' ? 'fine' : 'troubled'))
  return fitItems([...(byTrouble.troubled ?? []), ...(byTrouble.fine ?? [])].map(serviceText), width)
}

/** What the marks at services mean, where there are any. */
function marksLine({deckies: list}: FleetStatus, style: Style): string[] {
  const present = new Set(list.flatMap(({services: each}) => each.map(({state}) => SERVICE_MARKS[state])))
  const meanings = MARK_MEANINGS.filter(([mark]) => present.has(mark)).map(([mark, meaning]) => `${mark} ${meaning}`)
  return meanings.length === 0 ? [] : [style.faint(meanings.join(', '))]
}

function driftLines({deckies: list}: FleetStatus, style: Style, width: number): string[] {
  return list.flatMap(({name, drift}) =>
    drift.map(({field, desired, observed}) => {
      const text = `${sanitize(name)}: ${sanitize(field)} is ${sanitize(observed)}, wanted ${sanitize(desired)}`
      return message('drift  ', text, width, style.warn)
    }),
  )
}

function summary({deckies: list, engineError}: FleetStatus): string {
  if (engineError !== null) return `${deckies(list.length)}; what runs is not known`
  const running = list.filter(({state}) => state === 'running').length
  const drifted = list.filter(({drift}) => drift.length > 0).length
  return `${running} of ${deckies(list.length)} running${drifted === 0 ? '' : `, ${drifted} drifted; decnet reconcile repairs`}`
}

/** `decnet.status/v1`. */
export function statusDocument(status: FleetStatus): object {
  const {fleet, generation, mode} = status.fleet
  const problem = status.engineError === null ? undefined : failureOf(status.engineError)
  return {
    schema: 'decnet.status/v1',
    ok: problem === undefined,
    ...(problem === undefined ? {} : {error: {code: problem.code, message: problem.message, hint: problem.hint}}),
    fleet: {
      mode,
      engine: fleet.engine,
      interface: fleet.network.interface,
      subnet: fleet.network.subnet,
      gateway: fleet.network.gateway,
      portOffset: fleet.portOffset,
      generation,
    },
    deckies: status.deckies,
    leftovers: status.leftovers,
    formerEngines: status.formerEngines,
  }
}
