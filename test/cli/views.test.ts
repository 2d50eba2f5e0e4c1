import {describe, expect, it} from 'vitest'

import {plainLine} from '../../src/cli/progress/plain.ts'
import {diagnosticText} from '../../src/cli/views/diagnostics.ts'
import {failureText} from '../../src/cli/views/failure.ts'
import {lifecycleView} from '../../src/cli/views/lifecycle.ts'
import {mutationView} from '../../src/cli/views/mutation.ts'
import {planView} from '../../src/cli/views/plan.ts'
import {settingsDocument, settingsView} from '../../src/cli/views/settings.ts'
import {statusDocument, statusView} from '../../src/cli/views/status.ts'
import {makeStyle} from '../../src/cli/views/style.ts'
import {planToText} from '../../src/fleet/plan.ts'
import type {DeckyStatus} from '../../src/operations/status.ts'
import {network} from '../support/fleet-parts.ts'
import {HAZARD, HOSTILE} from '../support/hostile.ts'
import {aStatus, failedRow, fleetStatus, PLAN, result, row} from '../support/view-samples.ts'

const PLAIN = makeStyle({isTTY: false, noColorFlag: false, env: {}})
const COLOUR = makeStyle({isTTY: true, noColorFlag: false, env: {}})

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
    expect(mutationView(fine, PLAIN)).toBe(
      '1 created, 2 unchanged. The fleet has 2 deckies.\n\nNext:\n  decnet status  see what runs',
    )
    expect(mutationView({...fine, interrupted: true}, PLAIN)).toContain('run the same command again to resume')
    const empty = {created: 0, replaced: 0, restarted: 0, removed: 0, unchanged: 0, failed: 0}
    const gone = {...fine, rows: [], summary: empty, fleet: {...fine.fleet, deckies: []}}
    expect(mutationView(gone, PLAIN)).toBe('Nothing to do. There is no fleet.')
    const torn = mutationView({...gone, summary: {...empty, removed: 2}}, PLAIN)
    expect(torn).toBe('2 removed. There is no fleet any more.')
  })
})

describe('a plan on a terminal', () => {
  const named = {...PLAN, changes: PLAN.changes.map((change) => ({...change, decky: change.decky.repeat(63)}))}

  it.each([60, 80, 200])('fits into %d columns, and says what happens to whom', (width) => {
    const lines = planView(named, PLAIN, width).trimEnd().split('\n')
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(width)
    expect(lines.at(1)).toMatch(/^ {2}\+ decky\/aaaa.*(…|a) +create +new$/)
    expect(planView(named, PLAIN)).toBe(planToText(named))
  })

  it('of the embedded engine names what there is: no network and no image', () => {
    const text = planToText({...PLAN, engine: 'embedded'})
    expect(text).toContain('  + loopback  create   not found\n')
    const farewell = PLAN.operations.map((each) => ({...each, engine: 'embedded' as const, address: 'embedded/image'}))
    expect(planToText({...PLAN, operations: farewell})).toContain('embedded/process')
  })
})

describe('a failure on a terminal', () => {
  const failure = {
    code: 'NAME_CONFLICT',
    exit: 6,
    message: `the fleet already has ${'web '.repeat(30).trim()}`,
    hint: 'rename them',
    diagnostics: [],
  } as const

  it('is broken between words, and its lines are set off', () => {
    const lines = failureText(failure, PLAIN, 80).split('\n')
    expect(lines[0]).toMatch(/^error: the fleet already has web .*web$/)
    expect(lines[1]).toMatch(/^ {4}web/)
    expect(lines.at(-1)).toBe('hint: rename them')
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(80)
  })

  it('is coloured in its first word alone', () => {
    expect(failureText(failure, COLOUR, 80)).toMatch(/^\u001b\[31merror\u001b\[39m: the/)
  })

  it('in a pipe stays one line', () => {
    expect(failureText(failure, PLAIN, Number.POSITIVE_INFINITY).split('\n')).toHaveLength(2)
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
      ! does not answer
      drift  db: ip is none, wanted 192.168.1.1
      leftover  old runs and belongs to no fleet; decnet reconcile removes it
      1 of 2 deckies running, 1 drifted; decnet reconcile repairs"
    `)
  })

  it('of the embedded engine shows the ports that one connects to, and why', () => {
    const {fleet} = fleetStatus([])
    const loopback = network({driver: 'loopback', interface: 'lo', subnet: '127.77.0.0/24', gateway: '127.77.0.1'})
    const embedded = {...fleet.fleet, engine: 'embedded', network: loopback, portOffset: 10_000} as const
    const services = [{name: 'ssh', port: 22, boundPort: 10_022, protocol: 'tcp', state: 'answering'}] as const
    const status = fleetStatus([aStatus({ip: '127.77.0.2', services})], {
      fleet: {...fleet, fleet: embedded},
      formerEngines: ['docker'],
    })
    expect(statusView(status, PLAIN, 80)).toMatchInlineSnapshot(`
      "embedded engine, 127.77.0.0/24 on lo; ports are offset by 10000
      DECKY   STATE    IP          MAC                HOSTNAME  OS     SERVICES
      web-01  running  127.77.0.2  00:50:56:00:00:11  WEB01     linux  ssh/10022
      leftover  an earlier fleet may have left deckies on the docker engine;
          decnet reconcile removes them
      1 of 1 decky running"
    `)
    expect(statusDocument(status)).toMatchObject({fleet: {portOffset: 10_000}, formerEngines: ['docker']})
  })

  it('of a Windows server with long names fits into 80 columns', () => {
    const wide = aStatus({name: 'fileserver-01', hostname: 'BER-LEGACY07', os: 'windows_server', state: 'degraded'})
    const [, ...lines] = statusView(fleetStatus([wide]), PLAIN, 80).split('\n')
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(80)
    expect(lines[1]).toContain('192.168.100.111')
  })

  it('of a decky with many services shows first what is in trouble, and how many are not shown', () => {
    const services = Array.from({length: 12}, (_, n) => ({
      name: `service${n}`,
      port: 8000 + n,
      boundPort: 8000 + n,
      protocol: 'tcp' as const,
      state: n === 11 ? ('down' as const) : ('answering' as const),
    }))
    const text = statusView(fleetStatus([aStatus({services})]), PLAIN, 100)
    expect(text).toMatch(/ service11\/8011! service0\/8000 .*\+\d+$/m)
    expect(text).toContain('\n! does not answer\n')
    expect(statusView(fleetStatus([aStatus({services})]), PLAIN, Number.POSITIVE_INFINITY)).not.toContain('+')
  })

  it.each([80, 100, 200])('of deckies with the longest names fits into %d columns, with a service each', (width) => {
    const named = aStatus({name: 'n'.repeat(63), hostname: 'h'.repeat(63), ip: '192.168.100.111', os: 'windows_server'})
    const drift = [{field: 'ip', desired: '192.168.100.111', observed: 'x'.repeat(20)}]
    const lines = statusView(fleetStatus([named, aStatus({drift})]), PLAIN, width).split('\n')
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(width)
    expect(lines[2]).toContain('ssh/22')
  })

  it('that is not known says so', () => {
    const text = statusView(fleetStatus([aStatus({state: 'unknown'})], {engineError: new Error() as never}), PLAIN, 80)
    expect(text.split('\n').at(-1)).toBe('1 decky; what runs is not known')
  })

  it.each([80, 200])('of a usual decky fits into %d columns', (width) => {
    const services = Array.from({length: 30}, (_, n) => ({
      ...aStatus().services[0],
      port: 8000 + n,
      boundPort: 8000 + n,
    }))
    const many = aStatus({ip: '10.78.0.11', services: services as DeckyStatus['services']})
    const [, ...lines] = statusView(fleetStatus([many]), PLAIN, width).split('\n')
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(width)
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
    expect(diagnosticText({severity: 'warning', code: 'bad-address', summary: 'odd'}, PLAIN)).toBe('warning: odd')
  })

  it('fits into a terminal', () => {
    const diagnostic = {
      severity: 'error',
      code: 'bad-address',
      summary: 'no '.repeat(60),
      hint: 'a '.repeat(80),
    } as const
    const snippet = 'x'.repeat(500)
    const lines = diagnosticText({...diagnostic, place: {...place, snippet}}, PLAIN, 80).split('\n')
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(80)
    expect(lines.filter((line) => /^ {4}(no|a) /.test(line)).length).toBeGreaterThan(2)
  })

  it('of a long line shows its beginning, and no caret beyond', () => {
    const snippet = 'x'.repeat(5000)
    const near = diagnosticText(
      {severity: 'error', code: 'bad-address', summary: 's', place: {...place, snippet}},
      PLAIN,
    )
    expect(near.split('\n')[1]).toHaveLength(104)
    const far = diagnosticText(
      {severity: 'error', code: 'bad-address', summary: 's', place: {...place, snippet, column: 4000}},
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
    diagnostic: diagnosticText({severity: 'error', code: 'bad-address', summary: HOSTILE, hint: HOSTILE, place}, PLAIN),
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
