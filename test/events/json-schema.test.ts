import {Ajv2020} from 'ajv/dist/2020.js'
import {describe, expect, it} from 'vitest'

import {captureOf} from '../../src/decoy/capture.ts'
import {Transcript} from '../../src/decoy/transcript.ts'
import {recordOf} from '../../src/events/classify.ts'
import {EVENT_NAMES, type EvidenceEvent, type ServiceEvent} from '../../src/events/event.ts'
import {eventDocument} from '../../src/events/formats/json.ts'
import {eventSchema} from '../../src/events/json-schema.ts'
import {EventMaker} from '../support/evidence.ts'

const ajv = new Ajv2020({strict: true, validateFormats: false})
const dst = {ip: '192.0.2.1', port: 22}

function problems(event: EvidenceEvent | ServiceEvent): string[] {
  const whole = new EventMaker().make({dst, ...event})
  const validate = ajv.compile(eventSchema(whole.event))
  validate(eventDocument(recordOf(whole, 'i1')))
  return (validate.errors ?? []).map(({instancePath, message}) => `${instancePath} ${message}`)
}

describe('the schema', () => {
  it.each(EVENT_NAMES)('of %s is a schema', (name) => {
    expect(ajv.validateSchema(eventSchema(name))).toBe(true)
  })

  it('takes what the runtime writes', () => {
    const parts: ServiceEvent[] = []
    const transcript = new Transcript((event) => parts.push(event), {limits: {transcript: 1000}, now: () => 0})
    transcript.output(Buffer.from('$ '))
    transcript.end()
    const {fields, parts: captured} = captureOf(Buffer.from('abc'), {capture: 100})
    const secret = {text: 'x', base64: 'eA==', bytes: 1, truncated: false}
    const events: ServiceEvent[] = [
      {event: 'session.start'},
      {event: 'session.end', data: {reason: 'peer-closed', durationMs: 1, bytesIn: 2, bytesOut: 3}},
      ...parts,
      ...captured,
      {event: 'file.write', data: {path: '/x', ...fields}},
      {event: 'suppressed', data: {count: 3, reason: 'event-rate'}},
      {event: 'auth.attempt', credential: {principal: 'r', method: 'password', secret, outcome: 'failure'}},
    ]
    expect(events.map((event) => [event.event, problems(event)])).toEqual(events.map(({event}) => [event, []]))
  })

  it.each([
    [{event: 'session.end'}, 'data'],
    [{event: 'auth.attempt'}, 'credential'],
    [{event: 'auth.attempt', credential: {principal: 'r', method: 'm', outcome: 'maybe'}}, 'outcome'],
    [{event: 'command', nonsense: true}, 'additional'],
    [{event: 'command', src: {ip: '1.2.3.4', port: 70_000}}, 'port'],
    [{event: 'capture', data: {sha256: 'x', offset: 0, content: ''}}, 'sha256'],
  ])('does not take %j', (event, problem) => {
    expect(problems(event as ServiceEvent).join()).toContain(problem)
  })
})
