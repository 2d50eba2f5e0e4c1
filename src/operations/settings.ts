import {DecnetError} from '../fleet/errors.ts'
import {didYouMean} from '../fleet/suggest.ts'
import {isSettingName, SETTINGS, type SettingName} from '../state/settings.ts'
import type {Store} from '../state/store.ts'
import type {Deps} from './deps.ts'
import {type MutationOptions, withLock} from './mutation.ts'
import {withState} from './state.ts'

export interface SettingStatus {
  readonly name: SettingName
  /** The value in force as text; null: none. */
  readonly value: string | null
  readonly isDefault: boolean
  readonly summary: string
}

const NAMES = Object.keys(SETTINGS) as SettingName[]

/** Every setting with the value in force. */
export function listSettings(deps: Deps): SettingStatus[] {
  const all = (store: Store | null): SettingStatus[] => NAMES.map((name) => statusOf(store, name))
  return withState(deps, all(null), all)
}

/** One setting. Throws USAGE for a name that is none. */
export function getSetting(deps: Deps, name: string): SettingStatus {
  const known = settingName(name)
  return withState(deps, statusOf(null, known), (store) => statusOf(store, known))
}

/** Changes a setting; an empty value puts the default back. Throws USAGE for a value that it refuses. */
export function setSetting(
  deps: Deps,
  name: string,
  value: string,
  options: Pick<MutationOptions, 'lockTimeoutMs' | 'signal' | 'progress'>,
): Promise<SettingStatus> {
  const known = settingName(name)
  const {expected, parse} = SETTINGS[known]
  if (value !== '' && parse(value) === undefined) {
    throw new DecnetError('USAGE', `${known} cannot be "${value}"`, {hint: `expected ${expected}`})
  }
  return withLock(deps, 'config set', options, async (store) => {
    if (value === '') store.deleteSetting(known)
    else store.setSetting(known, value)
    return statusOf(store, known)
  })
}

function statusOf(store: Store | null, name: SettingName): SettingStatus {
  const {summary, fallback} = SETTINGS[name]
  const stored = store?.getSetting(name) ?? null
  return {name, value: stored ?? (fallback === null ? null : String(fallback)), isDefault: stored === null, summary}
}

function settingName(name: string): SettingName {
  if (isSettingName(name)) return name
  throw new DecnetError('USAGE', `there is no setting ${name}`, {
    hint: didYouMean(name, NAMES) || `settings are ${NAMES.join(', ')}`,
  })
}
