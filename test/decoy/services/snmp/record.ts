/**
 * Asks a real snmpd what the corpus asks, and writes its answers: `node test/decoy/services/snmp/record.ts PORT > FILE`.
 * It is to run on the loopback of a network namespace of its own (`snmpset` of an interface's state takes effect), on a
 * machine called `vm`: `snmpd -f -C -c FILE udp:127.0.0.1:PORT` with `rocommunity public`, `rwcommunity private` and
 * `sysServices 72`.
 */
import {createSocket} from 'node:dgram'

import {DISCOVERIES, QUESTIONS, UNANSWERED} from './corpus.ts'

const port = Number(process.argv[2])
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
    socket.send(bytes, port, '127.0.0.1')
  })
}

const answers: Record<string, string | null> = {}
const all = [...QUESTIONS, ...UNANSWERED, ...DISCOVERIES]
for (const [name, bytes] of all) answers[name] = await ask(bytes)
process.stdout.write(`${JSON.stringify({server: 'Net-SNMP 5.9.3 of Debian 12', answers}, null, 2)}\n`)
