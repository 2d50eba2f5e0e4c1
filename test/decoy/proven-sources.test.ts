import {describe, expect, it} from 'vitest'

import {ProvenSources} from '../../src/decoy/proven-sources.ts'

const MINUTE = 60_000

describe('proven sources', () => {
  it('are known for ten minutes after their last connection', () => {
    const sources = new ProvenSources()
    sources.add('10.0.0.7', 0)
    expect(sources.has('10.0.0.7', 10 * MINUTE)).toBe(true)
    expect(sources.has('10.0.0.7', 10 * MINUTE + 1)).toBe(false)
    sources.add('10.0.0.7', 11 * MINUTE)
    expect(sources.has('10.0.0.7', 20 * MINUTE)).toBe(true)
  })

  it('are only those that connected', () => {
    const sources = new ProvenSources()
    sources.add('10.0.0.7', 0)
    expect(sources.has('10.0.0.8', 0)).toBe(false)
  })

  it('are forgotten, the oldest first, when there are too many', () => {
    const sources = new ProvenSources()
    for (let index = 0; index <= 1024; index++) sources.add(`10.0.${index >> 8}.${index & 255}`, index)
    expect(sources.has('10.0.0.0', 1024)).toBe(false)
    expect(sources.has('10.0.0.1', 1024)).toBe(true)
    expect(sources.has('10.0.4.0', 1024)).toBe(true)
  })

  it('do not outlive a clock that was set back', () => {
    const sources = new ProvenSources()
    sources.add('10.0.0.7', MINUTE)
    expect(sources.has('10.0.0.7', 0)).toBe(false)
  })
})
