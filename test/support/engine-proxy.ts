import {rm} from 'node:fs/promises'
import {createServer, type IncomingMessage, request, type Server, type ServerResponse} from 'node:http'
import {join} from 'node:path'
import type {Duplex} from 'node:stream'
import type {Lab} from './lab.ts'

/** A socket before the Engine's own that writes down what is asked of it. */
export class EngineProxy {
  /** `METHOD /path`, in the order of arrival. */
  readonly calls: string[] = []
  readonly #server: Server
  readonly #target: string
  readonly #path: string

  private constructor(lab: Lab) {
    this.#target = lab.socket
    this.#path = join(lab.layout.directory, 'proxy.sock')
    this.#server = createServer((incoming, outgoing) => this.#forward(incoming, outgoing))
    this.#server.on('upgrade', (incoming: IncomingMessage, socket: Duplex) => this.#tunnel(incoming, socket))
  }

  static async start(lab: Lab): Promise<EngineProxy> {
    const proxy = new EngineProxy(lab)
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

  /** What was asked that can change anything: all but GET and HEAD. */
  get changes(): string[] {
    return this.calls.filter((call) => !/^(GET|HEAD) /.test(call))
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  #forward(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const call = this.#call(incoming)
    call.on('response', (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
      // A followed log has an answer long before it has a body.
      outgoing.flushHeaders()
      answer.pipe(outgoing)
    })
    call.on('error', () => outgoing.destroy())
    outgoing.on('close', () => call.destroy())
    incoming.pipe(call)
  }

  #tunnel(incoming: IncomingMessage, socket: Duplex): void {
    const call = this.#call(incoming)
    call.on('upgrade', (answer, upstream, head) => {
      const headers = Object.entries(answer.headers).map(([name, value]) => `${name}: ${value}\r\n`)
      socket.write(`HTTP/1.1 ${answer.statusCode} UPGRADED\r\n${headers.join('')}\r\n`)
      socket.write(head)
      upstream.on('error', () => socket.destroy())
      upstream.pipe(socket).pipe(upstream)
    })
    call.on('error', () => socket.destroy())
    socket.on('error', () => call.destroy())
    call.end()
  }

  #call({method, url, headers}: IncomingMessage) {
    this.calls.push(`${method} ${url}`)
    return request({socketPath: this.#target, method, path: url, headers, agent: false})
  }
}
