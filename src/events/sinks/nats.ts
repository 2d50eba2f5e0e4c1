import type {NatsConnection} from '@nats-io/transport-node'

import {TEXT} from './patterns.ts'
import type {OutboxItem, Sink, SinkSettings, SinkType} from './sink.ts'

export const NATS_SINK: SinkType = {
  name: 'nats',
  summary: 'Messages to a NATS server; JetStream drops repetitions by their id.',
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
    token: {summary: 'token of the server, if it wants one', fallback: '', secret: true, ...TEXT},
  },
  create: async (settings) => new NatsSink(await connectNats(settings), settings.subject ?? ''),
}

class NatsSink implements Sink {
  readonly #connection: NatsConnection
  readonly #subject: string

  constructor(connection: NatsConnection, subject: string) {
    this.#connection = connection
    this.#subject = subject
  }

  /** A flush is a question that the server answers after all that was published before it. */
  async deliver(items: readonly OutboxItem[], signal: AbortSignal): Promise<void> {
    const {headers} = await import('@nats-io/transport-node')
    for (const item of items) {
      const header = headers()
      header.set('Nats-Msg-Id', item.key)
      this.#connection.publish(`${this.#subject}.${subjectOf(item)}`, item.line, {headers: header})
    }
    await Promise.race([this.#connection.flush(), aborted(signal), lost(this.#connection)])
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
