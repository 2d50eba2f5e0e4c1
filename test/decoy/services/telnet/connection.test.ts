import {Duplex} from 'node:stream'
import {expect, it} from 'vitest'

import {DEFAULT_LIMITS} from '../../../../src/decoy/limits.ts'
import {TelnetConnection} from '../../../../src/decoy/services/telnet/telnet-connection.ts'

/** A connection whose bytes take a moment to leave, as those over a network do. */
function connectionOver(stream: Duplex): TelnetConnection {
  const connection = {
    peer: {ip: '10.0.0.1', port: 40_000},
    local: {ip: '10.0.0.2', port: 23},
    limits: DEFAULT_LIMITS,
    now: () => 0,
    random: (size: number) => Buffer.alloc(size),
  }
  const session = {report: () => {}, authenticated: () => {}, signal: new AbortController().signal}
  return new TelnetConnection('busybox', stream, connection, session, () => {})
}

it.each([20_000, 70_000])('goes on after an answer of %i bytes has left', async (size) => {
  const stream = new Duplex({read: () => {}, write: (_chunk, _encoding, sent) => void setImmediate(sent)})
  const telnet = connectionOver(stream)
  telnet.write('x'.repeat(size))
  await expect(telnet.drained()).resolves.toBeUndefined()
  expect(stream.listenerCount('drain')).toBe(1)
})
