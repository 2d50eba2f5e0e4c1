import {readFileSync} from 'node:fs'

import {accepted, post} from './http-post.ts'
import {HTTP_URL, TEXT} from './patterns.ts'
import {YES_NO} from './settings.ts'
import type {OutboxItem, Sink, SinkSettings, SinkType} from './sink.ts'

const CONFLICT = 409
const TOO_MANY = 429

export const ELASTICSEARCH_SINK: SinkType = {
  name: 'elasticsearch',
  summary: 'An index or data stream of Elasticsearch or OpenSearch, by bulk requests.',
  format: 'ecs',
  events: 'scan',
  alerts: 'yes',
  settings: {
    url: {summary: 'where it listens', required: true, ...HTTP_URL},
    index: {
      summary: 'index or data stream',
      fallback: 'logs-decnet-default',
      pattern: /^[a-z0-9][a-z0-9._-]{0,200}$/,
      expected: 'a name in lower case',
    },
    'api-key': {summary: 'encoded API key', fallback: '', secret: true, ...TEXT},
    user: {summary: 'user, where there is no API key', fallback: '', ...TEXT},
    password: {summary: "the user's password", fallback: '', secret: true, ...TEXT},
    ca: {
      summary: 'path of the certificates (PEM) that it must be signed by; empty: the system knows them',
      fallback: '',
      pattern: /^(|\/[^\0]{1,4000})$/,
      expected: 'an absolute path',
    },
    'allow-private': {summary: 'whether it may have a private address', fallback: 'yes', ...YES_NO},
  },
  create: (settings) => new ElasticsearchSink(settings),
}

/** Documents are created under the event's id: what was sent before is a conflict, which is as good as done. */
class ElasticsearchSink implements Sink {
  readonly #settings: SinkSettings

  constructor(settings: SinkSettings) {
    this.#settings = settings
  }

  async deliver(items: readonly OutboxItem[], signal: AbortSignal): Promise<void> {
    const {url = '', index = '', ca = '', 'allow-private': allowPrivate} = this.#settings
    const body = items.map(({key, line}) => `${JSON.stringify({create: {_id: key}})}\n${line}\n`).join('')
    const answer = await post(
      {
        url: `${url.replace(/\/$/, '')}/${index}/_bulk`,
        headers: {'Content-Type': 'application/x-ndjson', 'User-Agent': 'decnet', ...this.#authorization()},
        body,
        allowPrivate: allowPrivate === 'yes',
        ...(ca !== '' && {ca: readFileSync(ca)}),
      },
      signal,
    )
    accepted(answer)
    refuseUnless(JSON.parse(answer.body))
  }

  async close(): Promise<void> {}

  #authorization(): Record<string, string> {
    const {'api-key': apiKey = '', user = '', password = ''} = this.#settings
    if (apiKey !== '') return {Authorization: `ApiKey ${apiKey}`}
    return user === '' ? {} : {Authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`}
  }
}

/**
 * Throws where a document was not taken. One that never will be (its fields do not fit the mapping) holds up the others
 * until an operator mends the mapping: `decnet sinks list` says why.
 */
function refuseUnless(answer: unknown): void {
  const {items = []} = answer as {items?: {create?: {status?: number; error?: {reason?: string}}}[]}
  for (const {create} of items) {
    const status = create?.status ?? 0
    if (status === CONFLICT || (status >= 200 && status < 300)) continue
    const reason = status === TOO_MANY ? 'it has too much to do' : (create?.error?.reason ?? 'no reason given')
    throw new Error(`a document was refused with ${status}: ${reason.slice(0, 200)}`)
  }
}
