/** A decoy API server without a socket. */

import type {OptionValues} from '../../../../src/decoy/definition.ts'
import {DEFAULT_LIMITS} from '../../../../src/decoy/limits.ts'
import {Persona, type PersonaFacts} from '../../../../src/decoy/persona.ts'
import type {Service} from '../../../../src/decoy/service.ts'
import {createService} from '../../../../src/decoy/services/k8s/server.ts'
import {DEBIAN_MACHINE} from '../../../support/machine-facts.ts'
import {drive, type Outcome} from '../http/drive.ts'

export const NOW = Date.parse('2026-11-23T10:00:00Z')

export const FACTS: PersonaFacts = {
  ...DEBIAN_MACHINE,
  hostname: 'BER-K8S01',
  domain: 'corp.example',
  ip: '192.168.1.31',
  mac: '00:50:56:11:22:33',
  seed: '4d'.repeat(32),
  since: '2026-01-02T03:04:05.000Z',
}

export const clusterWith = async (options: OptionValues = {}, facts: Partial<PersonaFacts> = {}): Promise<Service> =>
  createService(new Persona({...FACTS, ...facts}), options)

export interface Asking {
  readonly body?: unknown
  readonly headers?: readonly string[]
}

export function requestBytes(line: string, {body, headers = []}: Asking = {}): Buffer {
  const content = Buffer.isBuffer(body)
    ? body
    : body === undefined
      ? Buffer.alloc(0)
      : Buffer.from(JSON.stringify(body))
  const typed = body === undefined ? [] : [`Content-Length: ${content.length}`]
  return Buffer.concat([
    Buffer.from([`${line} HTTP/1.1`, 'Host: kubernetes', ...headers, ...typed, '', ''].join('\r\n')),
    content,
  ])
}

let drawn = 0

export function ask(service: Service, line: string, asking: Asking & {readonly port?: number} = {}): Outcome {
  const {port = 6443} = asking
  const handler = service.tcp?.(port)
  if (handler?.kind !== 'protocol') throw new TypeError('no protocol')
  const session = handler.session({
    peer: {ip: '192.168.1.77', port: 40_000},
    local: {ip: FACTS.ip, port},
    limits: DEFAULT_LIMITS,
    now: () => NOW,
    random: (size) => Buffer.alloc(size, ++drawn),
  })
  return drive(session, [requestBytes(line, asking)])
}

export const statusOf = ({reply}: Outcome): number => Number(reply.split(' ', 2)[1])

/** Out of its one chunk where it has any. */
export function bodyOf({reply}: Outcome): string {
  const body = reply.slice(reply.indexOf('\r\n\r\n') + 4)
  if (!/^Transfer-Encoding: chunked\r$/m.test(reply)) return body
  const line = body.indexOf('\r\n')
  return Buffer.from(body, 'latin1')
    .subarray(line + 2, line + 2 + Number.parseInt(body.slice(0, line), 16))
    .toString('utf8')
}

export const jsonOf = <T = Record<string, unknown>>(outcome: Outcome): T => JSON.parse(bodyOf(outcome)) as T
