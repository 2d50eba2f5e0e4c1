/** What a fleet file says that only one of the engines can do. */
import {checkSubnetEngine, isLoopback, NEEDS_EMBEDDED} from './addresses.ts'
import {type Diagnostic, Diagnostics} from './diagnostics.ts'
import type {DeckySpec, EngineName, FleetSpec} from './spec.ts'

/** The names of the loopback interface on Linux and on macOS. */
const LOOPBACK_INTERFACES: readonly string[] = ['lo', 'lo0']

/**
 * Reports every statement of the file that contradicts the engine. The engine is the effective one: a flag or the state
 * may have chosen it, and the file may say nothing of it.
 */
export function checkEngine(spec: FleetSpec, engine: EngineName, diagnostics: Diagnostics): void {
  const {net} = spec.general
  const fit = net === undefined ? undefined : checkSubnetEngine(net, engine)
  if (fit?.ok === false) diagnostics.error(fit.code, fit.summary, spec.places?.net, fit.hint)
  if (engine === 'embedded') checkEmbedded(spec, diagnostics)
  else checkDocker(spec, diagnostics)
}

/**
 * What the engine that is the default would refuse of a file that names none. No problem of the file by itself: a flag or
 * the state may choose the other one.
 */
export function engineDoubts(spec: FleetSpec): Diagnostic[] {
  if (spec.general.engine !== undefined) return []
  const diagnostics = new Diagnostics()
  checkEngine(spec, 'docker', diagnostics)
  return diagnostics.list.map((problem) => ({...problem, severity: 'warning'}))
}

function checkDocker({general, places = {}, deckies}: FleetSpec, diagnostics: Diagnostics): void {
  const {net, interface: name} = general
  if (name !== undefined && LOOPBACK_INTERFACES.includes(name)) {
    const hint = 'name the interface of the LAN, or choose the embedded engine'
    diagnostics.error('bad-interface', 'no LAN is behind the loopback interface', places.interface, hint)
  }
  for (const {ip, ipPlace} of addressed(deckies, net !== undefined)) {
    if (isLoopback(ip)) diagnostics.error('unusable-address', `${ip} is loopback`, ipPlace, NEEDS_EMBEDDED)
  }
}

function checkEmbedded({general, places = {}, deckies}: FleetSpec, diagnostics: Diagnostics): void {
  const {net, gateway, interface: name, driver} = general
  if (net === undefined && gateway !== undefined && !isLoopback(gateway)) {
    const summary = `the gateway ${gateway} is not loopback, where the embedded engine plays its deckies`
    diagnostics.error('bad-gateway', summary, places.gateway, 'leave it out: nothing is routed on loopback')
  }
  if (name !== undefined && !LOOPBACK_INTERFACES.includes(name)) {
    const summary = `the embedded engine plays its deckies on loopback, not on ${name}`
    diagnostics.error('bad-interface', summary, places.interface, 'leave it out')
  }
  if (driver !== undefined) {
    const summary = `${driver} is for containers, which the embedded engine has none of`
    diagnostics.error('engine-mismatch', summary, places.driver, 'leave it out')
  }
  for (const {ip, ipPlace} of addressed(deckies, net !== undefined)) {
    if (isLoopback(ip)) continue
    const summary = `${ip} is not loopback, where the embedded engine plays its deckies`
    diagnostics.error(
      'unusable-address',
      summary,
      ipPlace,
      'leave it out and one is chosen, or choose the docker engine',
    )
  }
  for (const {customServices, name: decky, place} of oncePerSection(deckies)) {
    const [custom] = customServices
    if (custom === undefined) continue
    const summary = `${decky} has the custom service ${custom.name}, whose image the embedded engine cannot run`
    diagnostics.error('engine-mismatch', summary, place, 'leave it out, or choose the docker engine')
  }
}

/** Deckies with a fixed address. None where the file states a subnet, because each was compared with that. */
function addressed(deckies: readonly DeckySpec[], hasNet: boolean): (DeckySpec & {readonly ip: string})[] {
  return hasNet ? [] : deckies.flatMap((decky) => (decky.ip === undefined ? [] : {...decky, ip: decky.ip}))
}

/** The first decky of each section: those of one section are alike. */
function oncePerSection(deckies: readonly DeckySpec[]): DeckySpec[] {
  return [...new Map(deckies.toReversed().map((decky) => [decky.place.line, decky])).values()].toReversed()
}
