/**
 * Records what a real Engine answers to the corpus: `node record.ts PORT FILE`. It listens without TLS on the loopback,
 * and has no containers and one image: `tar -C ROOT -c . | docker import -c 'CMD ["sh"]' - busybox:1.36`, where ROOT is a
 * file system with BusyBox.
 */
import {writeFileSync} from 'node:fs'
import {connect} from 'node:net'

import {CORPUS, FAULTS, idOf, requestOf} from './corpus.ts'

/** A container takes a moment to start and to end. */
const QUIET_MS = 700

function ask(port: number, bytes: Buffer): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes))
    const chunks: Buffer[] = []
    const done = (): void => {
      socket.destroy()
      resolve(Buffer.concat(chunks).toString('latin1'))
    }
    socket.setTimeout(QUIET_MS, done)
    socket.on('data', (chunk) => chunks.push(chunk))
    socket.on('end', done)
    socket.on('error', reject)
  })
}

const [port = '2375', file = 'golden.json'] = process.argv.slice(2)
const saved = new Map<string, string>()
const replies: Record<string, string> = {}
for (const step of CORPUS) {
  const reply = await ask(Number(port), requestOf(step, saved))
  const id = step.saves === undefined ? undefined : idOf(reply)
  if (step.saves !== undefined && id !== undefined) saved.set(step.saves, id)
  replies[step.name] = reply
}
const faults: Record<string, string> = {}
for (const [name, text] of Object.entries(FAULTS)) faults[name] = await ask(Number(port), Buffer.from(text, 'latin1'))
writeFileSync(file, `${JSON.stringify({replies, faults}, null, 1)}\n`)
