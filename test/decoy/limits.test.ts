import {execFileSync} from 'node:child_process'
import {join} from 'node:path'
import fc from 'fast-check'
import {describe, expect, it} from 'vitest'

import {Admission} from '../../src/decoy/admission.ts'
import {DEFAULT_LIMITS} from '../../src/decoy/limits.ts'
import type {SourceTrust} from '../../src/decoy/proven-sources.ts'
import {answersTcp, answersUdp} from '../../src/decoy/self-test.ts'
import {type Action, CLOSE, delay, type SelfTest, type Service, write} from '../../src/decoy/service.ts'
import {isAnswerable, UdpBudget} from '../../src/decoy/udp-budget.ts'

describe('admission', () => {
  const limits = {...DEFAULT_LIMITS, connections: 100, connectionsPerSource: 20}

  it('holds one source and all of them to their limits', () => {
    const admission = new Admission(limits, () => 1)
    for (let index = 0; index < 20; index++) expect(admission.enter('a')).toBe(true)
    expect(admission.enter('a')).toBe(false)
    for (let index = 0; index < 80; index++) expect(admission.enter(`s${index}`)).toBe(true)
    expect(admission.enter('b')).toBe(false)
    admission.leave('a')
    expect(admission.open).toBe(99)
    expect(admission.enter('a')).toBe(true)
  })

  it('refuses at random from three quarters on, and never before', () => {
    const unlucky = new Admission(limits, () => 0)
    const accepted = Array.from({length: 30}, () => unlucky.enter('a')).filter(Boolean).length
    expect(accepted).toBe(16)
  })
})

describe('the budget of datagrams', () => {
  it('looks at so many a second and source', () => {
    const budget = new UdpBudget()
    const heard = (source: string, now: number, trust: SourceTrust = 'unproven') =>
      Array.from({length: 2500}, () => budget.hears(source, trust, now)).filter(Boolean).length
    expect(heard('a', 1000)).toBe(50)
    expect(heard('b', 1000)).toBe(50)
    expect(heard('a', 2100)).toBe(50)
    expect(heard('c', 2100, 'neighbour')).toBe(2000)
  })

  const sent = (request: number, sizes: readonly number[], trust: SourceTrust = 'unproven'): boolean =>
    new UdpBudget().sends(
      {source: 'a', trust, request},
      sizes.map((size) => Buffer.alloc(size)),
      1000,
    )

  it.each([
    ['as much as it sent', 40, [40], true],
    ['less', 40, [12], true],
    ['one byte more', 40, [41], false],
    ['two replies that are as long as the request only without their headers', 40, [20, 20], false],
    ['two replies that are shorter with their headers', 100, [20, 20], true],
    ['an answer to nothing', 0, [1], false],
  ])('an unproven source gets %s', (_what, request, sizes, expected) => {
    expect(sent(request, sizes)).toBe(expected)
  })

  it('a proven source gets what it asked for', () => {
    expect(sent(40, [4000, 4000], 'handshake')).toBe(true)
  })

  it('a neighbour gets what it asked for until it is too much for a second', () => {
    const budget = new UdpBudget()
    const replies = [Buffer.alloc(1000)]
    const answered = (source: string, now: number) =>
      Array.from({length: 400}, () => budget.sends({source, trust: 'neighbour', request: 40}, replies, now)).filter(
        Boolean,
      ).length
    expect(answered('a', 1000)).toBe(255)
    expect(answered('b', 1000)).toBe(255)
    expect(answered('a', 2100)).toBe(255)
  })

  it('never amplifies, whatever is asked', () => {
    fc.assert(
      fc.property(fc.nat(2000), fc.array(fc.nat(1500), {minLength: 1, maxLength: 5}), (request, sizes) => {
        const total = sizes.reduce((sum, size) => sum + size, 0)
        return !sent(request, sizes) || total <= request
      }),
    )
  })

  it('sends so many replies a second', () => {
    const budget = new UdpBudget()
    const reply = [Buffer.alloc(1)]
    const replies = (now: number) =>
      Array.from({length: 2500}, () => budget.sends({source: 'a', trust: 'unproven', request: 1}, reply, now)).filter(
        Boolean,
      ).length
    expect(replies(1000)).toBe(2000)
    expect(replies(2100)).toBe(2000)
  })

  it.each([
    ['10.0.0.9', 53, true],
    ['10.0.0.9', 0, false],
    ['10.0.0.9', 19, false],
    ['10.0.0.1', 4000, false],
    ['255.255.255.255', 4000, false],
    ['239.1.2.3', 4000, false],
    ['0.0.0.0', 4000, false],
  ])('answers %s port %i: %s', (ip, port, answered) => {
    expect(isAnswerable({ip, port}, '10.0.0.1')).toBe(answered)
  })
})

describe('the self-test', () => {
  const PING: SelfTest = {send: Buffer.from('ping'), accepts: (reply) => reply.toString() === 'pong'}
  const service = (feed: () => Action[], selfTest = PING): Service => ({
    tcp: () => ({kind: 'protocol', session: () => ({open: () => [], feed, end: () => [CLOSE]})}),
    udp: () => ({datagram: () => ({replies: feed().flatMap((a) => (a.type === 'write' ? [a.data] : [])), events: []})}),
    selfTest: () => selfTest,
  })

  it('passes when the reply comes in pieces, and late', async () => {
    expect(
      await answersTcp(
        service(() => [write('po'), delay(30), write('ng')]),
        1,
      ),
    ).toBe(true)
    expect(
      answersUdp(
        service(() => [write('pong')]),
        1,
      ),
    ).toBe(true)
  })

  it.each([
    ['the wrong reply', () => [write('pang'), CLOSE]],
    ['no reply', () => []],
    ['a closed connection', () => [CLOSE]],
    [
      'an exception',
      () => {
        throw new Error('broken')
      },
    ],
  ])('fails on %s', async (_name, feed) => {
    expect(await answersTcp(service(feed), 1, 100)).toBe(false)
    expect(answersUdp(service(feed), 1)).toBe(false)
  })

  it('fails on a service that has no such port', async () => {
    expect(await answersTcp({selfTest: () => PING}, 1)).toBe(false)
    expect(answersUdp({selfTest: () => PING}, 1)).toBe(false)
  })
})

describe('exceptions nobody caught', () => {
  it('are reported, at most one a second, and survived', () => {
    const source = join(import.meta.dirname, '../../src/decoy')
    const script = `
      const {reportCrashes} = await import('${source}/crash-reports.ts')
      const {Evidence} = await import('${source}/evidence.ts')
      const sink = {write: (line) => { console.log(line); return true }}
      reportCrashes(new Evidence({sink, eventsPerSecond: 200}), 'web-01')
      for (let i = 0; i < 50; i++) setTimeout(() => { throw new Error('late \\u001b[31m' + i) }, 1)
      Promise.reject(new TypeError('nobody waits'))
      setTimeout(() => console.log('alive'), 100)`
    const lines = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
      encoding: 'utf8',
      stdio: 'pipe',
    })
    const [first, ...rest] = lines.trim().split('\n')
    expect(rest.at(-1)).toBe('alive')
    expect(rest.length).toBeLessThanOrEqual(2)
    expect(JSON.parse(first ?? '')).toMatchObject({event: 'service.error', decky: 'web-01', service: 'runtime'})
    expect(lines).not.toContain('\u001b')
  })
})
