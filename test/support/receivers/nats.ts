/** nats-server of Debian, with a stream that keeps what is published and drops repetitions by their id. */
import {join} from 'node:path'
import {connect} from '@nats-io/transport-node'
import {Daemon, freePort} from './daemon.ts'
import type {Received, Receiver} from './receiver.ts'

const STREAM = 'EVIDENCE'

interface StoredMessage {
  readonly message: {readonly subject: string; readonly hdrs: string; readonly data: string}
}

export class Nats implements Receiver {
  readonly daemon: Daemon
  readonly settings: readonly string[]
  readonly #url: string

  private constructor(daemon: Daemon, url: string) {
    this.daemon = daemon
    this.#url = url
    this.settings = [`url=${url}`, 'jetstream=yes']
  }

  static async create(directory: string): Promise<Nats> {
    const port = await freePort()
    const args = ['-a', '127.0.0.1', '-p', String(port), '-js', '-sd', join(directory, 'jetstream')]
    const daemon = new Daemon({command: 'nats-server', args, log: join(directory, 'nats-log'), port})
    return new Nats(daemon, `nats://127.0.0.1:${port}`)
  }

  /** Makes the stream; it outlives the server. */
  async prepare(): Promise<void> {
    const stream = {name: STREAM, subjects: ['decnet.>'], storage: 'file'}
    await this.#asked(`$JS.API.STREAM.CREATE.${STREAM}`, [stream])
  }

  async received(): Promise<Received[]> {
    const [info] = await this.#asked<{state: {messages: number}}>(`$JS.API.STREAM.INFO.${STREAM}`, [null])
    const numbers = Array.from({length: info?.state.messages ?? 0}, (_, index) => ({seq: index + 1}))
    const messages = await this.#asked<StoredMessage>(`$JS.API.STREAM.MSG.GET.${STREAM}`, numbers)
    return messages.map(({message}) => {
      const headers = Buffer.from(message.hdrs, 'base64').toString()
      const content = Buffer.from(message.data, 'base64').toString()
      return {id: /^Nats-Msg-Id: (.*?)\r?$/m.exec(headers)?.[1] ?? '', content: `${message.subject} ${content}`}
    })
  }

  async #asked<T>(subject: string, questions: readonly unknown[]): Promise<T[]> {
    const connection = await connect({servers: this.#url, reconnect: false})
    try {
      const answers: T[] = []
      for (const question of questions) {
        const body = question === null ? '' : JSON.stringify(question)
        const answer = await connection.request(subject, body, {timeout: 10_000})
        const said = answer.json<T & {error?: {description: string}}>()
        if (said.error !== undefined) throw new Error(`${subject}: ${said.error.description}`)
        answers.push(said)
      }
      return answers
    } finally {
      await connection.close()
    }
  }
}
