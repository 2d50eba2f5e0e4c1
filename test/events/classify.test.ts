import {describe, expect, it} from 'vitest'

import {classify, triesCredential} from '../../src/events/classify.ts'
import {type Credential, EVENT_NAMES, type EvidenceEvent} from '../../src/events/event.ts'
import {EVENT_CLASSES, SEVERITIES} from '../../src/events/event-table.ts'

const event = (changes: Partial<EvidenceEvent>): EvidenceEvent => ({
  v: 1,
  id: 'b.1',
  ts: '2026-03-01T12:00:00.000Z',
  boot: 'b',
  seq: 1,
  decky: 'web-01',
  service: 'http',
  event: 'request',
  ...changes,
})
const credential = (outcome: Credential['outcome']): Credential => ({principal: 'root', method: 'password', outcome})

describe('classify', () => {
  it.each([
    [{event: 'service.ready'}, 'system', 'info', []],
    [{event: 'suppressed'}, 'system', 'info', []],
    [{event: 'session.start'}, 'scan', 'info', []],
    [{event: 'request'}, 'scan', 'low', []],
    [{event: 'probe'}, 'scan', 'low', ['T1046']],
    [{event: 'probe', data: {technique: 'kerberoast'}}, 'high-confidence', 'high', ['T1558.003']],
    [{event: 'probe', data: {techniques: ['bloodhound', 'nameless']}}, 'high-confidence', 'high', ['T1087.002']],
    [{event: 'probe', data: {technique: 'toString'}}, 'scan', 'low', ['T1046']],
    [{event: 'auth.attempt', credential: credential('failure')}, 'interaction', 'medium', ['T1110']],
    [{event: 'auth.attempt', credential: credential('success')}, 'high-confidence', 'high', ['T1078']],
    [{event: 'command', service: 'redis'}, 'interaction', 'medium', []],
    [{event: 'command', service: 'ssh'}, 'high-confidence', 'high', ['T1059.004']],
    [{event: 'request', service: 'ssh', data: {action: 'download'}}, 'high-confidence', 'high', ['T1105']],
    [{event: 'request', service: 'http', data: {action: 'download'}}, 'scan', 'low', []],
    [{event: 'command', service: 'docker_api'}, 'high-confidence', 'critical', ['T1610']],
    [{event: 'file.write', service: 'ftp'}, 'high-confidence', 'high', ['T1105']],
    [{event: 'file.read', service: 'smb'}, 'interaction', 'medium', ['T1039']],
    [{event: 'poisoner', service: 'llmnr'}, 'high-confidence', 'critical', ['T1557.001']],
  ] satisfies [Partial<EvidenceEvent>, string, string, string[]][])('%j is %s, %s, %j', (changes, ...expected) => {
    const {class: eventClass, severity, techniques} = classify(event(changes))
    expect([eventClass, severity, techniques]).toEqual(expected)
  })

  it('takes no question for methods as a credential that was tried', () => {
    const asked: Credential = {principal: 'root', method: 'none', outcome: 'failure'}
    expect(triesCredential(event({event: 'auth.attempt', credential: asked}))).toBe(false)
    expect(triesCredential(event({event: 'auth.attempt', credential: {...asked, outcome: 'success'}}))).toBe(true)
    expect(triesCredential(event({event: 'auth.attempt', credential: credential('failure')}))).toBe(true)
    expect(triesCredential(event({}))).toBe(false)
  })

  it.each(EVENT_NAMES)('weighs %s', (name) => {
    const {class: eventClass, severity} = classify(event({event: name}))
    expect(EVENT_CLASSES).toContain(eventClass)
    expect(SEVERITIES).toContain(severity)
  })
})
