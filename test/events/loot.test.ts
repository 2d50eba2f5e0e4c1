import {expect, it} from 'vitest'

import {captureOf} from '../../src/decoy/capture.ts'
import {captureContent, findCaptures} from '../../src/events/captures.ts'
import {findCredentials} from '../../src/events/credentials.ts'
import type {Credential, EvidenceEvent} from '../../src/events/event.ts'
import {EventMaker, openedStore} from '../support/evidence.ts'

const attempt = (credential: Partial<Credential>, changes: Partial<EvidenceEvent> = {}): Partial<EvidenceEvent> => ({
  event: 'auth.attempt',
  credential: {principal: 'root', method: 'password', outcome: 'failure', ...credential},
  ...changes,
})
const secret = (text: string) => ({
  text,
  base64: Buffer.from(text).toString('base64'),
  bytes: text.length,
  truncated: false,
})
const hash = (line: string) => ({format: 'netntlmv2', hashcatMode: 5600, line})

it('credentials are counted across deckies, services and sources', () => {
  const store = openedStore()
  new EventMaker().put(
    store,
    attempt({secret: secret('toor')}),
    attempt(
      {principal: 'ROOT', secret: secret('toor')},
      {decky: 'db-01', service: 'ftp', src: {ip: '192.0.2.8', port: 1}},
    ),
    attempt({secret: secret('toor'), outcome: 'success'}),
    attempt({secret: secret('other')}),
    attempt({principal: 'eve', domain: 'CORP', method: 'ntlmv2', hash: hash('one')}),
    attempt({principal: 'eve', domain: 'corp', method: 'ntlmv2', hash: hash('two')}),
    {event: 'auth.attempt'},
  )
  const everything = {success: false}
  expect(findCredentials(store, everything)).toMatchObject([
    {
      principal: 'root',
      secret: 'toor',
      attempts: 3,
      success: true,
      deckies: ['web-01', 'db-01'],
      services: ['ssh', 'ftp'],
      sources: ['192.0.2.7', '192.0.2.8'],
    },
    {principal: 'eve', attempts: 2, hash: {hashcatMode: 5600, line: 'two'}, success: false},
    {principal: 'root', secret: 'other', attempts: 1},
  ])
  expect(findCredentials(store, everything, {everyHash: true}).flatMap(({hash}) => hash?.line ?? [])).toEqual([
    'two',
    'one',
  ])
  expect(findCredentials(store, {success: true})).toMatchObject([{attempts: 1, secret: 'toor'}])
  expect(findCredentials(store, {...everything, deckies: ['DB-01']})).toMatchObject([{attempts: 1, services: ['ftp']}])
  expect(findCredentials(store, {...everything, source: '192.0.2.9'})).toEqual([])
})

it('captures are put together from their parts, each content once', () => {
  const store = openedStore()
  const maker = new EventMaker()
  const content = Buffer.from(Array.from({length: 30_000}, (_, index) => index % 256))
  const {fields, parts} = captureOf(content, {capture: 20_000})
  const left = {event: 'file.write', data: {path: '/tmp/x', ...fields}} as const
  maker.put(store, left, ...parts, {...left, decky: 'db-01', data: {...left.data, path: secret('/tmp/y')}}, ...parts)
  const mail = captureOf(Buffer.from('Subject: hi'), {capture: 20_000})
  maker.put(store, {event: 'mail', service: 'smtp', data: {subject: 'hi', ...mail.fields}}, {event: 'file.write'})
  expect(findCaptures(store)).toMatchObject([
    {
      sha256: fields.sha256,
      kind: 'file',
      name: '/tmp/y',
      size: 30_000,
      kept: 20_000,
      times: 2,
      deckies: ['web-01', 'db-01'],
    },
    {sha256: mail.fields.sha256, kind: 'mail', name: 'hi', size: 11, kept: 11, services: ['smtp']},
  ])
  expect(captureContent(store, fields.sha256)?.equals(content.subarray(0, 20_000))).toBe(true)
  expect(captureContent(store, mail.fields.sha256)).toBeNull()
  expect(captureContent(store, 'no such')).toBeNull()
})
