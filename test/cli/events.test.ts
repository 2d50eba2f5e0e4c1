import {describe, expect, it} from 'vitest'

import {parseMoment} from '../../src/cli/moment.ts'
import {eventLines} from '../../src/cli/views/events.ts'
import {makeStyle} from '../../src/cli/views/style.ts'
import {sample} from '../../src/decoy/sample.ts'
import type {EvidenceEvent} from '../../src/events/event.ts'
import {HAZARD, HOSTILE} from '../support/hostile.ts'

const PLAIN = makeStyle({isTTY: false, noColorFlag: true, env: {}})

const BASE: EvidenceEvent = {
  v: 1,
  id: 'b.1',
  ts: '2026-03-01T12:00:05.123Z',
  boot: 'b',
  seq: 1,
  decky: 'web-01',
  service: 'ssh',
  event: 'command',
  src: {ip: '192.0.2.7', port: 40_000},
  dst: {ip: '192.0.2.20', port: 22},
}

const shown = (events: readonly Partial<EvidenceEvent>[], width = 200): string[] =>
  eventLines(
    events.map((changes, id) => ({id, event: {...BASE, ...changes}})),
    PLAIN,
    width,
  ).split('\n')

describe('the lines of events', () => {
  it('say when, where, from where and what', () => {
    const lines = shown([
      {data: {line: sample('cat /etc/passwd', 100)}},
      {
        event: 'auth.attempt',
        credential: {principal: 'root', method: 'password', secret: sample('toor', 10), outcome: 'success'},
      },
      {
        event: 'auth.attempt',
        decky: 'dc',
        service: 'smb',
        dst: {ip: '192.0.2.21', port: 445},
        credential: {
          principal: 'bob',
          domain: 'CORP',
          method: 'ntlmv2',
          hash: {format: 'NetNTLMv2', hashcatMode: 5600, line: 'bob::CORP:11:22:33'},
          outcome: 'failure',
        },
      },
    ])
    expect(lines).toEqual([
      '2026-03-01 12:00:05  web-01  ssh/22   192.0.2.7  command       cat /etc/passwd',
      '2026-03-01 12:00:05  web-01  ssh/22   192.0.2.7  auth.attempt  success password root:toor',
      '2026-03-01 12:00:05  dc      smb/445  192.0.2.7  auth.attempt  failure ntlmv2 CORP\\bob:bob::CORP:11:22:33',
    ])
  })

  it('put what tells most first, and name the rest', () => {
    const [line] = shown([
      {event: 'request', data: {status: 404, target: '/admin', method: 'GET', headers: ['a', 'b']}},
    ])
    expect(line).toMatch(/ GET \/admin status=404 headers=a b$/)
  })

  it('leave out on 80 columns what tells least', () => {
    const attempt = {
      decky: 'a-rather-long-name',
      event: 'auth.attempt' as const,
      src: {ip: '192.168.100.200', port: 1},
      credential: {principal: 'root', method: 'password', secret: sample('toor', 10), outcome: 'failure' as const},
    }
    expect(shown([attempt], 80)).toEqual([
      '03-01 12:00:05  a-rather-lo…  ssh  192.168.100.200  auth.attempt  failure passw…',
    ])
  })

  it('are one line each, cut to the width, whatever an intruder sent', () => {
    const hostile = [
      {data: {line: sample(HOSTILE, 1000)}},
      {data: {[HOSTILE]: HOSTILE}},
      {credential: {principal: HOSTILE, method: HOSTILE, outcome: 'failure' as const}},
      {decky: HOSTILE, service: HOSTILE, src: {ip: HOSTILE, port: 1}},
    ]
    const lines = shown(hostile, 80)
    expect(lines).toHaveLength(hostile.length)
    for (const line of lines) expect(line).not.toMatch(HAZARD)
    expect(shown([{data: {line: sample('x'.repeat(5000), 4096)}}], 80)[0]?.length).toBe(80)
  })
})

describe('a moment', () => {
  const now = new Date('2026-03-01T12:00:00.000Z')

  it.each([
    ['90s', '2026-03-01T11:58:30.000Z'],
    ['30m', '2026-03-01T11:30:00.000Z'],
    ['2h', '2026-03-01T10:00:00.000Z'],
    ['7d', '2026-02-22T12:00:00.000Z'],
    ['2026-02-01', '2026-02-01T00:00:00.000Z'],
    ['2026-02-01T10:30', '2026-02-01T10:30:00.000Z'],
    ['2026-02-01 10:30:15Z', '2026-02-01T10:30:15.000Z'],
    ['2026-02-01T10:30+02:00', '2026-02-01T08:30:00.000Z'],
  ])('%s is %s', (text, expected) => {
    expect(parseMoment(text, now)).toBe(expected)
  })

  it.each(['', '2', 'yesterday', '2026-13-01', '1y', '10:30', '2026-02-01T', '-2h'])('%j is none', (text) => {
    expect(() => parseMoment(text, now)).toThrow(expect.objectContaining({code: 'USAGE'}))
  })
})
