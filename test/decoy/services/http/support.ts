/** Requests of clients, and what they are answered. */
import type {OptionValues} from '../../../../src/decoy/definition.ts'
import type {PersonaFacts} from '../../../../src/decoy/persona.ts'
import {createHttpServer} from '../../../../src/decoy/services/http/server.ts'
import type {HttpServer, HttpSession} from '../../../../src/decoy/services/http/session.ts'
import type {Listener} from '../../../../src/decoy/services/http/web-site.ts'
import type {Credential} from '../../../../src/events/event.ts'
import {drive, type Outcome, openSession} from './drive.ts'
import {personaWith} from './fixture-site.ts'

export const SECURE: Listener = {secure: true, port: 443}

export const serverWith = (
  options: OptionValues,
  facts: Partial<PersonaFacts> = {},
  listener: Listener = {secure: false, port: 80},
): HttpServer => createHttpServer(personaWith(facts), options, listener)

export interface Asking {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  /** Of the body; a form where absent. */
  readonly type?: string
}

export function request(path: string, {method, headers = {}, body, type}: Asking = {}): Buffer {
  const lines = [
    `${method ?? (body === undefined ? 'GET' : 'POST')} ${path} HTTP/1.1`,
    'Host: web01',
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    ...(body === undefined
      ? []
      : [`Content-Type: ${type ?? 'application/x-www-form-urlencoded'}`, `Content-Length: ${Buffer.byteLength(body)}`]),
  ]
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body ?? ''}`, 'utf8')
}

/** One request on a connection of its own, or on a given one. */
export const ask = (at: HttpServer | HttpSession, path: string, asking: Asking = {}): Outcome =>
  drive('product' in at ? openSession(at) : at, [request(path, asking)])

/** Some firmware ends the line with the status. */
export const statusOf = ({reply}: Outcome): number => Number(/^HTTP\/\d\.\d (\d{3})/.exec(reply)?.[1])

export const headerOf = ({reply}: Outcome, name: string): string =>
  new RegExp(`^${name}: (.*)\r$`, 'm').exec(reply.slice(0, reply.indexOf('\r\n\r\n') + 2))?.[1] ?? ''

export const bodyOf = ({reply}: Outcome): string => reply.slice(reply.indexOf('\r\n\r\n') + 4)

export const headerNames = ({reply}: Outcome): string[] =>
  reply
    .slice(0, reply.indexOf('\r\n\r\n'))
    .split('\r\n')
    .slice(1)
    .map((line) => line.slice(0, line.indexOf(':')))

export const credentialsOf = ({events}: Outcome): Credential[] =>
  events.flatMap(({credential}) => (credential === undefined ? [] : [credential]))
