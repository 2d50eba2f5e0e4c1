import {createHash} from 'node:crypto'
import {describe, expect, it} from 'vitest'

import {DEFAULT_LIMITS, type Limits} from '../../../../src/decoy/limits.ts'
import type {Action, Service} from '../../../../src/decoy/service.ts'
import {CONTROL, job, lpdService} from './support.ts'

const sha256 = (text: string): string => createHash('sha256').update(text, 'latin1').digest('hex')

function converse(service: Service, pieces: readonly (Buffer | string)[], limits: Partial<Limits> = {}) {
  const handler = service.tcp?.(515)
  if (handler?.kind !== 'protocol') throw new TypeError('lpd is a protocol')
  const session = handler.session({
    peer: {ip: '192.168.1.77', port: 721},
    local: {ip: '192.168.1.5', port: 515},
    limits: {...DEFAULT_LIMITS, ...limits},
    now: () => 0,
    random: (size) => Buffer.alloc(size),
  })
  const actions: Action[] = []
  for (const piece of pieces) {
    if (actions.some(({type}) => type === 'close')) break
    actions.push(...session.feed(typeof piece === 'string' ? Buffer.from(piece, 'latin1') : piece))
  }
  if (!actions.some(({type}) => type === 'close')) actions.push(...session.end())
  return {
    said: actions.flatMap((action) => (action.type === 'write' ? [action.data.toString('latin1')] : [])).join(''),
    /** Without the contents. */
    events: actions
      .flatMap((action) => (action.type === 'event' ? [action.event] : []))
      .filter(({event}) => event !== 'capture'),
  }
}

describe('a job', () => {
  it('is taken, acknowledged step by step, and kept as evidence with who sent it', async () => {
    const {said, events} = converse(await lpdService(), job('%!PS\nshowpage\n'))
    expect(said).toBe('\0'.repeat(5))
    expect(events).toMatchObject([
      {event: 'command', data: {command: 'receive', queue: 'raw'}},
      {
        event: 'file.write',
        data: {
          path: 'job/plan.doc',
          user: 'bob',
          host: 'ws01',
          queue: 'raw',
          language: 'POSTSCRIPT',
          sha256: sha256('%!PS\nshowpage\n'),
        },
      },
    ])
  })

  it('may come with its data first', async () => {
    const [command, controlLine, control, dataLine, data] = job('text')
    const pieces = [command, dataLine, data, controlLine, control].map((piece) => piece ?? '')
    expect(converse(await lpdService(), pieces).events.at(-1)).toMatchObject({
      data: {path: 'job/plan.doc', user: 'bob'},
    })
  })

  it('may go on to the end of the connection, or be cut short', async () => {
    const service = await lpdService()
    for (const [size, text] of [
      [0, 'endless'],
      [900, 'half'],
    ] as const) {
      const {events} = converse(service, ['\x02lp\n', `\x03${size} dfA001x\n`, text])
      expect(events.at(-1)).toMatchObject({event: 'file.write', data: {size: text.length, sha256: sha256(text)}})
    }
  })

  it('is refused on a queue that there is not', async () => {
    const service = await lpdService({queues: ['raw', 'text']})
    expect(converse(service, ['\x02lp\n']).said).toBe('\x01')
    expect(converse(service, ['\x02text\n']).said).toBe('\0')
  })

  it('has no control file of any length', async () => {
    const {said, events} = converse(await lpdService(), ['\x02lp\n', '\x0299999 cfA\n'])
    expect(said).toBe('\0\x01')
    expect(events.at(-1)).toMatchObject({event: 'malformed'})
    expect(CONTROL.length).toBeLessThan(100)
  })
})

describe('a queue', () => {
  it('tells its state, short and long', async () => {
    const service = await lpdService()
    expect(converse(service, ['\x03raw\n']).said).toBe('no entries\n')
    expect(converse(service, ['\x04raw bob 12\n']).said).toMatch(/^HP .*LaserJet .* is ready\nno entries\n$/)
    expect(converse(service, ['\x04raw bob 12\n']).events).toMatchObject([
      {event: 'command', data: {command: 'long state', queue: 'raw', operands: ['bob', '12']}},
    ])
  })

  it('has jobs removed and printed', async () => {
    const service = await lpdService()
    expect(converse(service, ['\x05raw root 12\n'])).toMatchObject({said: '\0', events: [{data: {command: 'remove'}}]})
    expect(converse(service, ['\x01default\n'])).toMatchObject({said: '\0', events: [{data: {command: 'print'}}]})
  })

  it('says nothing to what is no command', async () => {
    const {said, events} = converse(await lpdService(), ['GET / HTTP/1.0\r\n\r\n'])
    expect(said).toBe('')
    expect(events).toMatchObject([{event: 'malformed', data: {reason: 'no command'}}])
  })
})
