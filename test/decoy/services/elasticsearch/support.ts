/** A decoy node without a socket. */

import type {OptionValues} from '../../../../src/decoy/definition.ts'
import {DEFAULT_LIMITS} from '../../../../src/decoy/limits.ts'
import {Persona, type PersonaFacts} from '../../../../src/decoy/persona.ts'
import type {Service} from '../../../../src/decoy/service.ts'
import {createService} from '../../../../src/decoy/services/elasticsearch/server.ts'
import {DEBIAN_MACHINE} from '../../../support/machine-facts.ts'
import {drive, type Outcome} from '../http/drive.ts'

export const NOW = Date.parse('2026-11-23T10:00:00Z')

export const FACTS: PersonaFacts = {
  ...DEBIAN_MACHINE,
  hostname: 'BER-ES01',
  domain: 'corp.example',
  ip: '192.168.1.41',
  mac: '00:50:56:11:22:33',
  seed: '4d'.repeat(32),
  since: '2026-01-02T03:04:05.000Z',
}

/** The release, where a test does not say another, is the one of the definition. */
export const nodeWith = async (options: OptionValues = {}, facts: Partial<PersonaFacts> = {}): Promise<Service> =>
  createService(new Persona({...FACTS, ...facts}), {version: '7.10.2', ...options})

export interface Asking {
  readonly body?: string
  readonly headers?: readonly string[]
  readonly version?: string
}

export function requestBytes(line: string, {body, headers = [], version = '1.1'}: Asking = {}): Buffer {
  const typed =
    body === undefined ? [] : ['Content-Type: application/json', `Content-Length: ${Buffer.byteLength(body)}`]
  return Buffer.from(
    [`${line} HTTP/${version}`, 'Host: es', ...headers, ...typed, '', body ?? ''].join('\r\n'),
    'latin1',
  )
}

let drawn = 0

export function send(service: Service, bytes: Buffer | string): Outcome {
  const handler = service.tcp?.(9200)
  if (handler?.kind !== 'protocol') throw new TypeError('no protocol')
  const session = handler.session({
    peer: {ip: '192.168.1.77', port: 40_000},
    local: {ip: FACTS.ip, port: 9200},
    limits: DEFAULT_LIMITS,
    now: () => NOW,
    random: (size) => Buffer.alloc(size, ++drawn),
  })
  return drive(session, [typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes])
}

export const ask = (service: Service, line: string, asking: Asking = {}): Outcome =>
  send(service, requestBytes(line, asking))
