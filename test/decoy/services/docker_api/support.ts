/** A decoy Engine without a socket: what is said unasked is heard as well. */

import type {OptionValues} from '../../../../src/decoy/definition.ts'
import {DEFAULT_LIMITS, type Limits} from '../../../../src/decoy/limits.ts'
import {Persona, type PersonaFacts} from '../../../../src/decoy/persona.ts'
import type {Action, Connection, ProtocolSession, Service} from '../../../../src/decoy/service.ts'
import {createService} from '../../../../src/decoy/services/docker_api/server.ts'
import type {ServiceEvent} from '../../../../src/events/event.ts'
import {DEBIAN_MACHINE} from '../../../support/machine-facts.ts'

export const NOW = Date.parse('2026-11-23T10:00:00.123Z')

export const FACTS: PersonaFacts = {
  ...DEBIAN_MACHINE,
  hostname: 'ber-build01',
  domain: 'corp.example',
  ip: '192.168.1.31',
  mac: '00:50:56:11:22:33',
  seed: '4d'.repeat(32),
  since: '2026-01-02T03:04:05.000Z',
}

export const engineWith = async (options: OptionValues = {}, facts: Partial<PersonaFacts> = {}): Promise<Service> =>
  createService(new Persona({...FACTS, ...facts}), options)

let drawn = 0

export const connection = (port = 2375, limits: Partial<Limits> = {}): Connection => ({
  peer: {ip: '192.168.1.77', port: 40_000},
  local: {ip: '192.168.1.31', port},
  limits: {...DEFAULT_LIMITS, ...limits},
  now: () => NOW,
  random: (size) => {
    const bytes = Buffer.alloc(size, 0xa5)
    bytes.writeUInt16BE(++drawn & 0xffff, 0)
    return bytes
  },
})

/** One client. */
export class Client {
  readonly session: ProtocolSession
  readonly events: ServiceEvent[] = []
  closed = false
  #chunks: Buffer[] = []

  constructor(service: Service, port = 2375) {
    const handler = service.tcp?.(port)
    if (handler?.kind !== 'protocol') throw new TypeError('no protocol')
    this.session = handler.session(connection(port))
    this.session.begin?.({
      perform: (make) => queueMicrotask(() => this.#take(make())),
      performAfter: (ms, make) => void setTimeout(() => this.#take(make()), ms),
    })
    this.#take(this.session.open())
  }

  send(bytes: Buffer | string): this {
    if (!this.closed) this.#take(this.session.feed(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes))
    return this
  }

  /** Latin1, everything so far. */
  get reply(): string {
    return Buffer.concat(this.#chunks).toString('latin1')
  }

  #take(actions: readonly Action[]): void {
    for (const action of actions) {
      if (this.closed) return
      if (action.type === 'write') this.#chunks.push(action.data)
      if (action.type === 'event') this.events.push(action.event)
      if (action.type === 'close' || action.type === 'reset') this.closed = true
    }
  }
}

export interface Asking {
  readonly body?: unknown
  readonly headers?: readonly string[]
}

export function requestBytes(line: string, {body, headers = []}: Asking = {}): Buffer {
  const content = body === undefined ? Buffer.alloc(0) : Buffer.from(JSON.stringify(body))
  const typed = body === undefined ? [] : ['Content-Type: application/json', `Content-Length: ${content.length}`]
  const lines = [`${line} HTTP/1.1`, 'Host: docker', ...headers, ...typed]
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), content])
}

export const ask = (service: Service, line: string, asking: Asking = {}): Client =>
  new Client(service).send(requestBytes(line, asking))

export const statusOf = ({reply}: Client): number => Number(reply.split(' ', 2)[1])

/** The body, out of its chunks where it has any. */
export function bodyOf({reply}: Pick<Client, 'reply'>): string {
  const end = reply.indexOf('\r\n\r\n')
  const body = reply.slice(end + 4)
  if (!/^Transfer-Encoding: chunked\r?$/m.test(reply.slice(0, end + 2))) return body
  const parts: string[] = []
  for (let at = 0; at < body.length; ) {
    const line = body.indexOf('\r\n', at)
    const size = Number.parseInt(body.slice(at, line), 16)
    if (size === 0 || Number.isNaN(size)) break
    parts.push(body.slice(line + 2, line + 2 + size))
    at = line + 4 + size
  }
  return parts.join('')
}

export const jsonOf = <T = Record<string, unknown>>(client: Pick<Client, 'reply'>): T => JSON.parse(bodyOf(client)) as T
