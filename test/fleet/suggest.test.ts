import fc from 'fast-check'
import {describe, expect, it} from 'vitest'

import {didYouMean, editDistance, suggest} from '../../src/fleet/suggest.ts'

describe('suggest', () => {
  it.each([
    ['sshd', ['http', 'ssh'], 'ssh'],
    ['SSH', ['http', 'ssh'], 'ssh'],
    ['nmap-os', ['nmap_os'], 'nmap_os'],
    ['htp', ['http', 'ftp'], 'http'],
    ['srevices', ['services'], 'services'],
    ['telnet', ['ssh', 'http'], undefined],
    ['xx', ['ssh', 'os'], undefined],
    ['', ['a'], undefined],
    ['a'.repeat(200), ['a'.repeat(199)], undefined],
  ])('%s of %j', (word, candidates, expected) => {
    expect(suggest(word, candidates)).toBe(expected)
  })

  it('lists what there is when nothing is near', () => {
    expect(didYouMean('telnet', ['ssh', 'http'])).toBe('choose from: ssh, http')
    expect(didYouMean('x', [])).toBe('there is nothing to choose from')
    const many = Array.from({length: 42}, (_, index) => `service${index}`)
    expect(didYouMean('x', many)).toMatch(/service39, and 2 more$/)
  })
})

describe('editDistance', () => {
  /** By the recursive definition. */
  function plain(a: string, b: string): number {
    if (a === '' || b === '') return a.length + b.length
    const replaced = plain(a.slice(1), b.slice(1)) + (a[0] === b[0] ? 0 : 1)
    return Math.min(replaced, plain(a.slice(1), b) + 1, plain(a, b.slice(1)) + 1)
  }

  it('agrees with the definition up to its limit', () => {
    const short = fc.stringMatching(/^[abc]{0,5}$/)
    fc.assert(
      fc.property(short, short, fc.integer({min: 0, max: 5}), (a, b, limit) => {
        const distance = plain(a, b)
        if (distance <= limit) expect(editDistance(a, b, limit)).toBe(distance)
        else expect(editDistance(a, b, limit)).toBeGreaterThan(limit)
      }),
    )
  })
})
