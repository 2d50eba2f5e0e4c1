import type {NatsConnection} from '@nats-io/transport-node'

import {subjectToken} from './sinks/nats.ts'

const CONNECT_MS = 2_000
const CLOSE_MS = 2_000
/** Messages that wait for the connection; a fleet's deployment has a few for each decky. */
const MAX_WAITING = 100_000

/**
 * Messages to a NATS server, told at most once. It is connected to with the first message; where that fails, `onFailure` is
 * told why, once, and everything is dropped: what is published about must never depend on who listens.
 */
export class NatsBus {
  readonly #url: string
  readonly #prefix: string
  readonly #onFailure: (message: string) => void
  readonly #waiting: {readonly subject: string; readonly text: string}[] = []
  #connection: NatsConnection | null = null
  #connecting: Promise<void> | null = null
  #failed = false

  constructor(url: string, {prefix = 'decnet', onFailure}: {prefix?: string; onFailure: (message: string) => void}) {
    this.#url = url
    this.#prefix = prefix
    this.#onFailure = onFailure
  }

  publish(subject: readonly string[], message: object): void {
    if (this.#failed || this.#waiting.length >= MAX_WAITING) return
    this.#waiting.push({
      subject: [this.#prefix, ...subject.map(subjectToken)].join('.'),
      text: JSON.stringify(message),
    })
    this.#connecting ??= this.#connect()
    this.#send()
  }

  async close(): Promise<void> {
    const timeout = new Promise<void>((resolve) => setTimeout(resolve, CLOSE_MS).unref())
    await Promise.race([timeout, this.#finish().catch(() => undefined)])
    await Promise.race([timeout, this.#connection?.close().catch(() => undefined)])
    this.#failed = true
  }

  async #finish(): Promise<void> {
    await this.#connecting
    await this.#connection?.flush()
  }

  async #connect(): Promise<void> {
    try {
      const {connect} = await import('@nats-io/transport-node')
      this.#connection = await connect({
        servers: this.#url,
        name: 'decnet',
        timeout: CONNECT_MS,
        reconnect: false,
      })
      this.#send()
    } catch (error) {
      this.#fail(error)
    }
  }

  #send(): void {
    if (this.#connection === null) return
    try {
      for (const {subject, text} of this.#waiting.splice(0)) this.#connection.publish(subject, text)
    } catch (error) {
      this.#fail(error)
    }
  }

  #fail(error: unknown): void {
    this.#waiting.length = 0
    if (this.#failed) return
    this.#failed = true
    this.#onFailure(error instanceof Error ? error.message : String(error))
  }
}
