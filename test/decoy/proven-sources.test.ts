import type {networkInterfaces} from 'node:os'
import {describe, expect, it} from 'vitest'

import {neighboursOf, ProvenSources} from '../../src/decoy/proven-sources.ts'

const MINUTE = 60_000

describe('proven sources', () => {
  it('are known for ten minutes after their last connection', () => {
    const sources = new ProvenSources(() => false)
    sources.add('10.0.0.7', 0)
    expect(sources.trust('10.0.0.7', 10 * MINUTE)).toBe('handshake')
    expect(sources.trust('10.0.0.7', 10 * MINUTE + 1)).toBe('unproven')
    sources.add('10.0.0.7', 11 * MINUTE)
    expect(sources.trust('10.0.0.7', 20 * MINUTE)).toBe('handshake')
  })

  it('are only those that connected', () => {
    const sources = new ProvenSources(() => false)
    sources.add('10.0.0.7', 0)
    expect(sources.trust('10.0.0.8', 0)).toBe('unproven')
  })

  it('are forgotten, the oldest first, when there are too many', () => {
    const sources = new ProvenSources(() => false)
    for (let index = 0; index <= 1024; index++) sources.add(`10.0.${index >> 8}.${index & 255}`, index)
    expect(sources.trust('10.0.0.0', 1024)).toBe('unproven')
    expect(sources.trust('10.0.0.1', 1024)).toBe('handshake')
    expect(sources.trust('10.0.4.0', 1024)).toBe('handshake')
  })

  it('do not outlive a clock that was set back', () => {
    const sources = new ProvenSources(() => false)
    sources.add('10.0.0.7', MINUTE)
    expect(sources.trust('10.0.0.7', 0)).toBe('unproven')
  })
})

describe('neighbours', () => {
  const interfaces = () => ({
    lo: [{address: '127.0.0.1', netmask: '255.0.0.0', family: 'IPv4' as const, internal: true}],
    eth0: [{address: '10.3.128.9', netmask: '255.255.254.0', family: 'IPv4' as const, internal: false}],
  })
  const of = (own: string) => neighboursOf(own, interfaces as unknown as typeof networkInterfaces)

  it.each([
    ['10.3.128.9', '10.3.129.254', true],
    ['10.3.128.9', '10.3.130.1', false],
    ['10.3.128.9', '127.0.0.1', false],
    ['127.77.0.5', '127.0.0.1', true],
    ['192.0.2.1', '192.0.2.2', false],
    // What a container binds.
    ['0.0.0.0', '10.3.129.254', true],
    ['0.0.0.0', '10.3.130.1', false],
    ['0.0.0.0', '127.0.0.1', false],
  ])('of %s: %s is one: %s', (own, ip, expected) => {
    expect(of(own)(ip)).toBe(expected)
  })

  it('are trusted less than those who connected', () => {
    const sources = new ProvenSources(of('10.3.128.9'))
    expect(sources.trust('10.3.128.7', 0)).toBe('neighbour')
    sources.add('10.3.128.7', 0)
    expect(sources.trust('10.3.128.7', 0)).toBe('handshake')
  })
})
