import type {Catalog} from '../../fleet/catalog.ts'
import {DecnetError} from '../../fleet/errors.ts'
import {decodeMac} from '../../fleet/values.ts'
import {SETTING_DEFAULTS} from '../../state/settings.ts'
import {MAX_DECKIES} from './deckies.ts'
import type {DraftDecky} from './draft.ts'
import type {Draw} from './draw.ts'
import {deckyNames} from './name-pattern.ts'
import {hostLabel, similarName} from './naming.ts'
import {type Profile, profileOf} from './profile.ts'
import {scanError} from './scan-error.ts'
import type {FoundHost, ScanReport} from './scan-report.ts'

/** A tenth of what is there goes unnoticed and is met soon by whoever looks around. */
const SHARE = 0.1
const FEWEST = 3
const MOST = SETTING_DEFAULTS['deployment-limit']

interface Model {
  readonly host: FoundHost
  readonly profile: Profile
}

/** How many deckies a LAN of so many machines gets where nobody says. */
export function proportionalCount(hosts: number): number {
  return Math.min(MOST, Math.max(FEWEST, Math.round(hosts * SHARE)))
}

/**
 * Deckies that look like the machines of a scan: their mix of systems and services, their vendors, their way of naming.
 * No address, MAC or name that was found is used again. Throws FLEET_FILE_INVALID where nothing can be imitated.
 */
export function imitate(
  file: string,
  report: ScanReport,
  wanted: {readonly count: number | undefined; readonly namePattern: string | undefined},
  catalog: Catalog,
  draw: Draw,
): DraftDecky[] {
  const models = report.hosts.flatMap((host): Model[] => {
    const profile = profileOf(host, catalog)
    return profile === undefined ? [] : [{host, profile}]
  })
  if (models.length === 0) {
    const found =
      report.hosts.length === 0 ? 'no host is up' : 'no host has an open port of a service that decnet plays'
    throw scanError(file, `nothing in it can be imitated: ${found}`)
  }
  const count = wanted.count ?? proportionalCount(report.hosts.length)
  if (count < 1 || count > MAX_DECKIES) {
    throw new DecnetError('USAGE', `--deckies: ${count} deckies`, {hint: `a file is written for 1 to ${MAX_DECKIES}`})
  }
  const chosen = chooseModels(models, count)
  const names = deckyNames(
    chosen.map(({profile}) => profile.archetype ?? profile.os.replaceAll('_', '-')),
    wanted.namePattern,
  )
  const taken = {names: namesOf(report), macs: new Set(report.hosts.map(({mac}) => mac))}
  return chosen.map((model, index) => imitationOf(model, names[index] ?? '', taken, draw))
}

/** So many models that their kinds are as frequent as among all; like ones side by side, the most frequent first. */
function chooseModels(models: readonly Model[], count: number): Model[] {
  const kinds = [...Map.groupBy(models, kindOf)].toSorted(([a, x], [b, y]) => y.length - x.length || (a < b ? -1 : 1))
  const shares = kinds.map(([, members]) => (members.length / models.length) * count)
  const counts = shares.map(Math.floor)
  const byRest = shares
    .map((share, index) => ({index, rest: share - Math.floor(share)}))
    .toSorted((a, b) => b.rest - a.rest || a.index - b.index)
  const missing = count - counts.reduce((sum, each) => sum + each, 0)
  for (const {index} of byRest.slice(0, missing)) counts[index] = (counts[index] ?? 0) + 1
  return kinds.flatMap(([, members], index) =>
    Array.from({length: counts[index] ?? 0}, (_, at) => members[at % members.length] as Model),
  )
}

function kindOf({profile}: Model): string {
  return `${profile.archetype ?? '~'} ${profile.os} ${profile.services.join()}`
}

function namesOf({hosts}: ScanReport): Set<string> {
  return new Set(
    hosts.flatMap(({names}) => names.flatMap((name) => [name.toLowerCase(), name.toLowerCase().split('.')[0] ?? ''])),
  )
}

interface Taken {
  /** Lower case. */
  readonly names: Set<string>
  readonly macs: Set<string>
}

function imitationOf({host, profile}: Model, name: string, taken: Taken, draw: Draw): DraftDecky {
  const label = host.names.map(hostLabel).find((each) => each !== undefined)
  const hostname = label === undefined ? undefined : similarName(label, taken.names, draw, `hostname/${name}`)
  const mac = similarMac(host.mac, taken.macs, draw, name)
  const {archetype, services, os, distro, options, missing} = profile
  return {
    name,
    services,
    os,
    options,
    ...(archetype === undefined ? {} : {archetype}),
    ...(distro === undefined ? {} : {distro}),
    ...(hostname === undefined ? {} : {hostname}),
    ...(mac === undefined ? {} : {mac}),
    ...(missing.length === 0 ? {} : {comment: [missingText(missing)]}),
  }
}

const MAX_LISTED = 12

function missingText(missing: readonly string[]): string {
  const rest = missing.length > MAX_LISTED ? `, and ${missing.length - MAX_LISTED} more` : ''
  return `Found as well, but decnet plays nothing like it: ${missing.slice(0, MAX_LISTED).join(', ')}${rest}.`
}

/** A MAC of the same vendor prefix; undefined where the one that was found has none: it is made up, or unknown. */
function similarMac(found: string, taken: Set<string>, draw: Draw, name: string): string | undefined {
  const decoded = decodeMac(found)
  // The second-lowest bit of the first octet marks addresses that no vendor assigned (IEEE 802-2014 §8.2.2).
  if (!decoded.ok || (Number.parseInt(found.slice(0, 2), 16) & 2) !== 0) return undefined
  for (let attempt = 0; ; attempt++) {
    const tail = [...draw.bytes(3, `mac/${name}/${attempt}`)].map((byte) => byte.toString(16).padStart(2, '0'))
    const mac = [decoded.value.slice(0, 8), ...tail].join(':')
    if (!decodeMac(mac).ok || taken.has(mac)) continue
    taken.add(mac)
    return mac
  }
}
