/**
 * Besiegers: so many sessions at once that say nothing, begin and stop, or drip a byte a second, and come back as soon as
 * they are closed. What they met is printed at the end.
 */
import {readFileSync} from 'node:fs'
import {connect} from 'node:net'
import {setTimeout as sleep} from 'node:timers/promises'

export interface SiegeJob {
  readonly targets: readonly {readonly ip: string; readonly port: number; readonly service: string}[]
  readonly sources: readonly string[]
  readonly sessions: number
  readonly seconds: number
}

export interface SiegeResult {
  /** Connections that the kernel completed. */
  readonly connected: number
  /** Most of them open at once. */
  readonly held: number
  /** The longest that one of a service was open before the decky closed it, in milliseconds. */
  readonly longest: Readonly<Record<string, number>>
  /** Of those that were still open at the end: the age of the oldest one by service, in milliseconds. */
  readonly oldest: Readonly<Record<string, number>>
}

/** How a right client begins, and what goes on after that without end. */
const BEGINNINGS: Readonly<Record<string, readonly [begin: string, drip: string]>> = {
  http: ['GET / HTTP/1.1\r\nHost: web\r\n', 'X-A: b\r\n'],
  https: ['\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', '\x00'],
  ssh: ['SSH-2.0-OpenSSH_', '9'],
  telnet: ['root', 'a'],
  redis: ['*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$1000000\r\n', 'x'],
  ftp: ['USER ', 'a'],
  smtp: ['EHLO ', 'a'],
  imap: ['a1 LOGIN ', 'a'],
  mysql: ['\x20\x00\x01\x01\x85\xa6', '\x00'],
}
const DRIP_MS = 1000
/** A besieger that was refused tries again after this. */
const AGAIN_MS = 1000

const {targets, sources, sessions, seconds}: SiegeJob = JSON.parse(readFileSync(0, 'utf8'))
const endsAt = performance.now() + seconds * 1000
const open = new Map<object, {service: string; since: number}>()
const longest: Record<string, number> = {}
let connected = 0
let held = 0

function session(index: number): Promise<void> {
  const target = targets[index % targets.length]
  const localAddress = sources[Math.floor(index / targets.length) % sources.length]
  if (target === undefined || localAddress === undefined) throw new Error('nobody to besiege')
  const [begin, drip] = BEGINNINGS[target.service] ?? ['', 'x']
  const kind = index % 3
  const socket = connect({host: target.ip, port: target.port, localAddress})
  let dripping: NodeJS.Timeout | undefined
  let since = 0
  socket.on('connect', () => {
    connected++
    since = performance.now()
    open.set(socket, {service: target.service, since})
    held = Math.max(held, open.size)
    if (kind > 0) socket.write(begin, 'latin1')
    if (kind > 1) dripping = setInterval(() => socket.write(drip, 'latin1'), DRIP_MS)
  })
  socket.resume()
  return new Promise((resolve) => {
    const leaving = setTimeout(() => socket.destroy(), endsAt - performance.now())
    socket.on('error', () => {})
    socket.on('close', () => {
      clearInterval(dripping)
      clearTimeout(leaving)
      if (open.delete(socket) && performance.now() < endsAt) {
        longest[target.service] = Math.max(longest[target.service] ?? 0, Math.round(performance.now() - since))
      }
      resolve()
    })
  })
}

async function besieger(index: number): Promise<void> {
  await sleep((index * AGAIN_MS) / sessions)
  while (performance.now() < endsAt) {
    await session(index)
    await sleep(AGAIN_MS)
  }
}

const result = (): SiegeResult => {
  const now = performance.now()
  const ages: Record<string, number> = {}
  for (const {service, since} of open.values()) ages[service] = Math.max(ages[service] ?? 0, Math.round(now - since))
  return {connected, held, longest, oldest: ages}
}

let atTheEnd: SiegeResult | null = null
setTimeout(
  () => {
    atTheEnd = result()
  },
  seconds * 1000 - 100,
)
await Promise.all(Array.from({length: sessions}, (_, index) => besieger(index)))
process.stdout.write(JSON.stringify(atTheEnd ?? result()))
