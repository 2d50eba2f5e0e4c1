import type {Catalog} from '../../fleet/catalog.ts'
import type {Diagnostic} from '../../fleet/diagnostics.ts'
import {DecnetError} from '../../fleet/errors.ts'
import {MAX_AMOUNT} from '../../fleet/keys.ts'
import {memberNames} from '../../fleet/names.ts'
import {readFleetSpec} from '../../fleet/read-spec.ts'
import {type FileSection, writeFleetFile} from '../../fleet/write-fleet-file.ts'
import {SETTING_DEFAULTS} from '../../state/settings.ts'
import type {DraftDecky, FleetDraft} from './draft.ts'

/**
 * The fleet file that says what a draft means. Throws INTERNAL where the reader would not take it for just that, without
 * a remark: a file that does not validate is never written.
 */
export function fleetText(file: string, draft: FleetDraft, catalog: Catalog): string {
  const text = writeFleetFile({
    comment: headOf(draft),
    general: draft.general,
    sections: sectionsOf(draft.deckies, catalog),
    remarks: remarksOf(catalog),
  })
  const {names, diagnostics} = readBack(file, text, catalog)
  if (diagnostics.length === 0 && names === draft.deckies.map(({name}) => name).join()) return text
  throw new DecnetError('INTERNAL', 'the file that was made up does not say what it should', {diagnostics})
}

/** What the reader makes of a text: the names in it, or its problems. */
function readBack(
  file: string,
  text: string,
  catalog: Catalog,
): {readonly names: string; readonly diagnostics: readonly Diagnostic[]} {
  try {
    const {spec, warnings} = readFleetSpec(file, text, catalog)
    return {names: spec.deckies.map(({name}) => name).join(), diagnostics: warnings}
  } catch (error) {
    if (!(error instanceof DecnetError)) throw error
    return {names: '', diagnostics: error.diagnostics}
  }
}

/** Whether the deployment limit must be raised before so many deckies can be deployed. */
export function exceedsDefaultLimit(count: number): boolean {
  return count > SETTING_DEFAULTS['deployment-limit']
}

function headOf({deckies, origin, seed}: FleetDraft): string[] {
  const limit = SETTING_DEFAULTS['deployment-limit']
  return [
    'A fleet file, written by decnet init. Change what you like; decnet validate tells whether it is right.',
    ...origin,
    ...(seed === null ? [] : [`What was left to chance was drawn with --seed ${seed}; the same seed draws the same.`]),
    ...(exceedsDefaultLimit(deckies.length)
      ? [`${deckies.length} deckies need a deployment limit above ${limit}: decnet config set deployment-limit.`]
      : []),
  ]
}

function remarksOf(catalog: Catalog): string[] {
  const list = (what: string, names: Iterable<string>) => `${what}: ${[...names].join(', ')}.`
  return [
    list('Services', catalog.services.keys()),
    list('Archetypes', catalog.archetypes.keys()),
    list('OS profiles', catalog.osProfiles.keys()),
    list('Distros', catalog.distros.keys()),
  ]
}

/** Neighbours that differ in nothing but their numbers share a section with an amount. */
function sectionsOf(deckies: readonly DraftDecky[], catalog: Catalog): FileSection[] {
  const sections: FileSection[] = []
  for (let at = 0; at < deckies.length; ) {
    const decky = deckies[at] as DraftDecky
    const size = alikeFrom(deckies, at)
    const before = deckies[at - 1]?.archetype
    const summary = before === decky.archetype ? undefined : catalog.archetypes.get(decky.archetype ?? '')?.summary
    sections.push(sectionOf(decky, size, summary === undefined ? [] : [`${summary}.`]))
    at += size
  }
  return sections
}

function sectionOf(decky: DraftDecky, amount: number, summary: readonly string[]): FileSection {
  const {comment = [], options = {}, name, ...fields} = decky
  const shown = [...summary, ...comment]
  return {
    ...fields,
    name: amount === 1 ? name : name.slice(0, -FIRST.length),
    options,
    customServices: [],
    ...(amount === 1 ? {} : {amount}),
    ...(shown.length === 0 ? {} : {comment: shown}),
  }
}

/** How the first member of a section with an amount ends. */
const FIRST = '-01'

function alikeFrom(deckies: readonly DraftDecky[], start: number): number {
  const first = deckies[start] as DraftDecky
  const own = first.ip ?? first.hostname ?? first.mac
  if (!first.name.endsWith(FIRST) || first.name.length === FIRST.length || own !== undefined) return 1
  const names = memberNames(first.name.slice(0, -FIRST.length), MAX_AMOUNT)
  const rest = JSON.stringify({...first, name: ''})
  let size = 1
  for (; size < MAX_AMOUNT; size++) {
    const next = deckies[start + size]
    if (next === undefined || next.name !== names[size] || JSON.stringify({...next, name: ''}) !== rest) break
  }
  return size
}
