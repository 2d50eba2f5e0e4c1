import type {Fleet} from '../../fleet/decky.ts'
import type {DeckyState, DeckyStatus, FleetStatus} from '../../operations/status.ts'

import {failureOf} from '../failure.ts'
import type {Style} from './style.ts'
import {type Column, table} from './table.ts'
import {deckies, sanitize} from './text.ts'

const SERVICE_MARKS: Readonly<Record<string, string>> = {answering: '', listening: '?', down: '!', unknown: '?'}

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
    {title: 'DECKY', value: ({name}) => sanitize(name)},
    {title: 'STATE', value: ({state}) => state, style: (text, {state}) => paint[state](text)},
    {title: 'IP', value: ({ip}) => ip},
    {title: 'MAC', value: ({mac}) => mac, optional: true},
    {title: 'HOSTNAME', value: ({hostname}) => sanitize(hostname)},
    {title: 'OS', value: ({os}) => os, optional: true},
    {title: 'SERVICES', value: services, flexible: true},
  ]
  const lines = [
    style.faint(placeOf(fleet)),
    table(status.deckies, columns, width),
    ...driftLines(status, style),
    ...status.leftovers.map(
      (name) =>
        `${style.warn('leftover')}  ${sanitize(name)} runs and belongs to no fleet; decnet reconcile removes it`,
    ),
    ...status.formerEngines.map(
      (name) =>
        `${style.warn('leftover')}  an earlier fleet may have left deckies on the ${name} engine; decnet reconcile removes them`,
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
  return list.map(({name, boundPort, state}) => `${name}/${boundPort}${SERVICE_MARKS[state]}`).join(' ')
}

function driftLines({deckies: list}: FleetStatus, style: Style): string[] {
  return list.flatMap(({name, drift}) =>
    drift.map(
      ({field, desired, observed}) =>
        `${style.warn('drift')}  ${sanitize(name)}: ${sanitize(field)} is ${sanitize(observed)}, wanted ${sanitize(desired)}`,
    ),
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
