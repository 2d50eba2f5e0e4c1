import {describe, expect, it} from 'vitest'

import {globalFlags, mutationFlags, networkFlags, parseDuration} from '../../src/cli/flags.ts'

describe('parseDuration', () => {
  it.each([
    ['0s', 0],
    ['500ms', 500],
    ['60s', 60_000],
    ['5m', 300_000],
    ['24h', 86_400_000],
    ['86400s', 86_400_000],
    ['007s', 7000],
  ])('%s is %d ms', (text, ms) => {
    expect(parseDuration(text)).toBe(ms)
  })

  it.each(['', '60', 's', '-1s', '+1s', '1.5s', '1 s', ' 1s', '1s ', '1S', '1d', '25h', '86401s', '9999999999s', '١s'])(
    'refuses %j',
    (text) => {
      expect(() => parseDuration(text)).toThrow(`got ${text}`)
    },
  )
})

it('every flag has a summary and a group, and every environment variable is ours', () => {
  for (const [name, flag] of Object.entries({...globalFlags, ...mutationFlags, ...networkFlags})) {
    expect(flag.summary, name).toMatch(/^[A-Z].*\.$/)
    expect(flag.helpGroup, name).toBeTypeOf('string')
    if (flag.env !== undefined) expect(flag.env).toMatch(/^DECNET_[A-Z_]+$/)
  }
})
