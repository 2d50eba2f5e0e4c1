/**
 * Syslog over UDP (RFC 5426), TCP (RFC 6587 §3.4.1, octet counting) and TLS (RFC 5425). Syslog has no acknowledgement: over
 * TCP and TLS each batch has a connection of its own, which we end and the receiver then closes. Only one that has read
 * all of it does that without an error, and only one that lives after that keeps the others open.
 */
import {createSocket} from 'node:dgram'
import {readFileSync} from 'node:fs'
import {connect as connectTcp, type Socket} from 'node:net'
import {connect as connectTls, TLSSocket} from 'node:tls'

import {HOST, PORT} from './patterns.ts'
import type {OutboxItem, Sink, SinkSettings, SinkType} from './sink.ts'

/** RFC 5426 §3.2: the most that IPv4 carries in one datagram. A longer line is cut. */
const MAX_DATAGRAM = 65_507

export const SYSLOG_SINK: SinkType = {
  name: 'syslog',
  summary: 'A syslog receiver, over UDP, TCP or TLS.',
  format: 'rfc5424',
  events: 'scan',
  alerts: 'yes',
  settings: {
    host: {summary: 'name or address of the receiver', required: true, ...HOST},
    port: {summary: 'its port; 0: 514, with TLS 6514', fallback: '0', ...PORT},
    transport: {
      summary: 'udp loses what the network loses; tcp and tls do not',
      fallback: 'tcp',
      pattern: /^(udp|tcp|tls)$/,
      expected: 'udp, tcp or tls',
    },
    ca: {
      summary: 'path of the certificates (PEM) that the receiver must be signed by; empty: the system knows them',
      fallback: '',
      pattern: /^(|\/[^\0]{1,4000})$/,
      expected: 'an absolute path',
    },
  },
  create: (settings) => (settings.transport === 'udp' ? new DatagramSink(settings) : new StreamSink(settings)),
}

class DatagramSink implements Sink {
  readonly #host: string
  readonly #port: number
  readonly #socket = createSocket('udp4')

  constructor({host = '', port}: SinkSettings) {
    this.#host = host
    this.#port = Number(port) || 514
    this.#socket.on('error', () => {})
    this.#socket.unref()
  }

  async deliver(items: readonly OutboxItem[]): Promise<void> {
    for (const {line} of items) {
      const bytes = Buffer.from(line).subarray(0, MAX_DATAGRAM)
      await new Promise<void>((resolve, reject) =>
        this.#socket.send(bytes, this.#port, this.#host, (error) => (error === null ? resolve() : reject(error))),
      )
    }
  }

  async close(): Promise<void> {
    this.#socket.close()
  }
}

class StreamSink implements Sink {
  readonly #settings: SinkSettings

  constructor(settings: SinkSettings) {
    this.#settings = settings
  }

  async deliver(items: readonly OutboxItem[], signal: AbortSignal): Promise<void> {
    const frames = items.map(({line}) => {
      const bytes = Buffer.from(line)
      return Buffer.concat([Buffer.from(`${bytes.length} `), bytes])
    })
    const witness = await this.#witness(signal)
    try {
      await this.#exchange(Buffer.concat(frames), signal)
      await this.#exchange(Buffer.alloc(0), signal)
      if (!witness.lives()) throw new Error('the receiver ended before it had everything')
    } finally {
      witness.close()
    }
  }

  /**
   * A receiver that is killed over what it has read leaves an orderly end, too. But then its other connections end with
   * it: after a further one was opened and closed, whether it was restarted or not, that is seen.
   */
  async #witness(signal: AbortSignal): Promise<{lives(): boolean; close(): void}> {
    const socket = this.#connect()
    await new Promise((resolve, reject) => {
      socket.once(socket instanceof TLSSocket ? 'secureConnect' : 'connect', resolve)
      socket.once('close', () => reject(new Error('the receiver closed the connection')))
      socket.on('error', reject)
      signal.addEventListener('abort', () => socket.destroy(signal.reason), {once: true})
    })
    socket.resume()
    return {
      lives: () => !socket.readableEnded && !socket.destroyed,
      close: () => socket.end(() => socket.destroy()),
    }
  }

  /** Resolves when the receiver has ended the connection after us. */
  #exchange(bytes: Buffer, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const socket = this.#connect()
      const abort = () => socket.destroy(signal.reason)
      signal.addEventListener('abort', abort, {once: true})
      socket.on('error', reject)
      socket.once('close', () => {
        signal.removeEventListener('abort', abort)
        if (socket.readableEnded) resolve()
        else reject(new Error('the receiver closed the connection before it had everything'))
      })
      // A receiver says nothing; reading is what makes its end be seen.
      socket.resume()
      socket.end(bytes)
    })
  }

  async close(): Promise<void> {}

  #connect(): Socket {
    const {host = '', port, transport, ca = ''} = this.#settings
    if (transport === 'tcp') return connectTcp({host, port: Number(port) || 514})
    return connectTls({
      host,
      port: Number(port) || 6514,
      servername: /^[\d.]+$|:/.test(host) ? '' : host,
      minVersion: 'TLSv1.2',
      rejectUnauthorized: true,
      ...(ca !== '' && {ca: readFileSync(ca)}),
    })
  }
}
