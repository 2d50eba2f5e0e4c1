/** Asks in datagrams, each question again and again from an address of its own, and hears what comes back. */
import {createSocket} from 'node:dgram'
import {readFileSync} from 'node:fs'
import {connect} from 'node:net'
import {setTimeout as sleep} from 'node:timers/promises'

export interface AskerJob {
  readonly questions: readonly {
    readonly source: string
    readonly ip: string
    readonly port: number
    /** Base64. */
    readonly bytes: string
    readonly times: number
    /** A TCP port to connect to first, for those who are to be proven. */
    readonly knock?: number
  }[]
  /** Of each question; 0: all at once. */
  readonly perSecond: number
}

/** Answers come within milliseconds; a busy machine needs more. */
const LISTEN_MS = 1300
const TICK_MS = 50
const {questions, perSecond}: AskerJob = JSON.parse(readFileSync(0, 'utf8'))

async function ask({source, ip, port, bytes, times, knock}: AskerJob['questions'][number]): Promise<void> {
  if (knock !== undefined) await completed(source, ip, knock)
  const socket = createSocket('udp4')
  await new Promise<void>((resolve) => socket.bind({address: source}, resolve))
  const datagram = Buffer.from(bytes, 'base64')
  const startedAt = performance.now()
  for (let sent = 0; sent < times; ) {
    const due = perSecond === 0 ? times : Math.ceil(((performance.now() - startedAt + TICK_MS) * perSecond) / 1000)
    for (; sent < Math.min(times, due); sent++) {
      await new Promise((resolve) => socket.send(datagram, port, ip, resolve))
    }
    await sleep(TICK_MS)
  }
  await sleep(LISTEN_MS)
  socket.close()
}

function completed(localAddress: string, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({host, port, localAddress})
    socket.on('error', reject)
    // Until the decky speaks or waits it may not have noticed.
    socket.on('connect', () => setTimeout(() => resolve(void socket.destroy()), 300))
  })
}

await Promise.all(questions.map(ask))
process.stdout.write('null')
