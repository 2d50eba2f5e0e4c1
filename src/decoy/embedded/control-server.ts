/** The control socket: one request and one reply a connection. Only the owner of the directory gets to it. */
import {chmodSync, rmSync} from 'node:fs'
import {createServer, type Server, type Socket} from 'node:net'

import {boundedMessage} from '../error-message.ts'
import {MAX_REQUEST, PROTOCOL_VERSION, type Refusal, type Reply, type Request} from './protocol.ts'
import {RefusedError} from './roster.ts'
import {socketPath} from './socket-path.ts'

/** How long a client may take to send its request. */
const REQUEST_MS = 10_000
const MAX_CLIENTS = 256
const LINE_FEED = 0x0a

export type Handler = (request: Request) => Promise<object>

/** Needs the lock of the directory: a socket that is there already is a dead process's. */
export async function serveControl(directory: string, handler: Handler): Promise<Server> {
  const {path} = socketPath(directory)
  rmSync(path, {force: true})
  const server = createServer({allowHalfOpen: true}, (socket) => serve(socket, handler))
  server.maxConnections = MAX_CLIENTS
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(path, () => {
      server.off('error', reject)
      server.on('error', () => {})
      resolve()
    })
  })
  chmodSync(path, 0o600)
  return server
}

function serve(socket: Socket, handler: Handler): void {
  const chunks: Buffer[] = []
  let size = 0
  socket.on('error', () => {})
  socket.setTimeout(REQUEST_MS, () => socket.destroy())
  const receive = (chunk: Buffer): void => {
    chunks.push(chunk)
    size += chunk.length
    if (size > MAX_REQUEST) socket.destroy()
    else if (chunk.includes(LINE_FEED)) {
      socket.off('data', receive)
      socket.setTimeout(0)
      void answer(Buffer.concat(chunks).toString('utf8'), handler).then((reply) => {
        socket.end(`${JSON.stringify(reply)}\n`)
      })
    }
  }
  socket.on('data', receive)
  socket.on('end', () => {
    if (!chunks.some((chunk) => chunk.includes(LINE_FEED))) socket.destroy()
  })
}

/** Never rejects. */
async function answer(text: string, handler: Handler): Promise<Reply> {
  try {
    return {v: PROTOCOL_VERSION, ok: true, result: await handler(parseRequest(text))}
  } catch (error) {
    return {v: PROTOCOL_VERSION, ok: false, refusal: refusalOf(error)}
  }
}

function parseRequest(text: string): Request {
  const value: unknown = JSON.parse(text.slice(0, text.indexOf('\n')))
  const request = (typeof value === 'object' && value !== null ? value : {}) as Request
  if (request.v !== PROTOCOL_VERSION || typeof request.op !== 'string') {
    throw new RefusedError({code: 'bad-request', message: `not a request of version ${PROTOCOL_VERSION}`})
  }
  return request
}

function refusalOf(error: unknown): Refusal {
  if (error instanceof RefusedError) return error.refusal
  if (error instanceof SyntaxError) return {code: 'bad-request', message: 'the request is no JSON'}
  return {code: 'internal', message: boundedMessage(error)}
}
