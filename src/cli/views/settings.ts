import type {SettingStatus} from '../../operations/settings.ts'

import {table} from './table.ts'
import {sanitize} from './text.ts'

export function settingsView(settings: readonly SettingStatus[], width: number): string {
  return table(
    settings,
    [
      {title: 'SETTING', value: ({name}) => name},
      {title: 'VALUE', value: ({value}) => sanitize(value ?? '-')},
      {title: 'FROM', value: ({isDefault}) => (isDefault ? 'default' : 'state')},
      {title: 'MEANING', value: ({summary}) => summary, flexible: true},
    ],
    width,
  )
}

/** `decnet.config/v1`. */
export function settingsDocument(settings: readonly SettingStatus[]): object {
  return {schema: 'decnet.config/v1', ok: true, settings}
}
