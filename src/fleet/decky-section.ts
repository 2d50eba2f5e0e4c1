import {decodeAddress} from './addresses.ts'
import type {Archetype, Catalog, Distro, OsName} from './catalog.ts'
import {accept, type Decoded, refuse, withoutUndefined} from './decoded.ts'
import type {Diagnostics, Place} from './diagnostics.ts'
import type {SourceSection} from './fleet-source.ts'
import {formatAddress} from './ipv4.ts'
import {CUSTOM_PREFIX, DECKY_SECTION, GENERAL_SECTION} from './keys.ts'
import {decodeName, memberNames} from './names.ts'
import {header, quote} from './quote.ts'
import {type Item, SectionKeys} from './section-keys.ts'
import type {DeckySpec} from './spec.ts'
import {standInOf, withStandIns} from './stand-ins.ts'
import {didYouMean} from './suggest.ts'
import {decodeAmount, decodeHostname, decodeInterval, decodeMac} from './values.ts'

/** What a decky section says, before its options are known and its amount is expanded. */
export interface DeckyDraft {
  readonly section: SourceSection
  /** The deckies it expands to. */
  readonly names: readonly string[]
  readonly fields: Omit<DeckySpec, 'name' | 'place' | 'services' | 'options' | 'customServices'>
  /** As the section names them, built-in and custom; absent: it names none. */
  readonly named?: readonly Item<string>[]
  /** The named ones, else the archetype's; absent: drawn later, or not known because of a problem. */
  readonly offered?: readonly Item<string>[]
  /** Whether a problem hides what it offers. */
  readonly unclear: boolean
  readonly hostnamePlace?: Place
  readonly macPlace?: Place
}

/** Names known to the fleet file: the catalogue and the file's own custom services. */
export interface KnownNames {
  readonly catalog: Catalog
  readonly services: ReadonlySet<string>
}

/** Reads a decky's own section. */
export function readDeckySection(section: SourceSection, known: KnownNames, diagnostics: Diagnostics): DeckyDraft {
  const elsewhere = (key: string) => keyElsewhere(key, section, known.catalog)
  const keys = new SectionKeys(section, DECKY_SECTION, diagnostics, elsewhere)
  const amount = keys.read('amount', decodeAmount) ?? 1
  const names = memberNames(section.name, amount)
  checkNames(section, names, diagnostics)
  if (amount > 1) checkAlone(keys, amount, diagnostics)
  const listed = readServices(keys, known, diagnostics)
  // A list of nothing but what needs no service names none.
  const named = listed?.length === 0 ? undefined : listed
  const archetype = keys.read('archetype', (text) => decodeArchetype(text, known.catalog))
  const ip = keys.read('ip', decodeAddress)
  const fields = withoutUndefined({
    ip: ip === undefined ? undefined : formatAddress(ip),
    ipPlace: keys.entry('ip')?.valuePlace,
    archetype: archetype?.name,
    ...readSystem(keys, known.catalog, diagnostics),
    hostname: keys.read('hostname', decodeHostname),
    mac: keys.read('mac', decodeMac),
    mutateInterval: keys.read('mutate_interval', decodeInterval),
    host: keys.read('host', decodeName),
  })
  const archetypePlace = keys.entry('archetype')?.valuePlace ?? section.place
  const offered = named ?? archetype?.services.map((value) => ({value, place: archetypePlace}))
  const isLost = keys.has('archetype') && archetype === undefined
  const unclear = (keys.has('services') && listed === undefined) || (named === undefined && isLost)
  const hostnamePlace = keys.entry('hostname')?.valuePlace
  const macPlace = keys.entry('mac')?.valuePlace
  const draft = {section, names, fields, unclear}
  return {...draft, ...withoutUndefined({named, offered: unclear ? undefined : offered, hostnamePlace, macPlace})}
}

type DeckyKeys = SectionKeys<(typeof DECKY_SECTION)['keys'][number]['name']>

function checkNames(section: SourceSection, names: readonly string[], diagnostics: Diagnostics): void {
  // The section's own name first: its offsets are the file's. Only the length can differ after expansion.
  const own = decodeName(section.name)
  const name = own.ok ? decodeName(names.at(-1) ?? '') : own
  if (name.ok) return
  const place = {...section.place, column: section.place.column + name.offset}
  diagnostics.error(name.code, name.summary, place, name.hint)
}

const ALONE = ['ip', 'hostname', 'mac'] as const

function checkAlone(keys: DeckyKeys, amount: number, diagnostics: Diagnostics): void {
  for (const key of ALONE) {
    const entry = keys.entry(key)
    if (entry === undefined) continue
    const summary = `${amount} deckies cannot share one ${key}`
    diagnostics.error('amount-conflict', summary, entry.keyPlace, `remove ${key}, or write one section for each decky`)
  }
}

function readServices(
  keys: DeckyKeys,
  known: KnownNames,
  diagnostics: Diagnostics,
): readonly Item<string>[] | undefined {
  const items = keys.readList('services', (text) => decodeService(text, known))
  if (items === undefined) return undefined
  const distinct = new Map<string, Item<string>>()
  for (const item of items) {
    const first = distinct.get(item.value)
    if (first === undefined) distinct.set(item.value, item)
    else diagnostics.warning('duplicate-item', `the service ${item.value} stands twice`, item.place, 'remove one')
  }
  return withStandIns([...distinct.values()], known, diagnostics)
}

function decodeService(text: string, {catalog, services}: KnownNames): Decoded<string> {
  const name = text.toLowerCase()
  if (services.has(name) || standInOf(name, catalog, services) !== undefined) return accept(name)
  const bare = name.startsWith(CUSTOM_PREFIX) ? name.slice(CUSTOM_PREFIX.length) : name
  const parts = name.split(/[\s;|+/]+/)
  const isList = parts.length > 1 && parts.every((part) => services.has(part))
  const hint = isList ? 'separate services with commas' : didYouMean(bare, services)
  return refuse('unknown-service', `there is no service ${quote(text)}`, hint)
}

function lookUp<T>(text: string, table: ReadonlyMap<string, T>, what: 'archetype' | 'distro'): Decoded<T> {
  const found = table.get(text.toLowerCase())
  if (found !== undefined) return accept(found)
  return refuse(`unknown-${what}`, `there is no ${what} ${quote(text)}`, didYouMean(text, table.keys()))
}

function decodeArchetype(text: string, {archetypes, plannedArchetypes}: Catalog): Decoded<Archetype> {
  const missing = archetypes.has(text.toLowerCase()) ? undefined : plannedArchetypes?.get(text.toLowerCase())
  if (missing === undefined) return lookUp(text, archetypes, 'archetype')
  const summary = `the archetype ${quote(text)} needs what this version does not have: ${missing.join(', ')}`
  const hint = `name the services and the os that you want instead, or choose from: ${[...archetypes.keys()].join(', ')}`
  return refuse('unknown-archetype', summary, hint)
}

function readSystem(keys: DeckyKeys, catalog: Catalog, diagnostics: Diagnostics): {os?: OsName; distro?: string} {
  const os = keys.read('os', (text) => decodeOs(text, catalog))
  const distro = keys.read('distro', (text) => lookUp(text, catalog.distros, 'distro'))
  if (os !== undefined && distro !== undefined && distro.os !== os) reportContradiction(keys, os, distro, diagnostics)
  return withoutUndefined({os, distro: distro?.name})
}

function decodeOs(text: string, catalog: Catalog): Decoded<OsName> {
  const names = new Map<string, OsName>(catalog.osAliases)
  for (const name of catalog.osProfiles.keys()) names.set(name, name)
  const word = text.toLowerCase()
  const os = names.get(word) ?? names.get(word.replaceAll('-', '_'))
  return os === undefined
    ? refuse('unknown-os', `there is no OS profile ${quote(text)}`, didYouMean(text, names.keys()))
    : accept(os)
}

function reportContradiction(keys: DeckyKeys, os: OsName, distro: Distro, diagnostics: Diagnostics): void {
  const summary = `${distro.name} runs on ${distro.os}, but this decky is to look like ${os}`
  const place = keys.entry('distro')?.valuePlace
  diagnostics.error('os-contradicts-distro', summary, place, 'remove one of the two, or choose ones that agree')
}

const GENERAL_KEYS = new Set(GENERAL_SECTION.keys.flatMap(({name, aliases = []}) => [name, ...aliases]))

/** A key that would be right in `[general]`, or in the option section of a service that this decky names. */
function keyElsewhere(key: string, section: SourceSection, catalog: Catalog): string | undefined {
  if (GENERAL_KEYS.has(key)) return `${key} belongs in [general]`
  const named = (section.entries.get('services')?.value ?? '').split(',').map((name) => name.trim().toLowerCase())
  const owner = named.find((name) => catalog.services.get(name)?.optionNames.includes(key))
  if (owner === undefined) return undefined
  return `it is an option of ${owner}: put it in ${header(`${section.name}.${owner}`)}`
}
