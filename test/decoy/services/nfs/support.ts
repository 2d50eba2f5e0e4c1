import type {OptionValues} from '../../../../src/decoy/definition.ts'
import {DEFAULT_LIMITS} from '../../../../src/decoy/limits.ts'
import {Persona, type PersonaFacts} from '../../../../src/decoy/persona.ts'
import type {Action, Connection, Service} from '../../../../src/decoy/service.ts'
import {createService} from '../../../../src/decoy/services/nfs/server.ts'
import {record} from '../../../../src/decoy/services/nfs/wire/rpc.ts'
import {opaque, text, uint, XdrReader} from '../../../../src/decoy/services/nfs/wire/xdr.ts'
import type {ServiceEvent} from '../../../../src/events/event.ts'
import {DEBIAN_MACHINE} from '../../../support/machine-facts.ts'

export const NOW = Date.parse('2026-03-04T05:06:07.089Z')

export const FACTS: PersonaFacts = {
  ...DEBIAN_MACHINE,
  hostname: 'nfs01',
  seed: '77'.repeat(32),
}

export async function nfsService(options: OptionValues = {}, facts: Partial<PersonaFacts> = {}): Promise<Service> {
  return createService(new Persona({...FACTS, ...facts}), options)
}

export const connection = (port: number): Connection => ({
  peer: {ip: '192.168.1.77', port: 40_000},
  local: {ip: FACTS.ip, port},
  limits: DEFAULT_LIMITS,
  now: () => NOW,
  random: (size) => Buffer.alloc(size, 7),
})

/** AUTH_UNIX of somebody on the machine `kali`. */
const unix = (uid: number): Buffer =>
  Buffer.concat([uint(1), opaque(Buffer.concat([uint(1), text('kali'), uint(uid, uid, 0)])), uint(0, 0)])

export function call(
  program: number,
  version: number,
  procedure: number,
  args: Buffer = Buffer.alloc(0),
  uid = 1000,
): Buffer {
  return Buffer.concat([uint(0x01020304, 0, 2, program, version, procedure), unix(uid), args])
}

export interface TestClient {
  readonly events: ServiceEvent[]
  closed: boolean
  /** Sends a record, or anything. */
  send(input: Buffer): Buffer
  /** The results of a call that succeeds. */
  ask(program: number, version: number, procedure: number, args?: Buffer, uid?: number): XdrReader
}

export function dial(service: Service, port: number): TestClient {
  const handler = service.tcp?.(port)
  if (handler?.kind !== 'protocol') throw new TypeError('nfs is a protocol')
  const session = handler.session(connection(port))
  const client: TestClient = {
    events: [],
    closed: false,
    send: (input) => {
      const actions: Action[] = session.feed(input)
      client.events.push(...actions.flatMap((action) => (action.type === 'event' ? [action.event] : [])))
      client.closed ||= actions.some(({type}) => type === 'close')
      return Buffer.concat(actions.flatMap((action) => (action.type === 'write' ? [action.data] : [])))
    },
    ask: (program, version, procedure, args, uid) => {
      const reply = client.send(record(call(program, version, procedure, args, uid)))
      if (reply.subarray(4, 28).toString('hex') !== '010203040000000100000000000000000000000000000000') {
        throw new Error(`refused: ${reply.toString('hex')}`)
      }
      return new XdrReader(reply.subarray(28))
    },
  }
  return client
}

/** The handle of an export. */
export function mount(service: Service, path: string, uid = 1000): Buffer {
  const reply = dial(service, 20_048).ask(100_005, 3, 1, text(path), uid)
  if (reply.uint() !== 0) throw new Error(`${path} is not given`)
  return reply.opaque(64)
}
