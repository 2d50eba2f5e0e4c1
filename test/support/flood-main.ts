/** A flood of connections to services that speak first; each ends with the first answer, whatever that is. */
import {readFileSync} from 'node:fs'
import {connect} from 'node:net'

export interface FloodJob {
  readonly targets: readonly {readonly ip: string; readonly port: number}[]
  readonly sources: readonly string[]
  readonly connects: number
  /** How many are under way together. */
  readonly abreast: number
}

export interface FloodResult {
  /** The decky said its greeting. */
  readonly greeted: number
  /** It was taken back. */
  readonly reset: number
  /** Nothing came, or no connection. */
  readonly unanswered: number
  readonly ms: number
}

const SILENCE_MS = 30_000
const {targets, sources, connects, abreast}: FloodJob = JSON.parse(readFileSync(0, 'utf8'))
const counts = {greeted: 0, reset: 0, unanswered: 0}
let left = connects

function one(index: number): Promise<keyof typeof counts> {
  const target = targets[index % targets.length]
  const localAddress = sources[Math.floor(index / targets.length) % sources.length]
  if (target === undefined || localAddress === undefined) throw new Error('nobody to flood')
  const socket = connect({host: target.ip, port: target.port, localAddress})
  let connected = false
  return new Promise((resolve) => {
    socket.setTimeout(SILENCE_MS, () => {
      resolve('unanswered')
      socket.destroy()
    })
    socket.on('connect', () => {
      connected = true
    })
    socket.once('data', () => {
      resolve('greeted')
      socket.destroy()
    })
    // A reset may come so soon that the connection is never seen.
    socket.on('error', ({code}: NodeJS.ErrnoException) =>
      resolve(connected || code === 'ECONNRESET' ? 'reset' : 'unanswered'),
    )
    socket.on('close', () => resolve(connected ? 'reset' : 'unanswered'))
  })
}

const startedAt = performance.now()
await Promise.all(
  Array.from({length: abreast}, async () => {
    while (left > 0) counts[await one(--left)]++
  }),
)
const result: FloodResult = {...counts, ms: Math.round(performance.now() - startedAt)}
process.stdout.write(JSON.stringify(result))
