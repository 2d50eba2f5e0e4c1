import {execFileSync} from 'node:child_process'
import {expect, it, onTestFinished} from 'vitest'

import {eventually, serve} from '../support/serve.ts'

const CONNECT_AND_RESET = `
  const socket = require('node:net').connect(Number(process.argv[1]), '127.0.0.1')
  socket.on('connect', () => socket.resetAndDestroy())
`

it('counts connections that were reset before they could be accepted', async () => {
  const served = await serve({kind: 'protocol', session: () => ({open: () => [], feed: () => [], end: () => []})})
  onTestFinished(() => served.close())
  // Synchronous: nothing is accepted here while the other process runs.
  for (let turn = 0; turn < 3; turn++) execFileSync(process.execPath, ['-e', CONNECT_AND_RESET, String(served.port)])
  const [event] = await eventually(() => served.named('suppressed').length > 0 && served.named('suppressed'))
  expect(event).toMatchObject({service: 'test', data: {count: 3, reason: 'reset'}})
  expect(event?.src).toBeUndefined()
  expect(served.named('session.start')).toEqual([])
})
