import {findSources, pathOf, type Source, type Step} from '../events/sources.ts'
import type {Deps} from './deps.ts'
import {withEvidence} from './evidence.ts'

export type {Source, Step} from '../events/sources.ts'

export function sourcesOf(deps: Deps, query: {since?: string | undefined; limit: number}): Source[] {
  return withEvidence(deps, (store) => findSources(store, query))
}

export function sourcePath(deps: Deps, ip: string, since?: string): Step[] {
  return withEvidence(deps, (store) => pathOf(store, ip, since))
}
