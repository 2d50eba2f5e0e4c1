import {describe, expect, it} from 'vitest'

import {CATALOG} from '../../src/catalog/index.ts'
import type {Diagnostic} from '../../src/fleet/diagnostics.ts'
import {DecnetError} from '../../src/fleet/errors.ts'
import {readFleetSpec} from '../../src/fleet/read-spec.ts'

const CANARY = 'canary-7f3a'

function found(text: string): readonly Diagnostic[] {
  try {
    return readFleetSpec('fleet.ini', text, CATALOG).warnings
  } catch (error) {
    if (error instanceof DecnetError) return error.diagnostics
    throw error
  }
}

const cache = (...lines: string[]) => `[cache]\nservices=redis\n[cache.redis]\n${lines.join('\n')}\n`

describe('a secret option', () => {
  it.each<[string, string, string]>([
    ['of a wrong form', cache(`password = ${CANARY} ${CANARY}`), 'bad-option-value'],
    ['of a wrong form, in quotes', cache(`password = "${CANARY} x"`), 'bad-option-value'],
    ['that is misspelt', cache(`pasword = ${CANARY}`), 'unknown-option'],
    ['that stands twice', cache(`password = x`, `password = ${CANARY}`), 'duplicate-key'],
    ['whose quote is open', cache(`password = "${CANARY}`), 'unclosed-quote'],
    ['that is continued', cache(`password = ${CANARY}\\`), 'backslash-continuation'],
    ['without a separator', cache(`password ${CANARY}`), 'missing-separator'],
    ['with a control character', cache(`password = ${CANARY}\x07`), 'control-character'],
    ['that is a list', `[a]\nservices=ssh\n[a.ssh]\nusers = root:x, ${CANARY}\n`, 'bad-option-value'],
    ['of another service', `[a]\nservices=http\n[a.http]\nusers = ${CANARY}\n`, 'bad-option-value'],
    ['in the section of a decky', `[a]\nservices=redis\npassword = ${CANARY}\n`, 'unknown-key'],
    ['of a decky that is not there', `[a]\nservices=redis\n[b.redis]\npasswrd = ${CANARY}\n`, 'unknown-option'],
    [
      'of a service of the operator’s own',
      `[a]\nservices=x\n[custom-x]\nbinary=x:1\n[a.x]\n7up = ${CANARY}\n`,
      'bad-option-name',
    ],
  ])('%s is not repeated', (_, text, code) => {
    const diagnostics = found(text)
    expect(diagnostics.map((each) => each.code)).toContain(code)
    expect(JSON.stringify(diagnostics)).not.toContain('canary')
  })

  it('is named, with its place', () => {
    expect(found(cache(`password = ${CANARY} x`))).toMatchObject([
      {
        summary: 'that (it is not shown) is no value for the option password of redis',
        place: {line: 4, column: 12, snippet: 'password = ***'},
      },
    ])
  })
})

describe('anything else', () => {
  it.each([
    ['an option beside it', cache('version = seven'), 'version = seven'],
    ['a service without secrets of that name', cache('port = x'), 'port = x'],
    ['a key of a decky', '[a]\nservices = sh\n', 'services = sh'],
    ['a header', '[a]\nservices=redis\n[b.redis]\n', '[b.redis]'],
  ])('is shown: %s', (_, text, snippet) => {
    expect(found(text)[0]?.place?.snippet).toBe(snippet)
  })
})
