import {describe, expect, it} from 'vitest'

import {checkPortOffset} from '../../src/fleet/port-offset.ts'
import {decky, service} from '../support/fleet-parts.ts'
import {refusalOf} from '../support/refusal.ts'

const DECKIES = [decky(), decky({name: 'cache', services: [service('ssh', 22), service('redis', 6379)]})]

describe('a port offset', () => {
  it('of 0 is none, on any engine', () => {
    expect(() => checkPortOffset(0, 'docker', DECKIES)).not.toThrow()
    expect(() => checkPortOffset(0, 'embedded', [])).not.toThrow()
  })

  it('is for the embedded engine', () => {
    const {code, message} = refusalOf(() => checkPortOffset(10_000, 'docker', DECKIES))
    expect([code, message]).toEqual(['USAGE', '--port-offset is for the embedded engine, this fleet is for docker'])
  })

  it('takes no service beyond the last port, and says what is possible', () => {
    expect(() => checkPortOffset(65_535 - 6379, 'embedded', DECKIES)).not.toThrow()
    const {code, message, hint} = refusalOf(() => checkPortOffset(60_000, 'embedded', DECKIES))
    expect([code, message, hint]).toEqual([
      'USAGE',
      'redis of cache would listen on port 66379 (6379 and an offset of 60000); ports end at 65535',
      '--port-offset can be at most 59156 for these deckies',
    ])
  })
})
