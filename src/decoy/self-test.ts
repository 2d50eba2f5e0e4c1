/** Whether a service answers: its own handler is fed a client's first bytes, over memory and without evidence. */
import {randomBytes} from 'node:crypto'
import {type Duplex, duplexPair} from 'node:stream'

import {DEFAULT_LIMITS} from './limits.ts'
import type {Connection, SelfTest, Service} from './service.ts'
import {runSession} from './session.ts'

const DEADLINE_MS = 2000
/** A reply that has not convinced the test by then will not. */
const MAX_REPLY = 1024 * 1024

const CONNECTION: Connection = {
  peer: {ip: '127.0.0.1', port: 40_000},
  local: {ip: '127.0.0.1', port: 0},
  limits: DEFAULT_LIMITS,
  rehearsal: true,
  now: Date.now,
  random: randomBytes,
}

/** Never rejects: a service that throws does not answer. */
export async function answersTcp(service: Service, port: number, deadlineMs = DEADLINE_MS): Promise<boolean> {
  try {
    const handler = service.tcp?.(port)
    if (handler === undefined) return false
    const test = service.selfTest(port, 'tcp')
    const [client, server] = duplexPair()
    const connection = {...CONNECTION, local: {...CONNECTION.local, port}}
    const session = runSession(handler, server, {connection, record: () => {}})
    const answered = converse(client, test, deadlineMs)
    session.ended.catch(() => {})
    return await answered
  } catch {
    return false
  }
}

export function answersUdp(service: Service, port: number): boolean {
  try {
    const test = service.selfTest(port, 'udp')
    const reply = service.udp?.(port).datagram(test.send, {...CONNECTION, local: {...CONNECTION.local, port}})
    return reply !== undefined && test.accepts(Buffer.concat([...reply.replies, ...(reply.transfer?.opening ?? [])]))
  } catch {
    return false
  }
}

function converse(client: Duplex, test: SelfTest, deadlineMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    let reply = Buffer.alloc(0)
    const done = (answered: boolean) => {
      clearTimeout(timer)
      client.destroy()
      resolve(answered)
    }
    const timer = setTimeout(() => done(false), deadlineMs)
    client.on('error', () => done(false))
    client.on('close', () => done(false))
    client.on('end', () => done(accepts(test, reply)))
    client.on('data', (chunk: Buffer) => {
      reply = Buffer.concat([reply, chunk])
      if (accepts(test, reply)) done(true)
      else if (reply.length > MAX_REPLY) done(false)
    })
    if (test.send.length > 0) client.write(test.send)
  })
}

function accepts(test: SelfTest, reply: Buffer): boolean {
  try {
    return test.accepts(reply)
  } catch {
    return false
  }
}
