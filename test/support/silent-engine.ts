/** Sockets where an Engine should be, and behind which nothing answers as one. */
import {rm} from 'node:fs/promises'
import {createServer, type Server, type Socket} from 'node:net'
import {join} from 'node:path'
import type {Lab} from './lab.ts'

export type Silence =
  /** Accepts, reads, and never says a word. */
  | 'mute'
  /** Tells its version, and nothing more. */
  | 'version only'
  /** Begins every answer and sends a byte of it now and then. */
  | 'dripping'
  /** Accepts and resets. */
  | 'resetting'

export const SILENCES: readonly Silence[] = ['mute', 'version only', 'dripping', 'resetting']

const VERSION = JSON.stringify({
  Version: '20.10.24',
  ApiVersion: '1.41',
  MinAPIVersion: '1.12',
  Os: 'linux',
  Arch: 'amd64',
})
const DRIP_MS = 500

export class SilentEngine {
  readonly #server: Server
  readonly #path: string
  readonly #sockets = new Set<Socket>()

  private constructor(server: Server, path: string) {
    this.#server = server
    this.#path = path
  }

  static async start(lab: Lab, silence: Silence): Promise<SilentEngine> {
    const server = createServer()
    const engine = new SilentEngine(server, join(lab.layout.directory, `${silence.replace(' ', '-')}.sock`))
    server.on('connection', (socket) => engine.#serve(socket, silence))
    await rm(engine.#path, {force: true})
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(engine.#path, resolve)
    })
    return engine
  }

  /** The environment of a command that takes it for its Engine. */
  get env(): NodeJS.ProcessEnv {
    return {DOCKER_HOST: `unix://${this.#path}`}
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  #serve(socket: Socket, silence: Silence): void {
    this.#sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => this.#sockets.delete(socket))
    if (silence === 'resetting') socket.resetAndDestroy()
    socket.once('data', (request: Buffer) => {
      if (silence === 'dripping') drip(socket)
      if (silence === 'version only' && request.includes('/version')) socket.end(answer(VERSION))
    })
  }
}

function answer(body: string): string {
  return `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`
}

function drip(socket: Socket): void {
  socket.write('HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n')
  const timer = setInterval(() => socket.write(' '), DRIP_MS)
  socket.on('close', () => clearInterval(timer))
}
