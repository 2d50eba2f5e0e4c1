/**
 * Records what a real Redis answers to the corpus: `node record.ts PORT PASSWORD_PORT FILE`. The two servers are of
 * one version, empty, on the loopback; the second runs with `--requirepass secret`.
 */
import {writeFileSync} from 'node:fs'
import {connect} from 'node:net'

import {CORPUS, CORPUS_WITH_PASSWORD} from './corpus.ts'

/** A real server answers within microseconds; silence this long means that there is no answer. */
const QUIET_MS = 25

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
    // A server that closes with unread input resets the connection; 'close' follows.
    socket.on('error', () => replies.push(current, null))
  })
}

const [port, passwordPort, file] = process.argv.slice(2)
const record = async (corpus: Readonly<Record<string, readonly string[]>>, at: number) => {
  const recorded: Record<string, (string | null)[]> = {}
  for (const [name, writes] of Object.entries(corpus)) {
    await converse(at, ['FLUSHALL\r\n', 'SCRIPT FLUSH\r\n'])
    recorded[name] = await converse(at, writes)
  }
  return recorded
}
writeFileSync(
  file ?? 'golden.json',
  `${JSON.stringify(
    {open: await record(CORPUS, Number(port)), password: await record(CORPUS_WITH_PASSWORD, Number(passwordPort))},
    null,
    1,
  )}\n`,
)
