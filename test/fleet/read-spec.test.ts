import {describe, expect, it} from 'vitest'

import {problems, refusal} from './reading.ts'

describe('the file', () => {
  it.each([
    ['empty', '', 'no-deckies 1:1'],
    ['only blanks and comments', ' \n; x\n\t\n# y\n', 'no-deckies 1:1'],
    ['only [general]', '[general]\nnet=10.0.0.0/24', 'no-deckies 1:1'],
    ['no deckies and a wrong key', '[general]\nnett=10.0.0.0/24', 'no-deckies 1:1', 'unknown-key 2:1'],
    ['a section that could not be read may have been a decky', '[]\nip=10.0.0.1', 'empty-header 1:1'],
  ])('%s', (_, text, ...expected) => {
    expect(problems(text)).toEqual(expected)
  })
})

describe('reporting', () => {
  it('gives every problem at once, in file order, and counts them', () => {
    const text = [
      'stray = 1',
      '[general]',
      'net = 192.168.1.0/33',
      'gatway = 192.168.1.1',
      '[web',
      'services = ssh, htpp',
      'ip = 10.0.0.300',
      '[db.redis]',
      'passwrd = x',
      '[web.ssh]',
      'port = 0',
      'junk',
      '[WEB]',
      'srevices = ssh',
    ].join('\n')
    expect(problems(text)).toEqual([
      'key-outside-section 1:1',
      'bad-net 3:7',
      'unknown-key 4:1',
      'missing-bracket 5:5',
      'unknown-service 6:17',
      'bad-address 7:6',
      'orphan-options 8:2',
      'unknown-option 9:1',
      'bad-option-value 11:8',
      'missing-separator 12:1',
      'duplicate-name 13:2',
      'unknown-key 14:1',
    ])
    expect(refusal(text)).toMatchObject({code: 'FLEET_FILE_INVALID', message: 'fleet.ini has 12 problems'})
  })

  it('says "1 problem"', () => {
    expect(refusal('').message).toBe('fleet.ini has 1 problem')
  })

  it('shows 100 problems and counts the rest', () => {
    const {diagnostics, message} = refusal(`[d]\n${'x\n'.repeat(5000)}`)
    expect(message).toBe('fleet.ini has 5000 problems')
    expect(diagnostics.length).toBe(101)
    expect(diagnostics[99]?.place?.line).toBe(101)
    expect(diagnostics[100]).toEqual({severity: 'error', code: 'more-problems', summary: '4900 more problems'})
  })

  it('does not let warnings hide an error', () => {
    const padded = Array.from({length: 150}, (_, index) => `[ d${index} ]`).join('\n')
    expect(problems(`${padded}\nbad`)).toEqual(['missing-separator 151:1'])
  })

  it('includes warnings beside errors', () => {
    const {diagnostics} = refusal('[ d ]\nip=x')
    expect(diagnostics.map(({severity}) => severity)).toEqual(['warning', 'error'])
  })

  it('checks the values of a section that stands twice', () => {
    expect(problems('[d]\nip=10.0.0.1\n[d]\nip=10.0.0.1\nos=beos')).toEqual(['duplicate-section 3:2', 'unknown-os 5:4'])
  })

  it('never shows invisible characters of the file in a message', () => {
    const hostile = 'x\u202e\u200b\u00a0\ufeffy'
    const text = `[${hostile}]\n[d]\nip=${hostile}\n${hostile}=1\nservices=${hostile}\n[d.${hostile}]\na=1`
    for (const {summary, hint = ''} of refusal(text).diagnostics) {
      expect(summary + hint).not.toMatch(/[\u202e\u200b\u00a0\ufeff]/)
    }
    expect(refusal(text).diagnostics.length).toBe(5)
  })
})
