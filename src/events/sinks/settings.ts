/** The settings of a sink: what all have, what its type has, and what a right value is. */
import {DecnetError} from '../../fleet/errors.ts'
import {EVENT_CLASSES} from '../event-table.ts'
import {FORMAT_NAMES} from '../formats/format.ts'
import type {SinkSetting, SinkSettings, SinkType} from './sink.ts'

export const YES_NO = {pattern: /^(yes|no)$/, expected: 'yes or no'} as const
const HIDDEN = '********'

/** Settings that every sink has. */
export function commonSettings(type: SinkType): Readonly<Record<string, SinkSetting>> {
  return {
    events: {
      summary: 'least class of events that are handed on; none: no events',
      fallback: type.events,
      pattern: new RegExp(`^(none|${EVENT_CLASSES.join('|')})$`),
      expected: `none, ${EVENT_CLASSES.join(', ')}`,
    },
    alerts: {
      summary: 'whether incidents are handed on, when they begin and get worse',
      fallback: type.alerts,
      ...YES_NO,
    },
    format: {
      summary: 'how events and alerts are written',
      fallback: type.format,
      pattern: new RegExp(`^(${FORMAT_NAMES.join('|')})$`),
      expected: FORMAT_NAMES.join(', '),
    },
  }
}

export function settingsOf(type: SinkType): Readonly<Record<string, SinkSetting>> {
  return {...type.settings, ...commonSettings(type)}
}

/** `KEY=VALUE` texts as settings, checked. Throws DecnetError that names the first that is wrong. */
export function parseSettings(type: SinkType, texts: readonly string[]): SinkSettings {
  const known = settingsOf(type)
  const given = new Map<string, string>()
  for (const text of texts) {
    const equals = text.indexOf('=')
    const key = equals < 0 ? text : text.slice(0, equals)
    const setting = Object.hasOwn(known, key) ? known[key] : undefined
    if (setting === undefined || equals < 1) {
      throw new DecnetError('USAGE', `a ${type.name} sink has no setting ${JSON.stringify(key)}`, {
        hint: `it has ${Object.keys(known).join(', ')}; write KEY=VALUE`,
      })
    }
    const value = text.slice(equals + 1)
    if (!setting.pattern.test(value)) {
      const shown = setting.secret === true ? 'its value' : JSON.stringify(value)
      throw new DecnetError('USAGE', `${key}: ${shown} is wrong`, {hint: `expected ${setting.expected}`})
    }
    given.set(key, value)
  }
  const missing = Object.entries(known).find(([key, {required}]) => required === true && !given.has(key))
  if (missing !== undefined) {
    const [key, {summary, expected}] = missing
    throw new DecnetError('USAGE', `a ${type.name} sink needs ${key}: ${summary}`, {
      hint: `write ${key}=…: ${expected}`,
    })
  }
  return Object.fromEntries(given)
}

/** The value in force. */
export function settingOf(type: SinkType, settings: SinkSettings, key: string): string {
  return settings[key] ?? settingsOf(type)[key]?.fallback ?? ''
}

/** For showing: secrets are masked. */
export function shownSettings(type: SinkType, settings: SinkSettings): SinkSettings {
  const known = settingsOf(type)
  return Object.fromEntries(
    Object.entries(settings).map(([key, value]) => [key, known[key]?.secret === true ? HIDDEN : value]),
  )
}
