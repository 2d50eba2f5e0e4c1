import type {OptionValues} from '../../../../src/decoy/definition.ts'
import {DEFAULT_LIMITS, type Limits} from '../../../../src/decoy/limits.ts'
import type {StoredFolder} from '../../../../src/decoy/mailbox/folder.ts'
import {Persona, type PersonaFacts} from '../../../../src/decoy/persona.ts'
import type {Action, ProtocolSession, Service} from '../../../../src/decoy/service.ts'
import {createService} from '../../../../src/decoy/services/imap/server.ts'
import type {ServiceEvent} from '../../../../src/events/event.ts'
import {DEBIAN_MACHINE} from '../../../support/machine-facts.ts'

export const FACTS: PersonaFacts = {
  ...DEBIAN_MACHINE,
  hostname: 'mail01',
  domain: 'corp.example',
  archetype: 'mail-server',
  ip: '127.0.0.1',
  seed: '44'.repeat(32),
  fleet: {seed: '55'.repeat(32), site: 'lon', controller: 'DC01'},
}
export const USERS = {users: ['deploy:Summer2024', 'a.berger@corp.example:pass:word']}
/** A Wednesday. */
export const NOW = Date.parse('2026-11-25T12:00:00.000Z')

export async function imapService(options: OptionValues = {}, facts: Partial<PersonaFacts> = {}): Promise<Service> {
  return createService(new Persona({...FACTS, ...facts}), options)
}

export interface TestClient {
  readonly session: ProtocolSession
  readonly greeting: string
  readonly events: ServiceEvent[]
  readonly actions: Action[]
  closed: boolean
  /** Sends octets as they are; what is replied. */
  send(text: string): string
  /** Sends one line; what is replied. */
  say(line: string): string
}

export function converse(session: ProtocolSession): TestClient {
  const events: ServiceEvent[] = []
  const all: Action[] = []
  const take = (actions: readonly Action[]): string => {
    all.push(...actions)
    events.push(...actions.flatMap((action) => (action.type === 'event' ? [action.event] : [])))
    client.closed ||= actions.some(({type}) => type === 'close')
    const parts = actions.flatMap((action) => (action.type === 'write' ? [action.data] : []))
    return Buffer.concat(parts).toString('latin1')
  }
  const send = (text: string): string => take(session.feed(Buffer.from(text, 'latin1')))
  const client = {
    session,
    greeting: '',
    events,
    actions: all,
    closed: false,
    send,
    say: (line: string) => send(`${line}\r\n`),
  }
  client.greeting = take(session.open())
  return client
}

export const connection = (limits: Partial<Limits> = {}, now = NOW) => ({
  peer: {ip: '127.0.0.1', port: 40_000},
  local: {ip: '127.0.0.1', port: 143},
  limits: {...DEFAULT_LIMITS, ...limits},
  now: () => now,
  random: (size: number) => Buffer.alloc(size, 77),
})

export function dial(service: Service, port = 143, now = NOW): TestClient {
  const handler = service.tcp?.(port)
  if (handler?.kind !== 'protocol') throw new TypeError('mail is a protocol')
  return converse(handler.session(connection({}, now)))
}

/** Folders as a golden file has them. */
export interface GoldenFolder extends Omit<StoredFolder, 'letters'> {
  readonly letters: readonly {
    readonly uid: number
    readonly date: string
    readonly flags: readonly string[]
    readonly text: string
  }[]
}

export const storedFolders = (folders: readonly GoldenFolder[]): readonly StoredFolder[] =>
  folders.map((folder) => ({
    ...folder,
    letters: folder.letters.map(({uid, date, flags, text}) => ({
      uid,
      at: Date.parse(date),
      flags,
      raw: Buffer.from(text, 'latin1'),
    })),
  }))

export type Step = readonly [sent: string, replied: string]
