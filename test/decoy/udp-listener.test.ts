/** Who is answered over UDP, with real sockets. */
import {createSocket, type Socket} from 'node:dgram'
import {connect} from 'node:net'
import {afterEach, describe, expect, it} from 'vitest'

import {deckyScope} from '../../src/decoy/decky-scope.ts'
import {Evidence} from '../../src/decoy/evidence.ts'
import {DEFAULT_LIMITS} from '../../src/decoy/limits.ts'
import {type Listener, listenTcp} from '../../src/decoy/listener.ts'
import {ProvenSources} from '../../src/decoy/proven-sources.ts'
import {CLOSE, type TcpHandler, type UdpHandler} from '../../src/decoy/service.ts'
import {listenUdp} from '../../src/decoy/udp-listener.ts'
import {eventually} from '../support/serve.ts'

const LONGER: UdpHandler = {datagram: (bytes) => ({replies: [Buffer.concat([bytes, bytes])], events: []})}
const SILENT: TcpHandler = {
  kind: 'protocol',
  session: () => ({open: () => [], feed: () => [], end: () => [CLOSE]}),
}

const open: (Listener | Socket)[] = []

afterEach(async () => {
  for (const each of open.splice(0)) await each.close()
})

function world() {
  const lines: string[] = []
  const evidence = new Evidence({sink: {write: (line: string) => lines.push(line) > 0}, eventsPerSecond: 100})
  const proven = new ProvenSources(() => false)
  return {scope: {...deckyScope('decky', '127.0.0.1', DEFAULT_LIMITS, evidence), proven}, evidence, lines}
}

async function asker(port: number) {
  const received: Buffer[] = []
  const socket = createSocket('udp4').on('message', (bytes) => received.push(bytes))
  open.push(socket)
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.2', resolve))
  return {received, ask: () => socket.send('ping', port, '127.0.0.1')}
}

describe('an answer longer than its question', () => {
  it('goes to a stranger only once it completed a TCP handshake', async () => {
    const {scope, evidence, lines} = world()
    const udp = await listenUdp(scope, 'test', 0, LONGER)
    const tcp = await listenTcp(scope, 'test', 0, SILENT)
    open.push(udp, tcp)
    const {received, ask} = await asker(udp.port)
    ask()
    await eventually(() => {
      evidence.flush()
      return lines.some((line) => line.includes('reply-budget'))
    })
    expect(received).toEqual([])
    const caller = connect({host: '127.0.0.1', port: tcp.port, localAddress: '127.0.0.2'})
    await eventually(() => scope.proven.trust('127.0.0.2', Date.now()) === 'handshake')
    caller.destroy()
    ask()
    await eventually(() => received.length > 0)
    expect(received.map(String)).toEqual(['pingping'])
  })
})
