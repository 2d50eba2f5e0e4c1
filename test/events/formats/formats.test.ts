import fc from 'fast-check'
import {describe, expect, it} from 'vitest'

import {recordOf} from '../../../src/events/classify.ts'
import {EVENT_NAMES, type EvidenceEvent} from '../../../src/events/event.ts'
import {FORMAT_NAMES, type FormatName} from '../../../src/events/formats/format.ts'
import {createFormat} from '../../../src/events/formats/index.ts'
import {visible} from '../../../src/events/formats/text.ts'
import type {Alert} from '../../../src/events/incidents/incident.ts'
import {FORBIDDEN, LOG_INJECTIONS} from '../../support/log-injection.ts'
import {parseCef, parseRfc5424} from '../../support/log-parsers.ts'
import {BARE, ALERT as SAMPLE} from './samples.ts'

const EVENT: EvidenceEvent = {
  ...BARE,
  session: 's1',
  event: 'auth.attempt',
  src: {ip: '192.0.2.7', port: 40_000},
  dst: {ip: '192.0.2.1', port: 22},
  credential: {
    principal: 'root',
    domain: 'CORP',
    method: 'password',
    secret: {text: 'p=s|s]"\\\\', base64: 'cD1zfHNdIlw=', bytes: 8, truncated: false},
    outcome: 'failure',
  },
  data: {clientVersion: 'SSH-2.0-Go', tries: 3, nested: {deep: true}, list: ['a', 'b']},
}
const ALERT: Alert = {...SAMPLE, deckies: ['web-01', 'db|=]01']}
const line = (name: FormatName, event: EvidenceEvent = EVENT): string =>
  createFormat(name, {version: '1.2.3'}).event(recordOf(event, 'i1'))

describe('rfc5424', () => {
  it('is a line that a parser of the standard reads', () => {
    expect(parseRfc5424(line('rfc5424'))).toEqual({
      priority: 16 * 8 + 4,
      ts: EVENT.ts,
      host: 'web-01',
      app: 'ssh',
      process: 's1',
      id: 'auth.attempt',
      sd: 'relay@55555',
      fields: {
        id: 'b0.7',
        install: 'i1',
        class: 'interaction',
        technique: 'T1110',
        src_ip: '192.0.2.7',
        src_port: '40000',
        dst_ip: '192.0.2.1',
        dst_port: '22',
        username: 'root',
        domain: 'CORP',
        method: 'password',
        outcome: 'failure',
        secret_printable: 'p=s|s]"\\\\',
        secret_b64: 'cD1zfHNdIlw=',
        clientVersion: 'SSH-2.0-Go',
        tries: '3',
        nested_deep: 'true',
        list: 'a, b',
      },
      message: '',
    })
  })

  it('keeps facts of a service apart from its own', () => {
    const {fields} = parseRfc5424(line('rfc5424', {...EVENT, data: {src_ip: 'x', id: 'y', class: 'z'}}))
    expect(fields).toMatchObject({src_ip: '192.0.2.7', data_src_ip: 'x', data_id: 'y', data_class: 'z'})
  })
})

describe('cef', () => {
  it('is a line that a parser of the standard reads', () => {
    expect(parseCef(line('cef'))).toEqual({
      header: ['CEF:0', 'decnet', 'decnet', '1.2.3', 'auth.attempt', 'A credential was tried', '5'],
      fields: {
        rt: String(Date.parse(EVENT.ts)),
        externalId: 'b0.7',
        deviceExternalId: 'i1',
        dvchost: 'web-01',
        app: 'ssh',
        cat: 'interaction',
        src: '192.0.2.7',
        spt: '40000',
        dst: '192.0.2.1',
        dpt: '22',
        duser: 'root',
        dntdom: 'CORP',
        outcome: 'failure',
        cs1Label: 'session',
        cs1: 's1',
        cs2Label: 'technique',
        cs2: 'T1110',
        cs3Label: 'method',
        cs3: 'password',
        cs4Label: 'secret',
        cs4: 'p=s|s]"\\\\',
        cs5Label: 'secretBase64',
        cs5: 'cD1zfHNdIlw=',
        msg: 'clientVersion: SSH-2.0-Go tries: 3 nested_deep: true list: a, b',
      },
    })
  })
})

describe('every format', () => {
  const idOf: Readonly<Record<FormatName, (text: string) => unknown>> = {
    json: (text) => JSON.parse(text).id,
    rfc5424: (text) => parseRfc5424(text).fields.id,
    cef: (text) => parseCef(text).fields.externalId,
    ecs: (text) => JSON.parse(text).event.id,
    ocsf: (text) => JSON.parse(text).metadata.uid,
  }

  it.each(FORMAT_NAMES)('%s has the id of the event', (name) => {
    expect(idOf[name](line(name))).toBe('b0.7')
  })

  it.each(FORMAT_NAMES)('%s takes every event, with and without a source', (name) => {
    for (const event of EVENT_NAMES) {
      const {src: _, dst: __, credential: ___, data: ____, session: _____, ...bare} = {...EVENT, event}
      for (const each of [bare, {...EVENT, event}]) expect(idOf[name](line(name, each))).toBe('b0.7')
    }
  })

  it.each(FORMAT_NAMES)('%s takes alerts', (name) => {
    const text = createFormat(name, {version: '1.2.3'}).alert(ALERT)
    expect(text).not.toMatch(/\n/)
    expect(text).toContain('192.0.2.7')
    if (name === 'rfc5424') expect(parseRfc5424(text).fields).toMatchObject({deckies: 'web-01,db|=]01', incident: '9'})
    if (name === 'cef') expect(parseCef(text).fields).toMatchObject({cs1: 'web-01,db|=]01', cnt: '5'})
  })

  const injected = (payload: string): EvidenceEvent => ({
    ...EVENT,
    decky: payload,
    service: payload,
    session: payload,
    credential: {principal: payload, domain: payload, method: payload, outcome: 'failure'},
    data: {line: payload, list: [payload], [payload]: payload, deep: {text: payload, base64: payload}},
  })

  const survives = (name: FormatName, payload: string): void => {
    const text = line(name, injected(payload))
    expect(text).not.toMatch(FORBIDDEN)
    expect(idOf[name](text)).toBe('b0.7')
    if (name === 'json') expect(JSON.parse(text)).toMatchObject(JSON.parse(JSON.stringify(injected(payload))))
    if (name === 'ecs')
      expect(JSON.parse(text)).toMatchObject({host: {name: payload}, decnet: {data: {line: visible(payload)}}})
    if (name === 'ocsf') expect(JSON.parse(text)).toMatchObject({unmapped: {decnet: {data: {line: payload}}}})
    const shown = visible(payload)
    if (name === 'rfc5424') {
      const {fields} = parseRfc5424(text)
      expect(fields.username).toBe(shown.length > 1024 ? `${shown.slice(0, 1023)}…` : shown)
      expect(fields.src_ip).toBe('192.0.2.7')
    }
    if (name === 'cef') {
      const {fields, header} = parseCef(text)
      expect(header).toHaveLength(7)
      expect(fields.duser).toBe(shown.length > 4000 ? `${shown.slice(0, 3999)}…` : shown)
      expect(fields.src).toBe('192.0.2.7')
    }
  }

  describe.each(FORMAT_NAMES)('%s', (name) => {
    it.each(LOG_INJECTIONS.map((payload) => [JSON.stringify(payload).slice(0, 40), payload]))(
      'survives %s',
      (_, payload) => {
        survives(name, payload)
      },
    )

    it('survives whatever there is', () => {
      fc.assert(
        fc.property(fc.string({unit: 'binary', minLength: 1, maxLength: 60}), (payload) => survives(name, payload)),
        {
          numRuns: 200,
        },
      )
    })
  })
})
