import {describe, expect, it} from 'vitest'

import {isSettingName, readSetting, SETTING_DEFAULTS, SETTINGS} from '../../src/state/settings.ts'
import {Store} from '../../src/state/store.ts'
import {temporaryDir} from './support.ts'

describe('settings', () => {
  it.each(['deployment-limit', 'parallel'] as const)('%s is a whole number within bounds', (name) => {
    const {parse, expected} = SETTINGS[name]
    const most = name === 'parallel' ? 64 : 65_000
    expect(expected).toBe(`a whole number from 1 to ${most}`)
    expect([parse('1'), parse('17'), parse(String(most))]).toEqual([1, 17, most])
    for (const wrong of ['', '0', '-1', '1.5', '1e3', '0x10', ' 1', '٣', '01', String(most + 1), '9'.repeat(400)]) {
      expect(parse(wrong), wrong).toBeUndefined()
    }
  })

  it('image is an image reference', () => {
    const {parse} = SETTINGS.image
    for (const right of ['decoy', 'registry.example:5000/a/decoy:1.2', `decoy@sha256:${'a'.repeat(64)}`]) {
      expect(parse(right)).toBe(right)
    }
    for (const wrong of ['', 'a b', '--privileged', '$(id)', 'a\n', 'a\u001b', 'x'.repeat(256)]) {
      expect(parse(wrong), wrong).toBeUndefined()
    }
  })

  it('are known by name only', () => {
    expect(isSettingName('image')).toBe(true)
    expect(isSettingName('toString')).toBe(false)
  })

  it('are read from the state, with defaults for what is not set or not valid', () => {
    const store = Store.open(temporaryDir(), {mode: 'write'})
    expect(readSetting(store, 'deployment-limit')).toBe(10)
    expect(readSetting(store, 'image')).toBeNull()
    store.setSetting('deployment-limit', '500')
    store.setSetting('parallel', 'many')
    expect(readSetting(store, 'deployment-limit')).toBe(500)
    expect(readSetting(store, 'parallel')).toBe(SETTING_DEFAULTS.parallel)
    store.close()
  })
})
