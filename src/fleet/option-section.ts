import type {Catalog, DirectoryContent, Options, OptionValue, ServiceInfo} from './catalog.ts'
import type {DeckyDraft} from './decky-section.ts'
import type {Diagnostics, Place} from './diagnostics.ts'
import type {SourceEntry, SourceSection} from './fleet-source.ts'
import {header, quote, visible} from './quote.ts'
import type {OptionSection} from './sections.ts'
import {didYouMean, suggest} from './suggest.ts'

/** Orphans that the nearest name is looked up for: comparing every orphan with every decky is quadratic. */
const MAX_SUGGESTIONS = 20

/** What a directory that an option names holds, packed as text; or why it is not taken. */
export type DirectoryReading =
  | {readonly ok: true; readonly value: string}
  | {readonly ok: false; readonly problem: string; readonly hint: string}

/** The domain reads no files: whoever can gives it one of these. Absent: names of directories stay what they are. */
export type DirectoryReader = (path: string, content: DirectoryContent) => DirectoryReading

/** Options of one service as sections give them. */
export interface ServiceOptions {
  readonly options: Options
  /** Where their values stand. */
  readonly places: ReadonlyMap<string, Place>
  /** Whether every line was understood. */
  readonly isClear: boolean
}

/** Options by what their sections are headed with: a decky section, or one of the deckies that it expands to. */
export class OptionTable {
  readonly #targets = new Map<string, Map<string, {given: ServiceOptions; place: Place}>>()

  /** The section's options of a service, overridden one by one by those of the single decky. */
  of(section: string, member: string, service: string): ServiceOptions {
    const shared = this.#targets.get(section)?.get(service)?.given
    const own = this.#targets.get(member)?.get(service)?.given
    return {
      options: {...shared?.options, ...own?.options},
      places: new Map([...(shared?.places ?? []), ...(own?.places ?? [])]),
      isClear: shared?.isClear !== false && own?.isClear !== false,
    }
  }

  /** What to check of a section once: itself for its deckies that are all alike, and each that has options of its own. */
  variants(section: string, members: readonly string[]): readonly string[] {
    const differing = members.filter((member) => this.#targets.has(member))
    return differing.length < members.length ? [section, ...differing] : differing
  }

  /** The place of options already held for this service of this target; then nothing is changed. */
  add(target: string, service: string, given: ServiceOptions, place: Place): Place | undefined {
    const services = this.#targets.get(target) ?? new Map<string, {given: ServiceOptions; place: Place}>()
    const first = services.get(service)
    if (first !== undefined) return first.place
    this.#targets.set(target, services.set(service, {given, place}))
    return undefined
  }
}

/** Reads the `[decky.service]` sections. `complete`: no decky section was lost, so that an orphan is one. */
export function readOptionSections(
  sections: readonly OptionSection[],
  drafts: readonly DeckyDraft[],
  catalog: Catalog,
  complete: boolean,
  diagnostics: Diagnostics,
  directories?: DirectoryReader,
): OptionTable {
  const table = new OptionTable()
  const owners = new Map<string, DeckyDraft>()
  for (const draft of drafts) for (const name of draft.names) owners.set(name, draft)
  for (const draft of drafts) owners.set(draft.section.name, draft)
  const declared = drafts.map((draft) => draft.section.name)
  let orphans = 0
  for (const {section, parent, service} of sections) {
    const info = catalog.services.get(service)
    const given =
      info === undefined
        ? readCustomOptions(section, diagnostics)
        : readOptions(section, info, diagnostics, directories)
    if (section.duplicate) continue
    const first = table.add(parent, service, given, section.place)
    if (first !== undefined) {
      const summary = `the options of ${header(`${parent}.${service}`)} stand twice: lines ${first.line} and ${section.place.line}`
      diagnostics.error('duplicate-section', summary, section.place, 'service names are the same whatever their case')
    }
    const owner = owners.get(parent)
    if (owner !== undefined) checkOffered(section, owner, service, diagnostics)
    else if (complete) {
      const nearest = ++orphans > MAX_SUGGESTIONS ? undefined : suggest(parent, declared)
      reportOrphan(section, parent, service, nearest, diagnostics)
    }
  }
  return table
}

function checkOffered(section: SourceSection, owner: DeckyDraft, service: string, diagnostics: Diagnostics): void {
  if (owner.unclear || owner.offered?.some(({value}) => value === service) === true) return
  const name = header(owner.section.name)
  const summary =
    owner.offered === undefined
      ? `${name} names no services, so it cannot be said to offer ${service}`
      : `${name} does not offer ${service}`
  const hint = `add ${service} to the services of ${name}, or remove this section`
  diagnostics.error('service-not-offered', summary, section.place, hint)
}

function reportOrphan(
  section: SourceSection,
  parent: string,
  service: string,
  nearest: string | undefined,
  diagnostics: Diagnostics,
): void {
  const meant = nearest === undefined ? undefined : header(`${nearest}.${service}`)
  const hint = meant === undefined ? `add ${header(parent)}, or remove this section` : `did you mean ${meant}?`
  const summary = `options of ${service} for ${quote(parent)}, but the file has no decky of that name`
  diagnostics.error('orphan-options', summary, section.place, hint)
}

function readOptions(
  section: SourceSection,
  service: ServiceInfo,
  diagnostics: Diagnostics,
  directories?: DirectoryReader,
): ServiceOptions {
  const names = new Map(service.optionNames.map((name) => [name.toLowerCase(), name]))
  const options = new Map<string, OptionValue>()
  const places = new Map<string, Place>()
  for (const entry of section.entries.values()) {
    const name = names.get(entry.key)
    if (name === undefined) {
      const summary = `${quote(entry.key)} is no option of ${service.name}`
      diagnostics.error('unknown-option', summary, entry.keyPlace, didYouMean(entry.key, service.optionNames))
    } else if (!entry.damaged) {
      places.set(name, entry.valuePlace)
      const result = service.parseOption(name, entry.value)
      const content = service.directoryOptions?.get(name)
      if (result.ok && content !== undefined && directories !== undefined) {
        const reading = directories(entry.value, content)
        if (reading.ok) options.set(name, reading.value)
        else reportDirectory(entry, name, reading, diagnostics)
      } else if (result.ok) options.set(name, result.value)
      else reportValue(entry, name, service, result.expected, diagnostics)
    }
  }
  return {options: Object.fromEntries(options), places, isClear: options.size === section.entries.size}
}

function reportDirectory(
  {valuePlace}: SourceEntry,
  option: string,
  {problem, hint}: DirectoryReading & {ok: false},
  diagnostics: Diagnostics,
): void {
  diagnostics.error('bad-option-value', `${option}: ${visible(problem)}`, valuePlace, hint)
}

function reportValue(
  entry: SourceEntry,
  option: string,
  service: ServiceInfo,
  expected: string,
  diagnostics: Diagnostics,
): void {
  const value = service.secretOptions.includes(option) ? 'that (it is not shown)' : quote(entry.value)
  const summary = `${value} is no value for the option ${option} of ${service.name}`
  diagnostics.error('bad-option-value', summary, entry.valuePlace, `expected ${expected}`)
}

/** The operator's own: any name that can become an environment variable, any text. */
function readCustomOptions(section: SourceSection, diagnostics: Diagnostics): ServiceOptions {
  const options = new Map<string, string>()
  for (const {key, value, keyPlace, damaged} of section.entries.values()) {
    if (!/^[a-z][a-z0-9_-]{0,127}$/.test(key)) {
      const hint = 'use letters, digits, - and _, with a letter first: it becomes an environment variable'
      diagnostics.error('bad-option-name', `${quote(key)} is no option name`, keyPlace, hint)
    } else if (!damaged) options.set(key, value)
  }
  return {options: Object.fromEntries(options), places: new Map(), isClear: options.size === section.entries.size}
}
