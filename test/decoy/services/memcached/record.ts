/** Records what a real memcached answers to the corpus: `node record.ts PORT FILE`, a server with the flags of Debian's package. */
import {writeFileSync} from 'node:fs'
import {connect} from 'node:net'

import {CORPUS} from './corpus.ts'

/** A real server answers within microseconds; silence this long means that there is no answer. */
const QUIET_MS = 40

/** One reply per write, latin1; a closed connection ends the list with null. */
function converse(port: number, writes: readonly string[]): Promise<(string | null)[]> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    const replies: (string | null)[] = []
    let current = ''
    const next = () => {
      if (replies.length < writes.length) socket.write(writes[replies.length] ?? '', 'latin1')
      timer = setTimeout(step, QUIET_MS)
    }
    const step = () => {
      replies.push(current)
      current = ''
      if (replies.length < writes.length) next()
      else socket.destroy()
    }
    let timer = setTimeout(() => {}, 0)
    socket.on('connect', next)
    socket.on('data', (chunk) => {
      current += chunk.toString('latin1')
      clearTimeout(timer)
      timer = setTimeout(step, QUIET_MS)
    })
    socket.on('end', () => {
      clearTimeout(timer)
      replies.push(current, null)
      socket.destroy()
    })
    socket.on('close', () => resolve(replies))
    socket.on('error', () => replies.push(current, null))
  })
}

const [port, file] = process.argv.slice(2)
const recorded: Record<string, (string | null)[]> = {}
for (const [name, writes] of Object.entries(CORPUS)) {
  await converse(Number(port), ['flush_all\r\n'])
  // What was written in the second of the flush is flushed as well.
  await new Promise((resolve) => setTimeout(resolve, 1100))
  recorded[name] = await converse(Number(port), writes)
}
const version = (await converse(Number(port), ['version\r\n']))[0]?.trim()
writeFileSync(file ?? 'golden.json', `${JSON.stringify({version, recorded}, null, 1)}\n`)
