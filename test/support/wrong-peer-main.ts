/**
 * A server that stands where an Engine is expected, run as a process of its own inside a lab. It prints
 * `listening PORT`, then a line for each `connection`, and for each `request` that it could read. The argument is JSON.
 */
import {createServer as createHttpServer, type IncomingMessage, type ServerResponse} from 'node:http'
import {createServer as createHttpsServer} from 'node:https'
import type {AddressInfo} from 'node:net'

export interface PeerOptions {
  /** PEM; without them it speaks plain HTTP. */
  readonly key?: string
  readonly cert?: string
}

const options: PeerOptions = JSON.parse(process.argv[2] ?? '{}')

function answer(request: IncomingMessage, response: ServerResponse): void {
  console.log(`request ${request.method} ${request.url}`)
  response.setHeader('Content-Type', 'application/json')
  if (request.url?.includes('/version') !== true) return void response.writeHead(500).end('{"message":"a wrong peer"}')
  response.end(
    JSON.stringify({Version: '20.10.24', ApiVersion: '1.41', MinAPIVersion: '1.12', Os: 'linux', Arch: 'amd64'}),
  )
}

const {key, cert} = options
const server =
  key === undefined || cert === undefined ? createHttpServer(answer) : createHttpsServer({key, cert}, answer)
server.on('connection', () => console.log('connection'))
server.on('clientError', (_, socket) => socket.destroy())
server.on('tlsClientError', () => {})
server.listen(0, '127.0.0.1', () => console.log(`listening ${(server.address() as AddressInfo).port}`))
