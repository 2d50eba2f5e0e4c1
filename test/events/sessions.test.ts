import {expect, it} from 'vitest'

import {findSessions, sessionEvents, sessionsBeginning} from '../../src/events/sessions.ts'
import {EventMaker, openedStore} from '../support/evidence.ts'

const all = {terminal: false, limit: 100}

it('are connections with what happened in them', () => {
  const store = openedStore()
  new EventMaker().put(
    store,
    {session: 'aa1'},
    {session: 'bb1', decky: 'db-01', service: 'mysql', src: {ip: '192.0.2.8', port: 1}},
    {session: 'aa1', event: 'command'},
    {session: 'aa1', event: 'session.transcript', data: {part: 1, columns: 80, rows: 24, truncated: false, frames: []}},
    {event: 'service.ready'},
    {session: 'aa1', event: 'session.end'},
    {session: 'cut', event: 'session.end'},
  )
  expect(findSessions(store, all)).toEqual([
    {
      id: 'aa1',
      decky: 'web-01',
      service: 'ssh',
      source: '192.0.2.7',
      first: '2026-03-01T12:00:00.000Z',
      last: '2026-03-01T12:00:05.000Z',
      events: 4,
      class: 'high-confidence',
      terminal: true,
    },
    expect.objectContaining({
      id: 'bb1',
      service: 'mysql',
      source: '192.0.2.8',
      events: 1,
      class: 'scan',
      terminal: false,
    }),
  ])
  const ids = (query: object) => findSessions(store, {...all, ...query}).map(({id}) => id)
  expect(ids({limit: 1})).toEqual(['bb1'])
  expect(ids({terminal: true})).toEqual(['aa1'])
  expect(ids({deckies: ['DB-01']})).toEqual(['bb1'])
  expect(ids({services: ['ssh'], source: '192.0.2.7'})).toEqual(['aa1'])
  expect(ids({since: '2026-03-01T12:00:01.000Z'})).toEqual(['bb1'])
  expect(sessionEvents(store, 'aa1').map(({event}) => event.event)).toEqual([
    'session.start',
    'command',
    'session.transcript',
    'session.end',
  ])
  expect(sessionsBeginning(store, 'a')).toEqual(['aa1'])
  expect(sessionsBeginning(store, 'x')).toEqual([])
  expect(sessionEvents(store, '%')).toEqual([])
})
