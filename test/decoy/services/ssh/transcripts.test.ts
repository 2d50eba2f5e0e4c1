/** What goes over a terminal can be put together again. */
import type {Socket} from 'node:net'
import ssh2 from 'ssh2'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'

import {socketOf} from '../../../../src/decoy/services/ssh/transport/ssh2-internals.ts'
import {recordingOf} from '../../../../src/events/replay/recording.ts'
import {wayOf} from '../../../support/kept.ts'
import {eventually, type Served} from '../../../support/serve.ts'
import {serveSsh, ssh} from './ssh-world.ts'

let served: Served
beforeAll(async () => {
  served = await serveSsh()
})
afterAll(() => served.close())

describe('a session', () => {
  it('is recorded on its terminals, a shell as a command', async () => {
    const recorded = async (command: readonly string[], input: string) => {
      const before = served.named('session.end').length
      const outcome = await ssh(served.port, 'root:toor', command, ['-tt'], input)
      await eventually(() => served.named('session.end').length > before)
      const {session} = served.named('session.end').at(-1) ?? {}
      const events = served.events.filter((event) => event.session === session)
      expect(events.at(-1)?.event).toBe('session.end')
      const recording = recordingOf(events)
      expect(recording).toMatchObject({columns: 80, rows: 24, truncated: false})
      expect(wayOf(recording?.frames ?? [], 'o')).toBe(outcome.stdout)
      return wayOf(recording?.frames ?? [], 'i')
    }
    expect(await recorded([], 'uname -n\rexit\r')).toBe('uname -n\rexit\r')
    expect(await recorded(['read line; echo "got $line"'], 'a word\r')).toBe('a word\r')
    await ssh(served.port, 'root:toor', ['id'])
    expect(recordingOf(served.events.filter(({session}) => session === served.events.at(-1)?.session))).toBe(null)
  })

  it('is recorded in its own size, to the last word before the client is gone', async () => {
    const client = new ssh2.Client()
    await new Promise((resolve) => {
      client
        .once('ready', () => resolve(null))
        .connect({host: '127.0.0.1', port: served.port, username: 'root', password: 'toor'})
    })
    let shown = ''
    client.shell({cols: 132, rows: 43}, (_error, stream) => {
      stream.on('data', (bytes: Buffer) => {
        shown += bytes.toString('latin1')
      })
      stream.write('echo be""gun; sleep 30\r')
    })
    await eventually(() => shown.includes('begun\r\n'))
    client.on('error', () => {})
    // A reset: the library hears of it last of all.
    const socket = socketOf(client as unknown as Parameters<typeof socketOf>[0]) as Socket
    socket.resetAndDestroy()
    const {session} = served.named('session.start').at(-1) ?? {}
    const events = () => served.events.filter((event) => event.session === session)
    await eventually(() => events().some(({event}) => event === 'session.end'))
    const order = events().map(({event}) => event)
    expect(order.indexOf('session.transcript')).toBeLessThan(order.indexOf('session.end'))
    const recording = recordingOf(events())
    expect(recording).toMatchObject({columns: 132, rows: 43, truncated: false})
    expect(wayOf(recording?.frames ?? [], 'o')).toBe(shown)
  })
})
