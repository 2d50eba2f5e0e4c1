import {connect, type Socket} from 'node:net'
import {afterEach, describe, expect, it} from 'vitest'

import {answersTcp} from '../../src/decoy/self-test.ts'
import {
  type Action,
  CLOSE,
  type Link,
  listen,
  type ProtocolSession,
  report,
  type SideChannel,
  type TcpHandler,
  UNLISTEN,
  write,
} from '../../src/decoy/service.ts'
import {eventually, type Served, serve} from '../support/serve.ts'

/** Every line opens a port; what comes over it is said on the session. `!` closes it. */
class Opener implements ProtocolSession {
  open(): Action[] {
    return [write('hello\n')]
  }

  feed(bytes: Buffer): Action[] {
    return bytes.includes('!') ? [UNLISTEN, write('closed by us\n')] : [listen(channel()), write('after\n')]
  }

  end(): Action[] {
    return [CLOSE]
  }
}

function channel(): SideChannel {
  const side = (session: Link): ProtocolSession => ({
    authenticated: true,
    open: () => [write('side\n')],
    feed: (bytes) => {
      session.perform([write(`got ${bytes.toString()}\n`)])
      return []
    },
    end: () => [CLOSE],
  })
  return {
    listening: (port) => [write(`port ${port}\n`)],
    connected: (_, {session}) => side(session),
    closed: () => [write('side closed\n'), report({event: 'request', data: {action: 'side closed'}})],
  }
}

const HANDLER: TcpHandler = {kind: 'protocol', session: () => new Opener()}
let served: Served | null = null
const sockets: Socket[] = []

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy()
  await served?.close()
})

function dial(port: number, localAddress = '127.0.0.1') {
  const heard = {text: '', gone: false}
  const socket = connect({host: '127.0.0.1', port, localAddress})
  sockets.push(socket)
  socket.on('data', (chunk: Buffer) => {
    heard.text += chunk.toString()
  })
  socket.on('error', () => {
    heard.gone = true
  })
  socket.on('close', () => {
    heard.gone = true
  })
  return {socket, heard}
}

async function opened(): Promise<{session: ReturnType<typeof dial>; port: number}> {
  served = await serve(HANDLER)
  const session = dial(served.port)
  session.socket.write('x\n')
  const match = await eventually(() => /port (\d+)\nafter\n/.exec(session.heard.text) ?? undefined)
  return {session, port: Number(match[1])}
}

describe('a side port', () => {
  it('carries one connection of the peer, and what comes of it is performed on the session', async () => {
    const {session, port} = await opened()
    const side = dial(port)
    await eventually(() => side.heard.text === 'side\n')
    side.socket.write('news')
    await eventually(() => session.heard.text.includes('got news\n'))
    side.socket.end()
    await eventually(() => session.heard.text.endsWith('side closed\n'))
    const late = dial(port)
    await eventually(() => late.heard.gone)
    expect(late.heard.text).toBe('')
    expect(served?.named('session.start')).toHaveLength(1)
  })

  it('takes nobody else', async () => {
    const {port} = await opened()
    const stranger = dial(port, '127.0.0.9')
    await eventually(() => stranger.heard.gone)
    const side = dial(port)
    await eventually(() => side.heard.text === 'side\n')
  })

  it('is closed with its connection when the session says so, or opens another, or ends', async () => {
    const {session, port} = await opened()
    const first = dial(port)
    await eventually(() => first.heard.text === 'side\n')
    session.socket.write('y\n')
    const again = await eventually(
      () => /port \d+\nafter\n(?:.*\n)*?port (\d+)\nafter\n/.exec(session.heard.text) ?? undefined,
    )
    await eventually(() => first.heard.gone)
    // The port that was closed by the session itself says nothing more; what it leaves is recorded.
    expect(session.heard.text).not.toContain('side closed')
    await eventually(() => served?.named('request').length === 1)
    const second = dial(Number(again[1]))
    await eventually(() => second.heard.text === 'side\n')
    session.socket.write('!\n')
    await eventually(() => second.heard.gone)
    session.socket.write('z\n')
    const last = await eventually(() => /closed by us\nport (\d+)\n/.exec(session.heard.text) ?? undefined)
    session.socket.destroy()
    await eventually(() => {
      const probe = dial(Number(last[1]))
      return probe.heard.gone || served?.named('session.end').length === 1
    })
  })

  it('is not to be had in a self-test, which says so', async () => {
    const service = {
      tcp: () => HANDLER,
      selfTest: () => ({send: Buffer.from('x'), accepts: (reply: Buffer) => reply.includes('port null\nafter\n')}),
    }
    expect(await answersTcp(service, 1)).toBe(true)
  })
})
