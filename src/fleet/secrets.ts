/** Keeps the secrets of a fleet file out of what is said about it: diagnostics end up in logs of CI and in tickets. */
import type {Catalog} from './catalog.ts'
import type {Diagnostic} from './diagnostics.ts'
import type {FleetSource, SourceSection} from './fleet-source.ts'
import type {SectionKinds} from './sections.ts'

const MASK = '***'

/** What may be shown of the lines of a section. */
interface Rule {
  /** Whether the value of this key, in lower case, is a secret, or may be one. */
  hides(key: string): boolean
  /** Whether a line without a key may hold one. */
  readonly hidesLines: boolean
}

/**
 * The diagnostics without the values of secret options. Also hidden is what may be such a value in the wrong place: that
 * of a misspelt key beside a secret option, and every option of a custom service, whose secrets nobody knows.
 */
export function hideSecrets(
  diagnostics: readonly Diagnostic[],
  source: FleetSource,
  kinds: SectionKinds,
  catalog: Catalog,
): readonly Diagnostic[] {
  const rules = sectionRules(kinds, catalog)
  const fallback = elsewhereRule(catalog)
  return diagnostics.map((diagnostic) => {
    const {place} = diagnostic
    if (place === undefined) return diagnostic
    const section = source.sections.findLast((candidate) => candidate.place.line <= place.line)
    if (section?.place.line === place.line) return diagnostic
    return masked(diagnostic, (section === undefined ? undefined : rules.get(section)) ?? fallback)
  })
}

function sectionRules({options}: SectionKinds, catalog: Catalog): ReadonlyMap<SourceSection, Rule> {
  return new Map(options.map(({section, service}) => [section, optionRule(service, catalog)]))
}

function optionRule(service: string, catalog: Catalog): Rule {
  const info = catalog.services.get(service)
  if (info === undefined) return {hides: () => true, hidesLines: true}
  const open = info.optionNames.filter((name) => !info.secretOptions.includes(name)).map((name) => name.toLowerCase())
  const any = info.secretOptions.length > 0
  return {hides: (key) => any && !open.includes(key), hidesLines: any}
}

/** An option that was written into the section of a decky. */
function elsewhereRule({services}: Catalog): Rule {
  const secret = new Set([...services.values()].flatMap(({secretOptions}) => secretOptions.map(lowerCase)))
  return {hides: (key) => secret.has(key), hidesLines: false}
}

function lowerCase(text: string): string {
  return text.toLowerCase()
}

function masked(diagnostic: Diagnostic, rule: Rule): Diagnostic {
  const {place} = diagnostic
  if (place === undefined) return diagnostic
  const {snippet} = place
  const separator = snippet.search(/[=:]/)
  if (separator === -1) return rule.hidesLines ? withoutLine(diagnostic) : diagnostic
  if (!rule.hides(snippet.slice(0, separator).trim().toLowerCase())) return diagnostic
  const start = separator + 1 + (/^[ \t]*/.exec(snippet.slice(separator + 1))?.[0].length ?? 0)
  const column = Math.min(place.column, start + 1)
  return {...diagnostic, place: {...place, column, snippet: snippet.slice(0, start) + MASK}}
}

/** A line without a separator is quoted in the summary as well. */
function withoutLine(diagnostic: Diagnostic): Diagnostic {
  const {place, code, summary} = diagnostic
  if (place === undefined || place.snippet.trim() === '') return diagnostic
  return {
    ...diagnostic,
    summary: code === 'missing-separator' ? 'a line is no key = value' : summary,
    place: {...place, column: 1, snippet: MASK},
  }
}
