/** Service names of older fleet files that the catalogue has no service of, but knows what does their work. */
import type {Catalog, StandIn} from './catalog.ts'
import type {Diagnostics} from './diagnostics.ts'
import {header} from './quote.ts'
import type {Item} from './section-keys.ts'

/** Undefined for the name of a service, the operator's own ones among them: a stand-in never hides one. */
export function standInOf(name: string, catalog: Catalog, services: ReadonlySet<string>): StandIn | undefined {
  return services.has(name) ? undefined : catalog.standIns?.get(name)
}

/** The services, each once, with those that do the work in the place of a name that is none. */
export function withStandIns(
  named: readonly Item<string>[],
  {catalog, services}: {readonly catalog: Catalog; readonly services: ReadonlySet<string>},
  diagnostics: Diagnostics,
): readonly Item<string>[] {
  const distinct = new Map<string, Item<string>>()
  for (const {value, place} of named) {
    const standIn = standInOf(value, catalog, services)
    if (standIn?.services.length === 0) {
      diagnostics.warning('needless-service', `${value} is no service here: ${standIn.reason}`, place, 'remove it')
    }
    for (const name of standIn?.services ?? [value]) {
      if (!distinct.has(name)) distinct.set(name, {value: name, place})
    }
  }
  return [...distinct.values()]
}

/** What is wrong with options for a name that is no service, and where they belong. */
export function misplacedOptions(parent: string, {name, services, reason}: StandIn): {summary: string; hint: string} {
  const first = services[0]
  if (first === undefined) return {summary: `${name} is no service here: ${reason}`, hint: 'remove this section'}
  const sections = services.map((service) => header(`${parent}.${service}`)).join(' or ')
  return {
    summary: `${name} stands for ${services.join(' and ')}, and has no options itself: ${reason}`,
    hint: `write ${sections}; "decnet services ${first}" lists what each takes`,
  }
}
