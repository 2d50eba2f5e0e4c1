import {createHash, createHmac} from 'node:crypto'

import {accepted, post} from './http-post.ts'
import {HTTP_URL, TEXT} from './patterns.ts'
import {YES_NO} from './settings.ts'
import type {OutboxItem, Sink, SinkSettings, SinkType} from './sink.ts'

export const WEBHOOK_SINK: SinkType = {
  name: 'webhook',
  summary: 'A POST with one line for each event and alert, signed with a shared secret.',
  format: 'json',
  events: 'interaction',
  alerts: 'yes',
  settings: {
    url: {summary: 'where to', required: true, secret: true, ...HTTP_URL},
    secret: {
      summary: 'key of the signature; empty: none is made',
      fallback: '',
      secret: true,
      ...TEXT,
    },
    'allow-private': {summary: 'whether the receiver may have a private address', fallback: 'no', ...YES_NO},
  },
  create: (settings) => new WebhookSink(settings),
}

/**
 * `X-Decnet-Signature: sha256=HEX` is HMAC-SHA256 of `TIMESTAMP.BODY` with the secret, TIMESTAMP being the value of
 * `X-Decnet-Timestamp` in seconds. `Idempotency-Key` is the same for the same lines.
 */
class WebhookSink implements Sink {
  readonly #settings: SinkSettings

  constructor(settings: SinkSettings) {
    this.#settings = settings
  }

  async deliver(items: readonly OutboxItem[], signal: AbortSignal): Promise<void> {
    const {url = '', secret = '', 'allow-private': allowPrivate} = this.#settings
    const body = items.map(({line}) => `${line}\n`).join('')
    const timestamp = String(Math.floor(Date.now() / 1000))
    const key = createHash('sha256')
      .update(items.map(({key}) => key).join('\n'))
      .digest('hex')
    const headers = {
      'Content-Type': 'application/x-ndjson',
      'User-Agent': 'decnet',
      'Idempotency-Key': key,
      'X-Decnet-Timestamp': timestamp,
      ...(secret !== '' && {
        'X-Decnet-Signature': `sha256=${createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')}`,
      }),
    }
    accepted(await post({url, headers, body, allowPrivate: allowPrivate === 'yes'}, signal))
  }

  async close(): Promise<void> {}
}
