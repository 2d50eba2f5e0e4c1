import {describe, expect, it} from 'vitest'

import {plainLine} from '../../src/cli/progress/plain.ts'
import {diagnosticText} from '../../src/cli/views/diagnostics.ts'
import {lifecycleView} from '../../src/cli/views/lifecycle.ts'
import {mutationDocument, mutationView, rowDocument} from '../../src/cli/views/mutation.ts'
import {planDocument, planView} from '../../src/cli/views/plan.ts'
import {settingsDocument, settingsView} from '../../src/cli/views/settings.ts'
import {statusDocument, statusView} from '../../src/cli/views/status.ts'
import {makeStyle} from '../../src/cli/views/style.ts'
import {table} from '../../src/cli/views/table.ts'
import {deckies, duration, sanitize, sanitizeLines, truncate} from '../../src/cli/views/text.ts'
import type {LifecycleRow} from '../../src/fleet/lifecycle.ts'
import {type Plan, planToText} from '../../src/fleet/plan.ts'
import type {MutationResult} from '../../src/operations/mutation.ts'
import type {DeckyStatus, FleetStatus} from '../../src/operations/status.ts'
import {decky, network} from '../support/fleet-parts.ts'

const PLAIN = makeStyle({isTTY: false, noColorFlag: false, env: {}})
const COLOUR = makeStyle({isTTY: true, noColorFlag: false, env: {}})

/** Clears the screen, rings, forges a line, hides and reorders what follows; C0, DEL, C1, bidi, zero width. */
const HOSTILE = 'a\u001b[2J\u0007\r\nforged\t\u007f\u009b31m\u0085\u2028\u202e\u2066\u200b\u061c\ufeffb'
const ESCAPED =
  'a\\x1b[2J\\x07\\x0d\\x0aforged\\x09\\x7f\\x9b31m\\x85\\u{2028}\\u{202e}\\u{2066}\\u{200b}\\u{61c}\\u{feff}b'
const HAZARD = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/

const row = (changes: Partial<LifecycleRow> = {}): LifecycleRow => ({
  id: 7,
  deploymentId: 3,
  decky: 'web-01',
  host: 'local',
  operation: 'create',
  status: 'succeeded',
  outcome: 'created',
  error: null,
  createdAt: '2026-03-01T12:00:00.000Z',
  startedAt: '2026-03-01T12:00:01.000Z',
  completedAt: '2026-03-01T12:00:02.500Z',
  durationMs: 1500,
  ...changes,
})
const failedRow = row({id: 8, decky: 'web-02', status: 'failed', outcome: null, error: 'ssh does not answer'})

const PLAN: Plan = {
  operations: [
    {
      id: 'network.create network',
      address: 'network',
      action: 'network.create',
      decky: null,
      cause: 'not found',
      dependsOn: [],
      destructive: false,
    },
    {
      id: 'decky.create decky/a',
      address: 'decky/a',
      action: 'decky.create',
      decky: 'a',
      cause: 'new',
      dependsOn: ['network.create network'],
      destructive: false,
    },
    {
      id: 'decky.replace decky/b',
      address: 'decky/b',
      action: 'decky.replace',
      decky: 'b',
      cause: 'ip changed',
      dependsOn: ['network.create network'],
      destructive: true,
    },
  ],
  changes: [
    {decky: 'a', operation: 'create', cause: 'new', destructive: false},
    {decky: 'b', operation: 'replace', cause: 'ip changed', destructive: true},
    {decky: 'c', operation: 'restart', cause: 'its instance is exited', destructive: false},
    {decky: 'd', operation: 'remove', cause: 'no longer wanted', destructive: true},
    {decky: 'e', operation: 'keep', cause: 'as it should be', destructive: false},
  ],
}

const result = (changes: Partial<MutationResult> = {}): MutationResult => ({
  deploymentId: 3,
  plan: PLAN,
  summary: {created: 1, replaced: 0, restarted: 0, removed: 0, unchanged: 2, failed: 1},
  rows: [row(), failedRow],
  interrupted: false,
  resourceErrors: [],
  fleet: {
    engine: 'docker',
    network: network(),
    domain: null,
    logFile: null,
    deckies: [decky(), decky({name: 'web-02', services: []})],
  },
  ...changes,
})

const aStatus = (changes: Partial<DeckyStatus> = {}): DeckyStatus => ({
  name: 'web-01',
  ip: '192.168.100.111',
  mac: '00:50:56:00:00:11',
  hostname: 'WEB01',
  os: 'linux',
  host: 'local',
  state: 'running',
  services: [
    {name: 'ssh', port: 22, protocol: 'tcp', state: 'answering'},
    {name: 'http', port: 80, protocol: 'tcp', state: 'down'},
  ],
  drift: [],
  ...changes,
})
const fleetStatus = (list: readonly DeckyStatus[], changes: Partial<FleetStatus> = {}): FleetStatus => ({
  fleet: {generation: 4, mode: 'unihost', fleet: result().fleet, deckies: []},
  deckies: list,
  leftovers: [],
  engineError: null,
  ...changes,
})

describe('text', () => {
  it('shows what would command a terminal', () => {
    expect(sanitize(HOSTILE)).toBe(ESCAPED)
    expect(sanitize('Übung – 日本語 \u{1f600} ~')).toBe('Übung – 日本語 \u{1f600} ~')
    expect(sanitizeLines('one\ntwo\u001b\r\n')).toBe('one\ntwo\\x1b\\x0d\n')
  })

  it.each([
    [0, '0 ms'],
    [999.4, '999 ms'],
    [1000, '1.0 s'],
    [1250, '1.3 s'],
    [59_499, '59.5 s'],
    [59_999, '1 min 0 s'],
    [60_000, '1 min 0 s'],
    [119_700, '2 min 0 s'],
    [125_000, '2 min 5 s'],
    [3_600_000, '60 min 0 s'],
  ])('%d ms is %s', (ms, text) => {
    expect(duration(ms)).toBe(text)
  })

  it('is cut with an ellipsis', () => {
    expect([truncate('abcdef', 6), truncate('abcdef', 5), truncate('abcdef', 1), truncate('abcdef', 0)]).toEqual([
      'abcdef',
      'abcd…',
      'a',
      '',
    ])
  })

  it('counts deckies', () => {
    expect([deckies(0), deckies(1), deckies(2)]).toEqual(['0 deckies', '1 decky', '2 deckies'])
  })
})

describe('colour', () => {
  it.each([
    ['a pipe', {isTTY: false, noColorFlag: false, env: {}}],
    ['--no-color', {isTTY: true, noColorFlag: true, env: {}}],
    ['NO_COLOR', {isTTY: true, noColorFlag: false, env: {NO_COLOR: '1'}}],
    ['TERM=dumb', {isTTY: true, noColorFlag: false, env: {TERM: 'dumb'}}],
  ])('is off for %s', (_, environment) => {
    expect(makeStyle(environment).bad('x')).toBe('x')
  })

  it.each([[{}], [{NO_COLOR: ''}], [{TERM: 'xterm-256color'}]])('is on on a terminal with %j', (env) => {
    expect(makeStyle({isTTY: true, noColorFlag: false, env}).bad('x')).toBe('\u001b[31mx\u001b[39m')
  })
})

describe('a table', () => {
  const columns = [
    {title: 'NAME', value: ([name]: readonly string[]) => name ?? ''},
    {title: 'DETAIL', value: ([, detail]: readonly string[]) => detail ?? '', flexible: true},
    {title: 'END', value: () => 'x', style: (text: string) => `<${text}>`},
  ]
  const rows = [
    ['web-01', 'x'.repeat(300)],
    ['b', ''],
  ]

  it.each([40, 80, 200])('of %d columns is not wider, has no trailing spaces, and is aligned', (width) => {
    const lines = table(rows, columns, width).split('\n')
    expect(lines).toHaveLength(3)
    expect(lines.every((line) => line.replaceAll(/[<>]/g, '').length <= width)).toBe(true)
    expect(lines.every((line) => line === line.trimEnd())).toBe(true)
    expect(lines[1]).toContain('…')
    expect(new Set([lines[0]?.indexOf('END'), lines[1]?.indexOf('<x>'), lines[2]?.indexOf('<x>')]).size).toBe(1)
  })

  it('of any width is not cut', () => {
    expect(table(rows, columns, Number.POSITIVE_INFINITY)).toContain('x'.repeat(300))
  })

  it('keeps eight characters of the column that gives way', () => {
    expect(table(rows, columns, 5).split('\n')[1]).toBe(`web-01  ${'x'.repeat(7)}…  <x>`)
  })

  it('without rows is its head', () => {
    expect(table([], columns, 80)).toBe('NAME  DETAIL  END')
  })
})

describe('the plan', () => {
  it('is the canonical text without colour', () => {
    expect(planView(PLAN, PLAIN)).toBe(planToText(PLAN))
  })

  it('is coloured by its symbols, and by nothing else', () => {
    const lines = planView(PLAN, COLOUR).split('\n')
    expect(lines.map((line) => /^\u001b\[(\d+)m/.exec(line)?.[1])).toEqual([
      '32',
      '32',
      '33',
      '33',
      '31',
      undefined,
      undefined,
    ])
    expect(lines.join('\n').replaceAll(/\u001b\[\d+m/g, '')).toBe(planToText(PLAN))
  })

  it('as JSON', () => {
    expect(planDocument({...PLAN, operations: PLAN.operations.slice(0, 2)}, true)).toMatchInlineSnapshot(`
      {
        "changes": true,
        "ok": true,
        "operations": [
          {
            "action": "network.create",
            "address": "network",
            "cause": "not found",
            "dependsOn": [],
            "destructive": false,
            "id": "network.create network",
          },
          {
            "action": "decky.create",
            "address": "decky/a",
            "cause": "new",
            "dependsOn": [
              "network.create network",
            ],
            "destructive": false,
            "id": "decky.create decky/a",
          },
        ],
        "replaceFleet": true,
        "schema": "decnet.plan/v1",
        "summary": {
          "create": 1,
          "remove": 1,
          "replace": 1,
          "restart": 1,
          "unchanged": 1,
        },
      }
    `)
    expect(planDocument({operations: [], changes: []}, false)).toMatchObject({changes: false, replaceFleet: false})
  })
})

describe('what became of a deployment', () => {
  it('names the failures first, then counts, then says what to do', () => {
    expect(mutationView(result(), PLAIN)).toMatchInlineSnapshot(`
      "failed  web-02: ssh does not answer
      1 created, 2 unchanged, 1 failed. The fleet has 2 deckies.
      Run the same command again once the cause is gone."
    `)
    expect(mutationView(result({resourceErrors: ['no such interface']}), PLAIN)).toMatchInlineSnapshot(`
      "failed  no such interface
      failed  web-02: ssh does not answer
      1 created, 2 unchanged, 1 failed. The fleet has 2 deckies.
      Run the same command again once the cause is gone."
    `)
  })

  it('says what comes next', () => {
    const fine = result({rows: [row()], summary: {...result().summary, failed: 0}})
    expect(mutationView(fine, PLAIN)).toBe('1 created, 2 unchanged. The fleet has 2 deckies.\nNext: decnet status')
    expect(mutationView({...fine, interrupted: true}, PLAIN)).toContain('run the same command again to resume')
    const empty = {created: 0, replaced: 0, restarted: 0, removed: 0, unchanged: 0, failed: 0}
    const gone = {...fine, rows: [], summary: empty, fleet: {...fine.fleet, deckies: []}}
    expect(mutationView(gone, PLAIN)).toBe('Nothing to do. The fleet has 0 deckies.')
  })

  it('as JSON', () => {
    expect(mutationDocument('deploy', result(), {replaceFleet: false})).toMatchInlineSnapshot(`
      {
        "deploymentId": 3,
        "engine": "docker",
        "lifecycle": [
          {
            "completedAt": "2026-03-01T12:00:02.500Z",
            "createdAt": "2026-03-01T12:00:00.000Z",
            "decky": "web-01",
            "deploymentId": 3,
            "durationMs": 1500,
            "error": null,
            "host": "local",
            "id": 7,
            "operation": "create",
            "outcome": "created",
            "startedAt": "2026-03-01T12:00:01.000Z",
            "status": "succeeded",
          },
          {
            "completedAt": "2026-03-01T12:00:02.500Z",
            "createdAt": "2026-03-01T12:00:00.000Z",
            "decky": "web-02",
            "deploymentId": 3,
            "durationMs": 1500,
            "error": "ssh does not answer",
            "host": "local",
            "id": 8,
            "operation": "create",
            "outcome": null,
            "startedAt": "2026-03-01T12:00:01.000Z",
            "status": "failed",
          },
        ],
        "mode": "unihost",
        "ok": false,
        "replaceFleet": false,
        "schema": "decnet.deploy/v1",
        "summary": {
          "created": 1,
          "failed": 1,
          "removed": 0,
          "replaced": 0,
          "restarted": 0,
          "unchanged": 2,
        },
      }
    `)
  })

  it.each<[string, Partial<MutationResult>, boolean]>([
    ['all is done', {summary: {...result().summary, failed: 0}}, true],
    ['a decky failed', {}, false],
    ['the network failed', {summary: {...result().summary, failed: 0}, resourceErrors: ['x']}, false],
    ['it was interrupted', {summary: {...result().summary, failed: 0}, interrupted: true}, false],
  ])('when %s: ok in JSON is right', (_, changes, ok) => {
    expect(mutationDocument('teardown', result(changes))).toMatchObject({schema: 'decnet.teardown/v1', ok})
  })
})

describe('lifecycle rows', () => {
  const rows = [row(), failedRow, row({id: 9, status: 'pending', outcome: null, durationMs: null})]

  it('as text', () => {
    expect(lifecycleView(rows, PLAIN, 80)).toMatchInlineSnapshot(`
      "ID  DECKY   OPERATION  STATUS     TIME   DETAIL
      7   web-01  create     succeeded  1.5 s  created
      8   web-02  create     failed     1.5 s  ssh does not answer
      9   web-01  create     pending    -"
    `)
    expect(lifecycleView([], PLAIN, 80)).toBe('No lifecycle rows.')
  })

  it.each([80, 200])('fit into %d columns, whatever the error', (width) => {
    const text = lifecycleView([row({status: 'failed', error: 'x'.repeat(2000)})], COLOUR, width)
    for (const line of text.replaceAll(/\u001b\[\d+m/g, '').split('\n')) expect(line.length).toBeLessThanOrEqual(width)
  })

  it('as JSON', () => {
    expect(rowDocument(failedRow)).toMatchInlineSnapshot(`
      {
        "completedAt": "2026-03-01T12:00:02.500Z",
        "createdAt": "2026-03-01T12:00:00.000Z",
        "decky": "web-02",
        "deploymentId": 3,
        "durationMs": 1500,
        "error": "ssh does not answer",
        "host": "local",
        "id": 8,
        "operation": "create",
        "outcome": null,
        "startedAt": "2026-03-01T12:00:01.000Z",
        "status": "failed",
      }
    `)
  })
})

describe('the status', () => {
  const drift = [{field: 'ip', desired: '192.168.1.1', observed: 'none'}]

  it('as text', () => {
    const list = [aStatus(), aStatus({name: 'db', state: 'missing', drift})]
    expect(statusView(fleetStatus(list, {leftovers: ['old']}), PLAIN, 200)).toMatchInlineSnapshot(`
      "docker engine, macvlan on lan0, 10.78.0.0/24, gateway 10.78.0.1
      DECKY   STATE    IP               MAC                HOSTNAME  OS     SERVICES
      web-01  running  192.168.100.111  00:50:56:00:00:11  WEB01     linux  ssh/22 http/80!
      db      missing  192.168.100.111  00:50:56:00:00:11  WEB01     linux  ssh/22 http/80!
      drift  db: ip is none, wanted 192.168.1.1
      leftover  old runs and belongs to no fleet; decnet reconcile removes it
      1 of 2 deckies running, 1 drifted; decnet reconcile repairs"
    `)
  })

  it('that is not known says so', () => {
    const text = statusView(fleetStatus([aStatus({state: 'unknown'})], {engineError: new Error() as never}), PLAIN, 80)
    expect(text.split('\n').at(-1)).toBe('1 decky; what runs is not known')
  })

  it.each([80, 200])('of a usual decky fits into %d columns', (width) => {
    const services = Array.from({length: 30}, (_, n) => ({...aStatus().services[0], port: 8000 + n}))
    const many = aStatus({ip: '10.78.0.11', services: services as DeckyStatus['services']})
    const [, ...lines] = statusView(fleetStatus([many]), PLAIN, width).split('\n')
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(width)
  })

  it('as JSON', () => {
    expect(statusDocument(fleetStatus([aStatus({drift})]))).toMatchInlineSnapshot(`
      {
        "deckies": [
          {
            "drift": [
              {
                "desired": "192.168.1.1",
                "field": "ip",
                "observed": "none",
              },
            ],
            "host": "local",
            "hostname": "WEB01",
            "ip": "192.168.100.111",
            "mac": "00:50:56:00:00:11",
            "name": "web-01",
            "os": "linux",
            "services": [
              {
                "name": "ssh",
                "port": 22,
                "protocol": "tcp",
                "state": "answering",
              },
              {
                "name": "http",
                "port": 80,
                "protocol": "tcp",
                "state": "down",
              },
            ],
            "state": "running",
          },
        ],
        "fleet": {
          "engine": "docker",
          "gateway": "10.78.0.1",
          "generation": 4,
          "interface": "lan0",
          "mode": "unihost",
          "subnet": "10.78.0.0/24",
        },
        "leftovers": [],
        "ok": true,
        "schema": "decnet.status/v1",
      }
    `)
    expect(statusDocument(fleetStatus([], {engineError: new Error() as never}))).toMatchObject({ok: false})
  })
})

describe('a diagnostic', () => {
  const place = {file: 'fleet.ini', line: 12, column: 7, snippet: 'ip = \t10.0.0.300'}

  it('shows the place, the line with a caret, and the hint', () => {
    const diagnostic = {
      severity: 'error',
      code: 'bad-address',
      summary: 'no address',
      hint: 'write one',
      place,
    } as const
    expect(diagnosticText(diagnostic, PLAIN)).toBe(
      ['fleet.ini:12:7: error: no address', '    ip = \\x0910.0.0.300', '             ^', '    write one'].join('\n'),
    )
  })

  it('without a place is one line', () => {
    expect(diagnosticText({severity: 'warning', code: 'x', summary: 'odd'}, PLAIN)).toBe('warning: odd')
  })

  it('of a long line shows its beginning, and no caret beyond', () => {
    const snippet = 'x'.repeat(5000)
    const near = diagnosticText({severity: 'error', code: 'x', summary: 's', place: {...place, snippet}}, PLAIN)
    expect(near.split('\n')[1]).toHaveLength(104)
    const far = diagnosticText(
      {severity: 'error', code: 'x', summary: 's', place: {...place, snippet, column: 4000}},
      PLAIN,
    )
    expect(far).toBe('fleet.ini:12:4000: error: s')
  })
})

describe('settings', () => {
  const settings = [
    {name: 'image', value: null, isDefault: true, summary: 'image that deckies run'},
    {name: 'parallel', value: '8', isDefault: false, summary: 'how many at a time'},
  ] as const

  it('as text and as JSON', () => {
    expect(settingsView(settings, 80)).toMatchInlineSnapshot(`
      "SETTING   VALUE  FROM     MEANING
      image     -      default  image that deckies run
      parallel  8      state    how many at a time"
    `)
    expect(settingsDocument(settings)).toMatchInlineSnapshot(`
      {
        "ok": true,
        "schema": "decnet.config/v1",
        "settings": [
          {
            "isDefault": true,
            "name": "image",
            "summary": "image that deckies run",
            "value": null,
          },
          {
            "isDefault": false,
            "name": "parallel",
            "summary": "how many at a time",
            "value": "8",
          },
        ],
      }
    `)
  })
})

describe('hostile text', () => {
  const place = {file: HOSTILE, line: 1, column: 3, snippet: HOSTILE}
  const hostileRow = row({decky: HOSTILE, status: 'failed', error: HOSTILE})
  const drift = [{field: HOSTILE, desired: HOSTILE, observed: HOSTILE}]
  const frame = fleetStatus([aStatus({name: HOSTILE, hostname: HOSTILE, drift})], {leftovers: [HOSTILE]})
  const hostileNetwork = {...frame.fleet.fleet, network: network({interface: HOSTILE})}
  const views: Readonly<Record<string, string>> = {
    lifecycle: lifecycleView([hostileRow], PLAIN, 2000),
    mutation: mutationView(result({rows: [hostileRow], resourceErrors: [HOSTILE]}), PLAIN),
    plan: planView(
      {
        operations: PLAN.operations.map((each) => ({...each, cause: HOSTILE})),
        changes: PLAN.changes.map((each) => ({...each, decky: HOSTILE, cause: HOSTILE})),
      },
      PLAIN,
    ),
    settings: settingsView([{name: 'image', value: HOSTILE, isDefault: false, summary: ''}], 2000),
    status: statusView({...frame, fleet: {...frame.fleet, fleet: hostileNetwork}}, PLAIN, 2000),
    diagnostic: diagnosticText({severity: 'error', code: 'x', summary: HOSTILE, hint: HOSTILE, place}, PLAIN),
    'progress of a wait': plainLine({type: 'waiting-for-lock', holder: HOSTILE}, PLAIN) ?? '',
    'progress of a notice': plainLine({type: 'notice', message: HOSTILE}, PLAIN) ?? '',
    'progress of a start':
      plainLine({type: 'operation.started', address: HOSTILE, action: 'x', cause: HOSTILE}, PLAIN) ?? '',
    'progress of an end':
      plainLine(
        {type: 'operation.finished', address: HOSTILE, action: 'x', result: 'failed', error: HOSTILE, durationMs: 1},
        PLAIN,
      ) ?? '',
  }

  it.each(Object.entries(views))('in the view of %s is shown, not obeyed', (_, text) => {
    expect(text).not.toMatch(HAZARD)
    expect(text).toMatch(/a\\(x1b|u\{1b\})\[2J/)
    expect(text.split('\n').filter((line) => line.startsWith('forged'))).toEqual([])
  })
})
