/**
 * Asks a real server what the corpus asks, and writes its answers: `node test/decoy/services/ntp/record.ts ADDRESS SERVER
 * > FILE`. It is to run in a network namespace of its own, with `chronyd -x` on an address of it that has its time from
 * another one with `local stratum 2`.
 */
import {createSocket} from 'node:dgram'

import {QUESTIONS} from './corpus.ts'

const [address = '', server = ''] = process.argv.slice(2)
const SILENT_MS = 700

function ask(bytes: Buffer): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4')
    const done = (reply: string | null): void => {
      clearTimeout(timer)
      socket.close()
      resolve(reply)
    }
    const timer = setTimeout(() => done(null), SILENT_MS)
    socket.on('message', (reply) => done(reply.toString('hex')))
    socket.send(bytes, 123, address)
  })
}

const answers: Record<string, string | null> = {}
for (const [name, bytes] of QUESTIONS) answers[name] = await ask(bytes)
process.stdout.write(`${JSON.stringify({server, answers}, null, 2)}\n`)
