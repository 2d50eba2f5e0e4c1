import type {Connection, CreateService, Service} from '../../service.ts'
import {tlsProfile, windowsStack} from '../../tls/stacks.ts'
import {HttpSession} from '../http/session.ts'
import {WinRmGuard} from './guard.ts'
import {winrmHost} from './host.ts'
import {WinRmListener} from './listener.ts'

const REQUEST = Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n', 'latin1')
const ANSWER = 'HTTP/1.1 404 Not Found\r\n'

export const createService: CreateService = (persona, options): Service => {
  const host = winrmHost(persona, options)
  const tls = tlsProfile(persona, {
    certificate: 'windows-machine',
    stack: windowsStack(persona),
    settings: {alpn: ['http/1.1']},
  })
  const session = (connection: Connection, secure: boolean): HttpSession => {
    // A logon is the connection's, and so is what the listener makes of it.
    const guard = new WinRmGuard(host, connection, secure)
    const product = new WinRmListener(host, guard, connection, secure)
    return new HttpSession({product, application: null, verify: () => false, guard: () => guard}, connection)
  }
  return {
    tcp: (port) => ({
      kind: 'protocol',
      ...(port === host.tlsPort ? {tls} : {}),
      session: (connection) => session(connection, port === host.tlsPort),
    }),
    selfTest: () => ({
      send: REQUEST,
      accepts: (reply) => reply.toString('latin1', 0, ANSWER.length) === ANSWER,
    }),
  }
}
