import type {MsgHdrs, NatsConnection} from '@nats-io/transport-node'

import {TEXT} from './patterns.ts'
import {YES_NO} from './settings.ts'
import type {OutboxItem, Sink, SinkSettings, SinkType} from './sink.ts'

/** Milliseconds for a stream to answer. */
const ACK_MS = 10_000

export const NATS_SINK: SinkType = {
  name: 'nats',
  summary: 'Messages to a NATS server. With jetstream=yes a stream has them once, by their ids.',
  format: 'json',
  events: 'scan',
  alerts: 'yes',
  settings: {
    url: {
      summary: 'where it listens',
      required: true,
      secret: true,
      pattern: /^(nats|tls):\/\/\S{1,500}$/,
      expected: 'a URL, nats://…',
    },
    subject: {
      summary: 'first part of the subjects: SUBJECT.event.DECKY.SERVICE.NAME and SUBJECT.alert',
      fallback: 'decnet',
      pattern: /^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$/,
      expected: 'a subject without wildcards',
    },
    jetstream: {
      summary: 'whether each message is sent again until a stream has stored it; no: until the server has got it',
      fallback: 'no',
      ...YES_NO,
    },
    token: {summary: 'token of the server, if it wants one', fallback: '', secret: true, ...TEXT},
  },
  create: async (settings) => new NatsSink(await connectNats(settings), settings),
}

class NatsSink implements Sink {
  readonly #connection: NatsConnection
  readonly #subject: string
  readonly #jetstream: boolean

  constructor(connection: NatsConnection, {subject = '', jetstream}: SinkSettings) {
    this.#connection = connection
    this.#subject = subject
    this.#jetstream = jetstream === 'yes'
  }

  async deliver(items: readonly OutboxItem[], signal: AbortSignal): Promise<void> {
    const {headers} = await import('@nats-io/transport-node')
    const sent = items.map((item) => {
      const header = headers()
      header.set('Nats-Msg-Id', item.key)
      const subject = `${this.#subject}.${subjectOf(item)}`
      if (this.#jetstream) return this.#stored(subject, item.line, header)
      this.#connection.publish(subject, item.line, {headers: header})
      return undefined
    })
    // A flush is a question that the server answers after all that was published before it.
    const done = this.#jetstream ? Promise.all(sent) : this.#connection.flush()
    await Promise.race([done, aborted(signal), lost(this.#connection)])
  }

  /** A stream answers a message that has a subject to answer to, once it has it or had it before. */
  async #stored(subject: string, line: string, headers: MsgHdrs): Promise<void> {
    const answer = await this.#connection.request(subject, line, {headers, timeout: ACK_MS})
    const {stream, error} = answer.json<{stream?: string; error?: {description?: string}}>()
    if (stream === undefined) throw new Error(`no stream stored it: ${error?.description ?? 'no reason given'}`)
  }

  async close(): Promise<void> {
    await this.#connection.close()
  }
}

async function connectNats({url = '', token = ''}: SinkSettings): Promise<NatsConnection> {
  const {connect} = await import('@nats-io/transport-node')
  return connect({
    servers: url,
    name: 'decnet',
    timeout: 10_000,
    // What is published while it is away would be lost: the delivery fails instead and is repeated.
    reconnect: false,
    ...(token !== '' && {token}),
  })
}

function subjectOf(item: OutboxItem): string {
  if (item.kind === 'alert') return 'alert'
  const {decky, service, event} = item.record.event
  return ['event', decky, service, event].map(subjectToken).join('.')
}

/** One token of a subject: no dots, no wildcards, no white space. */
export function subjectToken(text: string): string {
  return text.replace(/[^A-Za-z0-9_-]/g, '_') || '_'
}

async function lost(connection: NatsConnection): Promise<never> {
  const error = await connection.closed()
  throw error instanceof Error ? error : new Error('the server closed the connection')
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason)
    signal.addEventListener('abort', () => reject(signal.reason), {once: true})
  })
}
