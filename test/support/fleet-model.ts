/** Random fleets, and how they change. */
import {fleetText, type Section} from './fleet-text.ts'
import type {Random} from './random.ts'

export interface ModelDecky {
  readonly services: string
  /** An option of its http service: another one makes another configuration. */
  readonly title: string
  /** Absent: decnet chooses. */
  readonly ip?: string
}

/** What is wanted, by name. */
export type FleetModel = ReadonlyMap<string, ModelDecky>

const SERVICES = ['http', 'http', 'redis, http', 'ssh, http']
const NAMES = Array.from({length: 16}, (_, index) => `decky-${String(index + 1).padStart(2, '0')}`)
/** Among them those that decnet would choose, so that a fixed address can push another decky away. */
const HOSTS = Array.from({length: 36}, (_, index) => index + 3)

export function randomFleet(random: Random, size: number): FleetModel {
  return new Map(random.sample(NAMES, size).map((name) => [name, randomDecky(random)]))
}

/** Removes some deckies, adds some, gives some other options, and moves some to other addresses (`prefix` + host). */
export function changeFleet(random: Random, fleet: FleetModel, prefix: string): FleetModel {
  const next = new Map(fleet)
  for (const name of random.sample([...next.keys()], Math.min(random.between(0, 3), next.size - 6))) next.delete(name)
  // A fleet file declares one decky at least.
  const fewest = next.size === 0 ? 1 : 0
  for (const name of absent(next, random.between(fewest, 3), random)) next.set(name, randomDecky(random))
  for (const name of random.sample([...next.keys()], random.between(0, 3))) {
    const {ip} = next.get(name) ?? {}
    next.set(name, {...randomDecky(random), ...(ip !== undefined && {ip})})
  }
  moveSome(random, next, prefix)
  return next
}

/** A few deckies that the fleet does not have, whose addresses decnet is to choose. */
export function newcomers(random: Random, fleet: FleetModel): FleetModel {
  return new Map(absent(fleet, random.between(1, 3), random).map((name) => [name, randomDecky(random)]))
}

export function without(fleet: FleetModel, names: readonly string[]): FleetModel {
  return new Map([...fleet].filter(([name]) => !names.includes(name)))
}

/** @param general of the place where the fleet is to live; a lab where absent. */
export function modelText(fleet: FleetModel, general: Section = {}): string {
  const sections: Record<string, Section> = {}
  for (const [name, {services, ip, title}] of fleet) {
    sections[name] = {services, ...(ip !== undefined && {ip})}
    sections[`${name}.http`] = {page: 'login', title}
  }
  return fleetText(sections, general)
}

function absent(fleet: FleetModel, count: number, random: Random): string[] {
  return random.sample(
    NAMES.filter((name) => !fleet.has(name)),
    count,
  )
}

function randomDecky(random: Random): ModelDecky {
  return {services: random.pick(SERVICES), title: `Payroll ${random.between(1, 1_000_000)}`}
}

/** Where several move, their addresses change hands. */
function moveSome(random: Random, fleet: Map<string, ModelDecky>, prefix: string): void {
  const movers = random.sample([...fleet.keys()], random.between(0, 4))
  const held = new Set([...fleet].flatMap(([name, {ip}]) => (ip === undefined || movers.includes(name) ? [] : [ip])))
  const free = HOSTS.map((host) => `${prefix}${host}`).filter((ip) => !held.has(ip))
  for (const [index, ip] of random.sample(free, movers.length).entries()) {
    const name = movers[index]
    const decky = name === undefined ? undefined : fleet.get(name)
    if (name !== undefined && decky !== undefined) fleet.set(name, {...decky, ip})
  }
}
