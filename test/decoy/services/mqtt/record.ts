/**
 * Records what a real Mosquitto answers to the corpus: `node record.ts OPEN_PORT PASSWORD_PORT FILE`. Both have one
 * listener; the first `allow_anonymous true`, the second a password file with `app` and `secret`.
 */
import {writeFileSync} from 'node:fs'
import {connect} from 'node:net'

import {CONNECTS, type Corpus, DIALOGUES} from './corpus.ts'

/** A real broker answers within microseconds; silence this long means that there is no answer. */
const QUIET_MS = 40

/** One reply per write, hex; a connection that is closed ends the list with `closed` or `reset`. */
function converse(port: number, writes: readonly Buffer[]): Promise<string[]> {
  return new Promise((resolve) => {
    const socket = connect({port, host: '127.0.0.1', noDelay: true})
    const replies: string[] = []
    let current = ''
    let how = 'closed'
    const next = () => {
      socket.write(writes[replies.length] ?? Buffer.alloc(0))
      timer = setTimeout(step, QUIET_MS)
    }
    const step = () => {
      replies.push(current)
      current = ''
      if (replies.length < writes.length) next()
      else resolve(replies)
      if (replies.length >= writes.length) socket.destroy()
    }
    let timer = setTimeout(() => {}, 0)
    socket.on('connect', next)
    socket.on('data', (chunk) => {
      current += chunk.toString('hex')
      clearTimeout(timer)
      timer = setTimeout(step, QUIET_MS)
    })
    socket.on('error', () => {
      how = 'reset'
    })
    socket.on('close', () => {
      clearTimeout(timer)
      resolve(current === '' ? [...replies, how] : [...replies, current, how])
    })
  })
}

const [open, closed, file] = process.argv.slice(2)
const record = async (corpus: Corpus, port: number) => {
  const recorded: Record<string, string[]> = {}
  for (const [name, writes] of Object.entries(corpus)) recorded[name] = await converse(port, writes)
  return recorded
}
const all = {
  version: '2.0.11',
  open: await record(CONNECTS, Number(open)),
  password: await record(CONNECTS, Number(closed)),
  dialogues: await record(DIALOGUES, Number(open)),
}
writeFileSync(file ?? 'golden.json', `${JSON.stringify(all, null, 1)}\n`)
process.exit()
