/** Commands outside of transactions: what is said, and what it does to the session. */
import {type Action, report, upgrade} from '../../service.ts'
import {AuthExchange, type AuthStep} from './auth.ts'
import {probe} from './evidence.ts'
import {lines} from './products/mta.ts'
import {type Call, forget, resetTransaction} from './state.ts'

/** What is said to a line. */
export interface Said {
  readonly call: Call
  readonly reply: string
  /** It is the last word. */
  readonly close?: boolean
  /** A password was wrong. */
  readonly logon?: boolean
  /** Goes on: the client's next line belongs to it, and there is nothing to record yet. */
  readonly exchange?: AuthExchange
  /** Recorded before the reply. */
  readonly before?: readonly Action[]
  /** Performed after the reply. */
  readonly after?: readonly Action[]
}

export function hello(call: Call): Said {
  const {client, server} = call
  const {reply, accepted} = server.mta.hello(call)
  if (!accepted) return {call, reply}
  resetTransaction(client)
  client.hello = call.argument
  client.extended = call.command === 'EHLO'
  if (!client.extended) return {call, reply}
  return {call, reply: lines(250, [reply.slice(4), ...server.mta.extensions(call)])}
}

export function other(call: Call): Said {
  const {mta} = call.server
  const command = own(mta.commands, call.command)
  if (command !== null) return {call, reply: command(call)}
  const ending = own(mta.ending, call.command)
  if (ending !== null) return {call, reply: ending(call), close: true}
  const web = /^(?:GET|POST|CONNECT|OPTIONS)$/.test(call.command)
  const before = web ? [report(probe('HTTP', Buffer.from(call.line, 'latin1'), call.connection.limits))] : []
  return {call, ...mta.unknown(call), before}
}

export function startTls(call: Call): Said {
  const {client, server} = call
  const refusal = server.mta.startTls(call)
  if (refusal !== null) return {call, reply: refusal}
  forget(client)
  return {call, reply: server.mta.startTlsReply, after: [upgrade(server.tls)]}
}

export function authenticate(call: Call): Said {
  const {server, connection} = call
  const [word = '', initial] = call.argument.split(/[ \t]+/, 2)
  const mechanism = word.toUpperCase()
  const refusal = server.mta.authRefusal(call, mechanism)
  if (refusal !== null) return refusedAuth({...call, line: `AUTH ${mechanism}`}, refusal, initial)
  const exchange = new AuthExchange(mechanism, server, connection)
  // Exim and Sendmail take all that is behind the mechanism for the response.
  const rest = initial === undefined ? null : call.argument.slice(word.length).trim()
  return authStep({...call, line: `AUTH ${mechanism}`}, exchange, exchange.begin(rest))
}

/** What is not taken is recorded all the same, where the password came along. */
function refusedAuth(call: Call, reply: string, initial: string | undefined): Said {
  if (call.line !== 'AUTH PLAIN' || initial === undefined) return {call, reply}
  const step = new AuthExchange('PLAIN', call.server, call.connection).begin(initial)
  const events = step.type === 'judged' ? step.events : []
  const attempts = events.flatMap((event) =>
    event.credential === undefined ? [] : [{...event, credential: {...event.credential, outcome: 'failure'} as const}],
  )
  return {call, reply, before: attempts.map(report)}
}

/** What comes of a client's response. */
export function authStep(call: Call, exchange: AuthExchange, step: AuthStep): Said {
  const {auth} = call.server.mta
  switch (step.type) {
    case 'prompt':
      return {call, reply: `334 ${step.text}`, exchange}
    case 'cancelled':
      return {call, reply: auth.cancelled}
    case 'undecodable':
      return {call, reply: auth.undecodable(step.text, step.initial)}
    case 'judged': {
      call.client.user = step.user
      const failed = step.user === null
      const reply = failed ? auth.failure(exchange.name, step.prompt) : auth.success
      return {call, reply, logon: failed, before: step.events.map(report)}
    }
    default:
      return step satisfies never
  }
}

function own<T>(table: Readonly<Record<string, T>>, name: string): T | null {
  return Object.hasOwn(table, name) ? (table[name] ?? null) : null
}
