/**
 * Records what a real tftpd-hpa answers: `node record.ts ADDRESS PORT DIRECTORY FILE`, with `in.tftpd --listen --create
 * --secure --address ADDRESS:PORT DIRECTORY` running on a loopback address and the directory writable for its user.
 */
import {createSocket} from 'node:dgram'
import {writeFileSync} from 'node:fs'

import {CORPUS, FILES} from './corpus.ts'

/** The server repeats itself after a second; whatever comes sooner is an answer. */
const QUIET_MS = 500

function converse(address: string, port: number, packets: readonly string[]): Promise<(string | null)[]> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4')
    const replies: (string | null)[] = []
    let to = port
    const next = (): void => {
      const packet = packets[replies.length]
      if (packet === undefined) {
        socket.close()
        resolve(replies)
        return
      }
      timer = setTimeout(() => take(null), QUIET_MS)
      socket.send(Buffer.from(packet, 'latin1'), to, address)
    }
    const take = (reply: string | null): void => {
      clearTimeout(timer)
      replies.push(reply)
      next()
    }
    let timer = setTimeout(() => {}, 0)
    socket.on('message', (bytes, source) => {
      to = source.port
      take(bytes.toString('latin1'))
    })
    socket.bind(0, '127.0.0.1', next)
  })
}

const [address = '127.0.0.1', port = '6969', directory = '.', file = 'golden.json'] = process.argv.slice(2)
for (const [name, content] of Object.entries(FILES)) writeFileSync(`${directory}/${name}`, content)
const recorded: Record<string, (string | null)[]> = {}
for (const [name, packets] of Object.entries(CORPUS)) recorded[name] = await converse(address, Number(port), packets)
writeFileSync(file, `${JSON.stringify({server: 'tftpd-hpa 5.2+20150808-1.4', recorded}, null, 2)}\n`)
