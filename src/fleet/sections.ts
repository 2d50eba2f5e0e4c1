import type {Catalog} from './catalog.ts'
import type {Diagnostics} from './diagnostics.ts'
import type {SourceSection} from './fleet-source.ts'
import {CUSTOM_PREFIX, DECKY_SECTION, GENERAL_SECTION} from './keys.ts'
import {header, quote} from './quote.ts'
import {misplacedOptions, standInOf} from './stand-ins.ts'
import {didYouMean, suggest} from './suggest.ts'

/** A section that holds options of one service. */
export interface OptionSection {
  readonly section: SourceSection
  /** What stands before the last dot: a section or one of the deckies it expands to. */
  readonly parent: string
  /** Lower case. */
  readonly service: string
}

/** The sections by what they are, each list in file order. */
export interface SectionKinds {
  readonly general: SourceSection[]
  readonly custom: SourceSection[]
  readonly deckies: SourceSection[]
  readonly options: OptionSection[]
}

/** Tells the kinds of sections apart, by their headers and, where a dot leaves two readings, by their keys. */
export function sortSections(
  sections: readonly SourceSection[],
  catalog: Catalog,
  diagnostics: Diagnostics,
): SectionKinds {
  const kinds: SectionKinds = {general: [], custom: [], deckies: [], options: []}
  const names = new Set(sections.map(({name}) => name))
  const known = {catalog, names, services: new Set([...catalog.services.keys(), ...customNames(sections)])}
  for (const section of sections) {
    const {name} = section
    const lower = name.toLowerCase()
    if (name === 'general') kinds.general.push(section)
    else if (name.startsWith(CUSTOM_PREFIX)) kinds.custom.push(section)
    else if (lower === 'default') {
      const hint = 'other programs copy its keys into every section; write them where they belong'
      diagnostics.error('reserved-section', `the name ${quote(name)} is reserved`, section.place, hint)
    } else if (isGeneralMisspelt(section)) {
      misspelt(section, 'general', diagnostics)
      if (!names.has('general')) kinds.general.push(section)
    } else if (lower.startsWith(CUSTOM_PREFIX)) misspelt(section, lower, diagnostics)
    else sortDecky(section, known, kinds, diagnostics)
  }
  return kinds
}

function* customNames(sections: readonly SourceSection[]): Generator<string> {
  for (const {name} of sections) {
    if (name.length > CUSTOM_PREFIX.length && name.startsWith(CUSTOM_PREFIX))
      yield name.slice(CUSTOM_PREFIX.length).toLowerCase()
  }
}

function misspelt({name, place}: SourceSection, meant: string, diagnostics: Diagnostics): void {
  diagnostics.error('unknown-section', `there is no section ${quote(name)}`, place, `did you mean ${header(meant)}?`)
}

const GENERAL_ONLY = new Set<string>(
  GENERAL_SECTION.keys.map(({name}) => name).filter((name) => name !== 'mutate_interval'),
)
const DECKY_KEYS = new Set(DECKY_SECTION.keys.flatMap(({name, aliases = []}) => [name, ...aliases]))
/** What no service has for an option. */
const DECISIVE_KEYS: readonly string[] = ['ip', 'services', 'archetype', 'amount']

/** `[General]` always; `[genral]` only with keys that no decky has: it might be a decky's name. */
function isGeneralMisspelt({name, entries}: SourceSection): boolean {
  if (name.toLowerCase() === 'general') return true
  return suggest(name, ['general']) !== undefined && [...entries.keys()].some((key) => GENERAL_ONLY.has(key))
}

interface Known {
  readonly catalog: Catalog
  /** Of all sections. */
  readonly names: ReadonlySet<string>
  readonly services: ReadonlySet<string>
}

function sortDecky(section: SourceSection, known: Known, kinds: SectionKinds, diagnostics: Diagnostics): void {
  const {names, services} = known
  const dot = section.name.lastIndexOf('.')
  const parent = section.name.slice(0, Math.max(0, dot))
  const last = section.name.slice(dot + 1).toLowerCase()
  if (dot > 0 && services.has(last)) kinds.options.push({section, parent, service: last})
  else if (dot <= 0 || hasDeckyKeys(section, names.has(parent))) kinds.deckies.push(section)
  else {
    const place = {...section.place, column: section.place.column + dot + 1}
    const {summary, hint} = unknownService(section, parent, last, known)
    diagnostics.error('unknown-service', summary, place, hint)
  }
}

function unknownService(
  section: SourceSection,
  parent: string,
  service: string,
  {catalog, names, services}: Known,
): {summary: string; hint: string | undefined} {
  const standIn = standInOf(service, catalog, services)
  if (standIn !== undefined) return misplacedOptions(parent, standIn)
  const summary = names.has(parent)
    ? `there is no service ${quote(service)} that ${header(section.name)} could hold the options of`
    : `${quote(section.name)} is no decky and no service of one: it has no key of a decky, and ${quote(service)} is no service`
  return {summary, hint: didYouMean(service, services)}
}

/** Whether a dotted section whose last part is no service is a decky with a dot in its name. */
function hasDeckyKeys({entries}: SourceSection, hasParent: boolean): boolean {
  const keys = [...entries.keys()]
  if (keys.some((key) => DECISIVE_KEYS.includes(key))) return true
  if (hasParent) return keys.length > 0 && keys.every((key) => DECKY_KEYS.has(key))
  return keys.length === 0 || keys.some((key) => DECKY_KEYS.has(key))
}
