import type {CreateService, SelfTest, Service, TcpHandler} from '../../service.ts'
import {HttpSession} from '../http/session.ts'
import {EPMD_PORT, MANAGEMENT_PORT} from './definition.ts'
import {EpmdSession} from './epmd.ts'
import {RabbitHost} from './host.ts'
import {managementServer} from './management/site.ts'
import {AmqpSession} from './session.ts'

const AMQP_TEST: SelfTest = {
  send: Buffer.from('AMQP\0\0\x09\x01', 'latin1'),
  accepts: (reply) => reply.length > 11 && reply.readUInt32BE(7) === 0x000a000a,
}
const MANAGEMENT_TEST: SelfTest = {
  send: Buffer.from('GET /api/whoami HTTP/1.1\r\nHost: localhost\r\n\r\n'),
  accepts: (reply) => reply.toString('latin1').startsWith('HTTP/1.1 401 Unauthorized\r\n'),
}
const EPMD_TEST: SelfTest = {
  send: Buffer.from([0, 1, 0x6e]),
  accepts: (reply) => reply.length > 4 && reply.readUInt32BE(0) === EPMD_PORT,
}

export const createService: CreateService = (persona, options): Service => {
  const host = new RabbitHost(persona, options.users)
  const management = managementServer(host)
  const amqp: TcpHandler = {kind: 'protocol', session: (connection) => new AmqpSession(host, connection)}
  const pages: TcpHandler = {kind: 'protocol', session: (connection) => new HttpSession(management, connection)}
  const mapper: TcpHandler = {kind: 'protocol', session: (connection) => new EpmdSession(connection)}
  // What is off leaves its port to AMQP, which may have been moved there.
  const managed = (port: number): boolean => options.management !== false && port === MANAGEMENT_PORT
  const mapped = (port: number): boolean => options.epmd !== false && port === EPMD_PORT
  return {
    tcp: (port) => (managed(port) ? pages : mapped(port) ? mapper : amqp),
    selfTest: (port) => (managed(port) ? MANAGEMENT_TEST : mapped(port) ? EPMD_TEST : AMQP_TEST),
  }
}
