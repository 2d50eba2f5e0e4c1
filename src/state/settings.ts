/** The settings that `decnet config` knows: their names, their defaults, and what a right value looks like. */
import type {Store} from './store.ts'

export interface SettingValues {
  /** How many deckies a fleet may have. */
  readonly 'deployment-limit': number
  /** After how many days events are removed; 0: never. */
  readonly 'events-days': number
  /** How large the store of events may become, in MiB; 0: without a limit. */
  readonly 'events-megabytes': number
  /** An image for deckies instead of the one decnet builds; null: none. */
  readonly image: string | null
  /** How many deckies are worked on at a time. */
  readonly parallel: number
}

export type SettingName = keyof SettingValues

export interface Setting<T> {
  readonly summary: string
  readonly fallback: T
  /** What a right value looks like, for messages: `expected …`. */
  readonly expected: string
  /** Undefined: not a value of this setting. */
  parse(text: string): T | undefined
}

/** An image reference: no white space, nothing that could be taken for a flag. */
const IMAGE = /^[A-Za-z0-9][A-Za-z0-9._:/@-]{0,254}$/

export const SETTINGS: {readonly [K in SettingName]: Setting<SettingValues[K]>} = {
  'deployment-limit': {
    summary: 'how many deckies a fleet may have',
    fallback: 10,
    ...wholeNumber(1, 65_000),
  },
  'events-days': {
    summary: 'after how many days events are removed; 0: never',
    fallback: 365,
    ...wholeNumber(0, 36_500),
  },
  'events-megabytes': {
    summary: 'how large the store of events may become, in MiB; 0: without a limit',
    fallback: 10_240,
    ...wholeNumber(0, 10_000_000),
  },
  image: {
    summary: 'image that deckies run, instead of the one decnet builds',
    fallback: null,
    expected: 'an image reference, e.g. registry.example/decoy:1',
    parse: (text) => (IMAGE.test(text) ? text : undefined),
  },
  parallel: {
    summary: 'how many deckies are worked on at a time',
    fallback: 4,
    ...wholeNumber(1, 64),
  },
}

export function isSettingName(name: string): name is SettingName {
  return Object.hasOwn(SETTINGS, name)
}

/** The values in force where there is no state. */
export const SETTING_DEFAULTS: SettingValues = {
  'deployment-limit': SETTINGS['deployment-limit'].fallback,
  'events-days': SETTINGS['events-days'].fallback,
  'events-megabytes': SETTINGS['events-megabytes'].fallback,
  image: SETTINGS.image.fallback,
  parallel: SETTINGS.parallel.fallback,
}

/** Every value in force. */
export function readSettings(store: Pick<Store, 'getSetting'>): SettingValues {
  return {
    'deployment-limit': readSetting(store, 'deployment-limit'),
    'events-days': readSetting(store, 'events-days'),
    'events-megabytes': readSetting(store, 'events-megabytes'),
    image: readSetting(store, 'image'),
    parallel: readSetting(store, 'parallel'),
  }
}

/** The value in force. */
export function readSetting<K extends SettingName>(store: Pick<Store, 'getSetting'>, name: K): SettingValues[K] {
  const setting = SETTINGS[name]
  const text = store.getSetting(name)
  // A stored value that is refused today was written by another version: the default is the safe reading.
  return text === null ? setting.fallback : (setting.parse(text) ?? setting.fallback)
}

function wholeNumber(least: number, most: number): Pick<Setting<number>, 'expected' | 'parse'> {
  return {
    expected: `a whole number from ${least} to ${most}`,
    parse(text) {
      const value = /^(0|[1-9]\d{0,8})$/.test(text) ? Number(text) : Number.NaN
      return value >= least && value <= most ? value : undefined
    },
  }
}
