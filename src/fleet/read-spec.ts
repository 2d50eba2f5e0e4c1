import type {Catalog, Options} from './catalog.ts'
import {type BuildReader, type CustomDraft, readCustomSections} from './custom-section.ts'
import {type DeckyDraft, readDeckySection} from './decky-section.ts'
import {type Diagnostic, Diagnostics} from './diagnostics.ts'
import {checkRoom} from './directory-room.ts'
import {checkEngine} from './engine-rules.ts'
import {DecnetError} from './errors.ts'
import {type FleetSource, scanFleetFile} from './fleet-source.ts'
import {NO_GENERAL, readGeneralSection} from './general-section.ts'
import {checkOptions} from './option-checks.ts'
import {type DirectoryReader, type OptionTable, readOptionSections} from './option-section.ts'
import {quote, visible} from './quote.ts'
import {hideSecrets} from './secrets.ts'
import {type SectionKinds, sortSections} from './sections.ts'
import type {CustomService, DeckySpec, EngineName, FleetSpec} from './spec.ts'
import {checkAddresses, checkIdentities, checkNames, checkPorts} from './spec-checks.ts'

export interface FleetReading {
  readonly spec: FleetSpec
  readonly warnings: readonly Diagnostic[]
}

export interface ReadOptions {
  /** The engine that something stronger than the file chose: its own `engine` does not count then. */
  readonly engine?: EngineName | undefined
  /** Reads the directories that options name. */
  readonly directories?: DirectoryReader | undefined
  /** Reads the directories that custom services are built from. */
  readonly builds?: BuildReader | undefined
}

/**
 * Reads a fleet file. `file` is its name in messages. Throws FLEET_FILE_INVALID with every problem that the file has
 * by itself; what needs the network or the state is checked later. Where neither the file nor the options name an
 * engine, that is also what only one of them can do.
 */
export function readFleetSpec(
  file: string,
  bytes: Uint8Array | string,
  catalog: Catalog,
  options: ReadOptions = {},
): FleetReading {
  const diagnostics = new Diagnostics()
  const source = scanFleetFile(file, bytes, diagnostics)
  const kinds = sortSections(source.sections, catalog, diagnostics)
  const spec = readSections(file, source, kinds, catalog, options, diagnostics)
  const found = hideSecrets(diagnostics.list, source, kinds, catalog)
  if (!diagnostics.hasErrors) return {spec, warnings: found}
  throw invalidFile(file, diagnostics.errorCount, found)
}

/** For a file with so many problems, of which the diagnostics tell. */
export function invalidFile(file: string, count: number, diagnostics: readonly Diagnostic[]): DecnetError {
  const message = `${visible(file)} has ${count} ${count === 1 ? 'problem' : 'problems'}`
  return new DecnetError('FLEET_FILE_INVALID', message, {diagnostics})
}

function readSections(
  file: string,
  source: FleetSource,
  kinds: SectionKinds,
  catalog: Catalog,
  options: ReadOptions,
  diagnostics: Diagnostics,
): FleetSpec {
  const customs = readCustomSections(kinds.custom, catalog, diagnostics, options.builds)
  const [general = NO_GENERAL] = kinds.general.map((section) => readGeneralSection(section, diagnostics))
  const known = {catalog, services: new Set([...catalog.services.keys(), ...customs.keys()])}
  const drafts = kinds.deckies
    .map((section) => readDeckySection(section, known, diagnostics))
    .filter(({section}) => !section.duplicate)
  const table = readOptionSections(kinds.options, drafts, catalog, source.complete, diagnostics, options.directories)
  if (drafts.length === 0 && source.complete) {
    const start = {file, line: 1, column: 1, snippet: ''}
    diagnostics.error('no-deckies', 'the file declares no decky', start, 'add a section such as [web-01]')
  }
  checkNames(drafts, diagnostics)
  checkAddresses(general, drafts, diagnostics)
  checkIdentities(drafts, diagnostics)
  for (const draft of drafts) {
    checkPorts(draft, catalog, customs, table, diagnostics)
    checkOptions(draft, catalog, table, diagnostics)
    checkRoom(draft, catalog, table, diagnostics)
  }
  warnUnused(customs, drafts, diagnostics)
  const deckies = drafts.flatMap((draft) => expand(draft, customs, table))
  const spec = {file, general: general.spec, places: general.places, deckies}
  const engine = options.engine ?? general.spec.engine
  if (engine !== undefined) checkEngine(spec, engine, diagnostics)
  return spec
}

function warnUnused(
  customs: ReadonlyMap<string, CustomDraft>,
  drafts: readonly DeckyDraft[],
  diagnostics: Diagnostics,
): void {
  const used = new Set(drafts.flatMap(({offered = []}) => offered.map(({value}) => value)))
  if (drafts.some(({unclear}) => unclear)) return
  for (const [name, {place}] of customs) {
    if (used.has(name)) continue
    const summary = `no decky names the custom service ${quote(name)}`
    diagnostics.warning('unused-custom-service', summary, place, `add ${name} to the services of a decky`)
  }
}

function expand(draft: DeckyDraft, customs: ReadonlyMap<string, CustomDraft>, table: OptionTable): DeckySpec[] {
  const {section, names, fields, named, offered = []} = draft
  const builtIn = (service: string) => !customs.has(service)
  const services = named?.map(({value}) => value).filter(builtIn)
  return names.map((name) => {
    const options = (service: string) => table.of(section.name, name, service).options
    return {
      name,
      place: section.place,
      ...fields,
      ...(services === undefined ? {} : {services}),
      options: optionsByService(offered.map(({value}) => value).filter(builtIn), options),
      customServices: customServices(named?.map(({value}) => value) ?? [], customs, options),
    }
  })
}

/** Services without options of their own are left out. */
function optionsByService(
  services: readonly string[],
  options: (service: string) => Options,
): Readonly<Record<string, Options>> {
  const pairs = services.map((service) => [service, options(service)] as const)
  return Object.fromEntries(pairs.filter(([, values]) => Object.keys(values).length > 0))
}

function customServices(
  named: readonly string[],
  customs: ReadonlyMap<string, CustomDraft>,
  options: (service: string) => Options,
): readonly CustomService[] {
  return named.flatMap((name) => {
    const draft = customs.get(name)
    if (draft === undefined) return []
    const texts = Object.entries(options(name)).map(([key, value]) => [key, String(value)] as const)
    return [{...draft.service, options: Object.fromEntries(texts)}]
  })
}
