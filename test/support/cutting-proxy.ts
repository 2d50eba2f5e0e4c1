import {rm} from 'node:fs/promises'
import {createServer, type IncomingMessage, request, type Server, type ServerResponse} from 'node:http'
import {join} from 'node:path'
import type {Lab} from './lab.ts'

export type Fate =
  | 'pass'
  /** The Engine carries it out and answers; the answer gets lost. */
  | 'lose the answer'
  /** The connection breaks so long after the Engine was asked, which goes on with it. */
  | {readonly cutAfterMs: number}

/** A socket before the Engine's own that forwards every call and keeps some answers to itself. */
export class CuttingProxy {
  readonly #server: Server
  readonly #target: string
  readonly #path: string
  readonly #fateOf: (call: string) => Fate

  private constructor(lab: Lab, fateOf: (call: string) => Fate) {
    this.#target = lab.socket
    this.#path = join(lab.layout.directory, 'cutting.sock')
    this.#fateOf = fateOf
    this.#server = createServer((incoming, outgoing) => this.#forward(incoming, outgoing))
  }

  /** `fateOf` decides for each `METHOD /path`. */
  static async start(lab: Lab, fateOf: (call: string) => Fate): Promise<CuttingProxy> {
    const proxy = new CuttingProxy(lab, fateOf)
    await rm(proxy.#path, {force: true})
    await new Promise<void>((resolve, reject) => {
      proxy.#server.once('error', reject)
      proxy.#server.listen(proxy.#path, resolve)
    })
    return proxy
  }

  /** The environment of a command that is to go through it. */
  get env(): NodeJS.ProcessEnv {
    return {DOCKER_HOST: `unix://${this.#path}`}
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  #forward(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const {method, url, headers} = incoming
    const fate = this.#fateOf(`${method} ${url}`)
    const call = request({socketPath: this.#target, method, path: url, headers, agent: false})
    call.on('error', () => outgoing.destroy())
    call.on('response', (answer) => {
      if (fate === 'lose the answer') outgoing.destroy()
      if (outgoing.destroyed) return void answer.resume()
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
      outgoing.flushHeaders()
      answer.pipe(outgoing)
    })
    // A call that reads is given up with its connection; one that changes goes on, as it does behind a real network.
    if (method === 'GET') outgoing.on('close', () => call.destroy())
    incoming.on('end', () => {
      if (typeof fate === 'object') setTimeout(() => outgoing.destroy(), fate.cutAfterMs)
    })
    incoming.pipe(call)
  }
}
