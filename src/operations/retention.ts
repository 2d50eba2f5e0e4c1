import {prune} from '../events/retention.ts'
import {readSetting, SETTING_DEFAULTS} from '../state/settings.ts'
import type {Deps} from './deps.ts'
import {withEvidence} from './evidence.ts'
import {withState} from './state.ts'

const DAY_MS = 86_400_000
const MIB = 1024 * 1024

/** Removes what the settings say is too old or too much; returns how many events went. */
export function pruneEvents(
  deps: Deps,
  limits: {days?: number | undefined; megabytes?: number | undefined} = {},
): number {
  const {days, megabytes} = {...settings(deps), ...defined(limits)}
  return withEvidence(deps, (store) =>
    prune(
      store,
      {maxAge: days === 0 ? null : days * DAY_MS, maxBytes: megabytes === 0 ? null : megabytes * MIB},
      deps.now().getTime(),
    ),
  )
}

function settings(deps: Deps): {days: number; megabytes: number} {
  const fallback = {days: SETTING_DEFAULTS['events-days'], megabytes: SETTING_DEFAULTS['events-megabytes']}
  return withState(deps, fallback, (store) => ({
    days: readSetting(store, 'events-days'),
    megabytes: readSetting(store, 'events-megabytes'),
  }))
}

function defined<T extends object>(values: T): {[K in keyof T]?: Exclude<T[K], undefined>} {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as never
}
