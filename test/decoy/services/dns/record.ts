/**
 * Records what real servers answer to the corpus: `node record.ts OPEN_PORT CLOSED_PORT FILE`. Both are of one version
 * and have the zones of `bind.test.ts`, on 127.0.0.1 over UDP and TCP; one lets anybody transfer them, the
 * other nobody, and has `server-id "edge-7"`.
 */
import {createSocket} from 'node:dgram'
import {writeFileSync} from 'node:fs'
import {connect} from 'node:net'

import {framed} from './client.ts'
import {CORPUS, IDENTITY, TRANSFERS} from './corpus.ts'

/** A real server answers within microseconds; silence this long means that there is no answer. */
const QUIET_MS = 150
/** BIND answers three questions a second for its built-in zones, and drops the others. */
const PAUSE_MS = 400

function overUdp(port: number, question: Buffer): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4')
    const done = (reply: string | null) => {
      clearTimeout(timer)
      socket.close()
      resolve(reply)
    }
    const timer = setTimeout(() => done(null), QUIET_MS)
    socket.on('message', (reply) => done(reply.toString('hex')))
    socket.send(question, port, '127.0.0.1')
  })
}

function overTcp(port: number, question: Buffer): Promise<string> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    const socket = connect(port, '127.0.0.1')
    let timer = setTimeout(() => {}, 0)
    const wait = () => {
      clearTimeout(timer)
      timer = setTimeout(() => socket.destroy(), QUIET_MS)
    }
    socket.on('connect', () => socket.write(framed(question)))
    socket.on('data', (chunk) => {
      chunks.push(chunk)
      wait()
    })
    socket.on('error', () => {})
    socket.on('close', () => resolve(Buffer.concat(chunks).toString('hex')))
    wait()
  })
}

const [open, closed, file] = process.argv.slice(2)
const record = async <T>(corpus: Readonly<Record<string, Buffer>>, ask: (question: Buffer) => Promise<T>) => {
  const recorded: Record<string, T> = {}
  for (const [name, question] of Object.entries(corpus)) {
    recorded[name] = await ask(question)
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
  }
  return recorded
}
const golden = {
  udp: await record(CORPUS, (question) => overUdp(Number(open), question)),
  tcp: await record(TRANSFERS, (question) => overTcp(Number(open), question)),
  identity: await record(IDENTITY, (question) => overUdp(Number(closed), question)),
  closed: await record(TRANSFERS, (question) => overTcp(Number(closed), question)),
}
writeFileSync(file ?? 'golden.json', `${JSON.stringify(golden, null, 2)}\n`)
