/** What the options of one service say about each other. */
import type {Catalog, OptionProblem, Options} from './catalog.ts'
import type {DeckyDraft} from './decky-section.ts'
import type {Diagnostics} from './diagnostics.ts'
import type {OptionTable, ServiceOptions} from './option-section.ts'
import {header} from './quote.ts'
import {archetypeOptions, osOf} from './system.ts'

/** Reports values that contradict each other, or the machine, at the option that has to change. */
export function checkOptions(draft: DeckyDraft, catalog: Catalog, table: OptionTable, diagnostics: Diagnostics): void {
  const {section, names, fields, offered = []} = draft
  const machine = {os: osOf(fields, catalog), archetype: fields.archetype ?? null}
  const defaults = archetypeOptions(fields, catalog)
  const reported = new Set<string>()
  for (const member of table.variants(section.name, names)) {
    for (const {value: service} of offered) {
      const given = table.of(section.name, member, service)
      // Nothing follows from an option whose value is not known.
      if (!given.isClear) continue
      const inherited = defaults[service] ?? {}
      const problems = catalog.services.get(service)?.problems?.({...inherited, ...given.options}, machine) ?? []
      for (const found of problems) {
        const place = given.places.get(found.option) ?? given.places.get(found.against ?? '') ?? section.place
        // What all deckies of a section share is one problem.
        const key = `${place.line}:${place.column} ${found.problem}`
        if (reported.has(key)) continue
        reported.add(key)
        const hint = found.hint + originOf(found, given, inherited, machine.archetype)
        const summary = `${service} of ${header(member)}: ${found.problem}`
        diagnostics[SEVERITY[found.code]](found.code, summary, place, hint)
      }
    }
  }
}

const SEVERITY = {'option-conflict': 'error', 'option-without-effect': 'warning', 'port-clash': 'error'} as const

/** Half of a contradiction may stand in no line of the file. */
function originOf(
  {option, against}: OptionProblem,
  {options}: ServiceOptions,
  inherited: Options,
  archetype: string | null,
): string {
  const named = [option, against ?? ''].find((name) => options[name] === undefined && inherited[name] !== undefined)
  return named === undefined ? '' : `; ${named} = ${inherited[named]} comes from the archetype ${archetype}`
}
