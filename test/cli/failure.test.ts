import {Errors} from '@oclif/core'
import {describe, expect, it} from 'vitest'

import {EXIT, EXIT_CODES} from '../../src/cli/exit-codes.ts'
import {errorDocument, failureOf} from '../../src/cli/failure.ts'
import {EngineError, type EngineFault} from '../../src/engines/engine.ts'
import {DecnetError, type ErrorCode} from '../../src/fleet/errors.ts'

/** The table of the design; a code that is added has to be added here too. */
const DOCUMENTED: Readonly<Record<ErrorCode, number>> = {
  USAGE: 64,
  CONFIRM_REQUIRED: 64,
  FLEET_FILE_INVALID: 65,
  FLEET_FILE_NOT_FOUND: 66,
  NAME_CONFLICT: 6,
  ADDRESS_CONFLICT: 6,
  NETWORK_CONFLICT: 6,
  ENGINE_CONFLICT: 6,
  LIMIT_EXCEEDED: 6,
  UNKNOWN_DECKY: 64,
  DECLINED: 5,
  TIMED_OUT: 4,
  ENGINE_UNAVAILABLE: 69,
  ENGINE_FAILED: 69,
  PLATFORM_UNSUPPORTED: 69,
  STATE_UNREADABLE: 74,
  STATE_LOCKED: 75,
  PERMISSION: 77,
  INTERRUPTED: 130,
  TERMINATED: 143,
  INTERNAL: 1,
}
const NOT_OF_ERRORS = [0, 2, 3, 141]

describe('exit codes', () => {
  it('of every error are the documented ones', () => {
    expect(EXIT).toEqual(DOCUMENTED)
  })

  it('are all explained, and none is explained that nothing ends with', () => {
    const used = new Set([...Object.values(DOCUMENTED), ...NOT_OF_ERRORS])
    expect(Object.keys(EXIT_CODES).map(Number)).toEqual([...used].toSorted((a, b) => a - b))
    for (const meaning of Object.values(EXIT_CODES)) expect(meaning).toMatch(/\S/)
  })
})

describe('failureOf', () => {
  it.each(Object.entries(DOCUMENTED))('%s ends with %d', (code, exit) => {
    const error = new DecnetError(code as ErrorCode, 'message', {hint: 'hint'})
    expect(failureOf(error)).toEqual({code, exit, message: 'message', hint: 'hint', diagnostics: []})
  })

  it.each<[EngineFault, ErrorCode]>([
    ['unavailable', 'ENGINE_UNAVAILABLE'],
    ['permission', 'PERMISSION'],
    ['timeout', 'TIMED_OUT'],
    ['mac-in-use', 'ENGINE_FAILED'],
    ['address-in-use', 'ENGINE_FAILED'],
    ['foreign', 'ENGINE_FAILED'],
    ['capacity', 'ENGINE_FAILED'],
    ['not-ready', 'ENGINE_FAILED'],
    ['refused', 'ENGINE_FAILED'],
  ])('an engine fault %s is %s', (fault, code) => {
    expect(failureOf(new EngineError(fault, 'm', {hint: 'h'}))).toMatchObject({code, exit: EXIT[code], hint: 'h'})
  })

  it('takes what the parser of the command line throws for wrong usage', () => {
    const parsing = Object.assign(new Error('Missing 1 required arg\nfile\n\nSee more help with --help'), {parse: {}})
    expect(failureOf(parsing)).toMatchObject({code: 'USAGE', exit: 64, message: 'Missing 1 required arg\nfile'})
    expect(failureOf(new Errors.CLIError('command x not found', {exit: 64}))).toMatchObject({code: 'USAGE'})
    const value = Object.assign(new Error('Parsing --timeout \n\texpected 60s\nSee more help'), {oclif: {exit: 64}})
    expect(failureOf(value)).toMatchObject({code: 'USAGE', exit: 64, message: 'Parsing --timeout: expected 60s'})
  })

  it.each([[new TypeError('x is undefined')], ['x is undefined'], [new Errors.CLIError('x is undefined', {exit: 2})]])(
    'takes everything else for a bug',
    (thrown) => {
      expect(failureOf(thrown)).toMatchObject({code: 'INTERNAL', exit: 1, message: 'x is undefined'})
    },
  )

  it('never shows a stack or a cause', () => {
    const error = new DecnetError('ENGINE_FAILED', 'no', {cause: new Error('canary')})
    expect(JSON.stringify(errorDocument(failureOf(error)))).not.toMatch(/canary|\.ts:/)
  })
})

describe('the JSON document of an error', () => {
  it('has its code, message, hint and diagnostics', () => {
    const error = new DecnetError('FLEET_FILE_INVALID', 'fleet.ini has 2 problems', {
      hint: 'correct them',
      diagnostics: [
        {
          severity: 'error',
          code: 'unknown-key',
          summary: 'there is no key "ipp"',
          hint: 'did you mean "ip"?',
          place: {file: 'fleet.ini', line: 2, column: 1, snippet: 'ipp = 1'},
        },
        {severity: 'warning', code: 'more-problems', summary: '1 more problem'},
      ],
    })
    expect(errorDocument(failureOf(error))).toMatchInlineSnapshot(`
      {
        "error": {
          "code": "FLEET_FILE_INVALID",
          "diagnostics": [
            {
              "code": "unknown-key",
              "column": 1,
              "file": "fleet.ini",
              "hint": "did you mean "ip"?",
              "line": 2,
              "severity": "error",
              "snippet": "ipp = 1",
              "summary": "there is no key "ipp"",
            },
            {
              "code": "more-problems",
              "severity": "warning",
              "summary": "1 more problem",
            },
          ],
          "hint": "correct them",
          "message": "fleet.ini has 2 problems",
        },
        "ok": false,
        "schema": "decnet.error/v1",
      }
    `)
  })

  it('leaves out a hint that there is none', () => {
    expect(errorDocument(failureOf(new DecnetError('STATE_LOCKED', 'busy')))).toMatchInlineSnapshot(`
      {
        "error": {
          "code": "STATE_LOCKED",
          "diagnostics": [],
          "message": "busy",
        },
        "ok": false,
        "schema": "decnet.error/v1",
      }
    `)
  })
})
