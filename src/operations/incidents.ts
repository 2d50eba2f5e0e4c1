import type {IncidentDetail, IncidentState} from '../events/incidents/incident.ts'
import {
  changeIncident,
  findIncidents,
  findRules,
  type IncidentQuery,
  incidentById,
  removeRule,
  saveRule,
} from '../events/incidents/incident-store.ts'
import {parsePair, type Rule} from '../events/incidents/rules.ts'
import {DecnetError} from '../fleet/errors.ts'
import type {Deps} from './deps.ts'
import {withEvidence} from './evidence.ts'

export function incidentsOf(deps: Deps, query: IncidentQuery): IncidentDetail[] {
  return withEvidence(deps, (store) => findIncidents(store, query))
}

/** Throws DecnetError where there is none of that number. */
export function incidentOf(deps: Deps, id: number): IncidentDetail {
  const incident = withEvidence(deps, (store) => incidentById(store, id))
  if (incident === null) throw noIncident(id)
  return incident
}

/** Acknowledges, closes or opens again. Throws DecnetError where there is none of that number. */
export function setIncidentState(deps: Deps, id: number, state: IncidentState, note: string | null): IncidentDetail {
  return withEvidence(deps, (store) => {
    if (!changeIncident(store, id, state, note)) throw noIncident(id)
    return incidentById(store, id) as IncidentDetail
  })
}

export function rulesOf(deps: Deps): Rule[] {
  return withEvidence(deps, findRules)
}

const RULE_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/

/** `pairs` as `FIELD=VALUE`. Throws DecnetError for a bad name or pair; nothing is changed then. */
export function addRule(deps: Deps, name: string, pairs: readonly string[]): Rule {
  if (!RULE_NAME.test(name)) {
    throw new DecnetError('USAGE', `${JSON.stringify(name)} is no name for a rule`, {
      hint: 'letters, digits, dots, dashes and underscores, such as `nessus`',
    })
  }
  const rule = {name, pairs: pairs.map(parsePair)}
  withEvidence(deps, (store) => saveRule(store, rule))
  return rule
}

/** Throws DecnetError where there is none of that name. */
export function dropRule(deps: Deps, name: string): void {
  if (withEvidence(deps, (store) => removeRule(store, name))) return
  throw new DecnetError('USAGE', `there is no rule ${JSON.stringify(name)}`, {hint: '`decnet rules list` shows them'})
}

function noIncident(id: number): DecnetError {
  return new DecnetError('USAGE', `there is no incident ${id}`, {hint: '`decnet incidents` shows them'})
}
