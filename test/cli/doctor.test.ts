import {describe, expect, it} from 'vitest'

import {doctorDocument, doctorView} from '../../src/cli/views/doctor.ts'
import {makeStyle} from '../../src/cli/views/style.ts'
import type {CheckReport, Diagnosis} from '../../src/operations/doctor/index.ts'
import {HAZARD, HOSTILE} from '../support/hostile.ts'

const PLAIN = makeStyle({isTTY: false, noColorFlag: false, env: {}})
const COLOUR = makeStyle({isTTY: true, noColorFlag: false, env: {}})

const check = (changes: Partial<CheckReport>): CheckReport => ({
  id: 'node-version',
  group: 'machine',
  title: 'Node.js',
  why: 'It matters.',
  result: 'ok',
  detail: '24.15.0',
  fix: null,
  permission: false,
  ...changes,
})

const diagnosis = (checks: readonly CheckReport[]): Diagnosis => ({
  engine: 'docker',
  network: {driver: 'macvlan', interface: 'eth0', subnet: '192.168.1.0/24', gateway: '192.168.1.1'},
  checks,
})

const MIXED = diagnosis([
  check({}),
  check({title: 'Clock', result: 'warning', detail: 'is not kept by a time server', fix: 'timedatectl set-ntp true'}),
  check({group: 'engine', title: 'Docker Engine', result: 'failed', detail: 'cannot be reached', fix: 'start it'}),
  check({group: 'engine', title: 'Docker version', result: 'skipped', detail: 'could not be asked'}),
])

describe('what doctor says', () => {
  it('is a line for each check, and what to do below those that did not pass', () => {
    expect(doctorView(MIXED, PLAIN, 80)).toMatchInlineSnapshot(`
      "This machine
        ✓ Node.js         24.15.0
        ! Clock           is not kept by a time server
            why It matters.
            fix timedatectl set-ntp true

      Engine
        ✗ Docker Engine   cannot be reached
            why It matters.
            fix start it
        - Docker version  could not be asked

      1 ok, 1 warning, 1 failed, 1 skipped.

      Next, once it is fixed:
        decnet doctor  look again"
    `)
  })

  it('ends with what comes next', () => {
    const last = (checks: readonly CheckReport[]) => doctorView(diagnosis(checks), PLAIN, 80).split('\n').slice(-5)
    const steps = ['  decnet init              write a first fleet file', '  decnet deploy fleet.ini  deploy it']
    expect(last([check({})])).toEqual(['1 ok.', '', 'Next:', ...steps])
    const warned = ['0 ok, 1 warning.', '', 'Next, as warnings stop nothing:', ...steps]
    expect(last([check({result: 'warning', fix: 'x'})])).toEqual(warned)
  })

  it('names the engine that is not the usual one', () => {
    const text = doctorView({...diagnosis([check({})]), engine: 'embedded'}, PLAIN, 80)
    expect(text).toMatch(/\n {2}decnet deploy fleet\.ini --engine embedded +deploy it$/)
  })

  it.each([60, 80, 200])('fits into %d columns', (width) => {
    const long = 'a sentence that goes on and on, '.repeat(20)
    const word = 'x'.repeat(300)
    const text = doctorView(
      diagnosis([
        check({result: 'failed', detail: long, fix: long}),
        check({detail: word, result: 'warning', fix: word}),
      ]),
      COLOUR,
      width,
    )
    for (const line of text.replaceAll(/\u001b\[\d+m/g, '').split('\n')) expect(line.length).toBeLessThanOrEqual(width)
  })

  it('shows foreign text and does not obey it', () => {
    const text = doctorView(diagnosis([check({detail: HOSTILE, fix: HOSTILE, result: 'failed'})]), PLAIN, 2000)
    expect(text).not.toMatch(HAZARD)
    expect(text.split('\n').filter((line) => line.startsWith('forged'))).toEqual([])
  })

  it('as JSON has every field, and is ok where nothing failed', () => {
    expect(doctorDocument(MIXED)).toMatchObject({ok: false, summary: {ok: 1, warning: 1, failed: 1, skipped: 1}})
    expect(doctorDocument(diagnosis([check({result: 'warning', fix: 'x'})]))).toMatchInlineSnapshot(`
      {
        "checks": [
          {
            "detail": "24.15.0",
            "fix": "x",
            "group": "machine",
            "id": "node-version",
            "result": "warning",
            "title": "Node.js",
            "why": "It matters.",
          },
        ],
        "engine": "docker",
        "network": {
          "driver": "macvlan",
          "gateway": "192.168.1.1",
          "interface": "eth0",
          "subnet": "192.168.1.0/24",
        },
        "ok": true,
        "schema": "decnet.doctor/v1",
        "summary": {
          "failed": 0,
          "ok": 0,
          "skipped": 0,
          "warning": 1,
        },
      }
    `)
  })
})
