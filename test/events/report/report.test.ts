import {expect, it} from 'vitest'

import {reportFacts, stationsOf} from '../../../src/events/report/facts.ts'
import {reportPage} from '../../../src/events/report/page.ts'
import type {Step} from '../../../src/events/sources.ts'
import {EventMaker, openedStore} from '../../support/evidence.ts'
import {FORBIDDEN, LOG_INJECTIONS} from '../../support/log-injection.ts'

const PERIOD = {install: 'i1', since: '2026-03-01T00:00:00.000Z', until: '2026-03-02T00:00:00.000Z'}
const secret = (text: string) => ({text, base64: '', bytes: text.length, truncated: false})

it('shows incidents, sources, deckies, services, credentials and sessions', () => {
  const store = openedStore()
  new EventMaker().put(
    store,
    {session: 's1'},
    {
      session: 's1',
      event: 'auth.attempt',
      credential: {principal: 'eve', method: 'password', secret: secret('pw'), outcome: 'success'},
    },
    {session: 's2', decky: 'db-01', service: 'mysql'},
    {ts: '2026-02-01T00:00:00.000Z', decky: 'too-old'},
    {event: 'service.ready', decky: 'nobody'},
  )
  const facts = reportFacts(store, PERIOD)
  expect(facts).toMatchObject({
    total: 3,
    services: [
      {service: 'ssh', events: 2, sources: 1},
      {service: 'mysql', events: 1, sources: 1},
    ],
    matrix: [
      {source: '192.0.2.7', decky: 'web-01', events: 2, class: 'high-confidence'},
      {source: '192.0.2.7', decky: 'db-01', events: 1, class: 'scan'},
    ],
    incidents: [{events: 3, path: [{decky: 'web-01'}, {decky: 'db-01'}]}],
  })
  const drawn = facts.timeline.filter(({counts}) => counts.scan > 0)
  expect(drawn.map(({start}) => start.slice(0, 12))).toEqual(['2026-03-01T1', '2026-03-01T1'])
  expect(drawn.reduce((sum, {counts}) => sum + counts.scan, 0)).toBe(2)
  expect(drawn.reduce((sum, {counts}) => sum + counts['high-confidence'], 0)).toBe(1)
  const page = reportPage(facts)
  for (const text of ['192.0.2.7', 'web-01', 'mysql', 'eve', 'pw', 'got in', 's1']) expect(page).toContain(text)
  expect(page).not.toContain('too-old')
})

it('is a page also where nothing happened', () => {
  expect(reportPage(reportFacts(openedStore(), PERIOD))).toContain('No incidents.')
})

it('loads nothing and runs nothing, whatever the intruder sent', () => {
  const store = openedStore()
  const payloads = [...LOG_INJECTIONS, '"><img src=http://x onerror=alert(1)>', '</style></title><script>', '&lt;b&gt;']
  new EventMaker().put(
    store,
    ...payloads.flatMap((payload) => [
      {session: payload, decky: payload, service: payload},
      {
        event: 'auth.attempt' as const,
        credential: {
          principal: payload,
          domain: payload,
          method: payload,
          secret: secret(payload),
          outcome: 'failure' as const,
        },
      },
    ]),
  )
  const page = reportPage(reportFacts(store, PERIOD))
  expect(page.replaceAll('\n', '')).not.toMatch(FORBIDDEN)
  const tags = new Set([...page.matchAll(/<\/?([a-zA-Z!][a-z0-9]*)/g)].map(([, name]) => name?.toLowerCase()))
  for (const name of ['script', 'img', 'iframe', 'link', 'object', 'a']) expect(tags).not.toContain(name)
  expect(page).not.toMatch(/<[^>]*\b(?:src|href|on[a-z]+)=/)
  expect(page).toContain("default-src 'none'")
  expect(page.match(/<style>/g)).toHaveLength(1)
})

const step = (decky: string, name: Step['class'], events = 1): Step => ({
  first: 'a',
  last: 'b',
  decky,
  services: ['ssh'],
  events,
  class: name,
})

it('makes one station of a sweep, and keeps the others', () => {
  const sweep = Array.from({length: 5}, (_, index) => step(`d${index}`, 'scan'))
  const path = [
    step('x', 'interaction', 3),
    ...sweep,
    step('y', 'high-confidence'),
    step('z', 'scan'),
    step('x', 'scan'),
  ]
  expect(stationsOf(path).map(({decky, deckies, events}) => [decky, deckies, events])).toEqual([
    ['x', 1, 3],
    ['d0', 5, 5],
    ['y', 1, 1],
    ['z', 1, 1],
    ['x', 1, 1],
  ])
  expect(stationsOf([])).toEqual([])
})

it('takes a question in passing for a part of the sweep', () => {
  const sweep = Array.from({length: 6}, (_, index) =>
    step(`d${index % 3}`, index % 2 === 0 ? 'scan' : 'interaction', 2),
  )
  expect(stationsOf(sweep)).toMatchObject([{deckies: 3, events: 12, class: 'interaction', names: ['d0', 'd1', 'd2']}])
})

it('leaves out rather where a source knocked than where it was inside', () => {
  const spray = Array.from({length: 60}, (_, index) => step(`d${index % 3}`, 'interaction', 4))
  const path = [
    ...spray,
    step('gate', 'high-confidence'),
    step('d1', 'interaction', 4),
    step('jump', 'high-confidence'),
  ]
  expect(stationsOf(path).map(({decky, deckies}) => [decky, deckies])).toEqual([
    ['d0', 3],
    ['gate', 1],
    ['d1', 1],
    ['jump', 1],
  ])
})
