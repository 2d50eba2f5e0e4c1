/** A client that does nothing wrong: one whole exchange a second, with one service after the other. */
import {readFileSync} from 'node:fs'
import {request} from 'node:https'
import {connect} from 'node:net'
import {setTimeout as sleep} from 'node:timers/promises'
import {Client} from 'ssh2'

export interface RightClientJob {
  readonly targets: readonly {readonly ip: string; readonly port: number; readonly service: string}[]
  readonly source: string
  readonly seconds: number
  /** Of `root`. */
  readonly password: string
}

export interface Exchange {
  readonly service: string
  readonly ms: number
  /** Null: it was as it should be. */
  readonly failure: string | null
}

/** Nobody waits for longer; a busy machine is slow, but not that slow. */
const LIMIT_MS = 20_000
const {targets, source, seconds, password}: RightClientJob = JSON.parse(readFileSync(0, 'utf8'))
type Target = RightClientJob['targets'][number]

/** What is said, each after an answer that matches. */
const DIALOGUES: Readonly<Record<string, readonly (readonly [expected: RegExp | null, say: string])[]>> = {
  http: [
    [null, 'GET / HTTP/1.1\r\nHost: web\r\nConnection: close\r\n\r\n'],
    [/^HTTP\/1\.[01] [2-4]\d\d /, ''],
  ],
  redis: [
    [null, 'PING\r\n'],
    [/^\+PONG/, 'QUIT\r\n'],
  ],
  ftp: [
    [/^220/, 'USER backup\r\n'],
    // A wrong password would be waited for: servers are slow to say so.
    [/331 /, 'QUIT\r\n'],
  ],
  smtp: [
    [/^220 /, 'EHLO client\r\n'],
    [/^250 /m, 'QUIT\r\n'],
  ],
  imap: [
    [/^\* OK/, 'a1 CAPABILITY\r\n'],
    [/^a1 OK/m, 'a2 LOGOUT\r\n'],
  ],
  mysql: [[/^[\x00-\xff]{3}\0\x0a\d+\./, '']],
  telnet: [
    [/login: $|Username: $/, 'root\r\n'],
    [/assword: $/, ''],
  ],
}

/** Of every option of Telnet (RFC 854): a terminal that can nothing. */
function refusals(text: string): string {
  const answers: Readonly<Record<string, string>> = {'\xfd': '\xfc', '\xfb': '\xfe'}
  return [...text.matchAll(/\xff([\xfb\xfd])([\x00-\xff])/g)]
    .map(([, verb = '', option]) => `\xff${answers[verb]}${option}`)
    .join('')
}

function spoken({ip, port, service}: Target): Promise<void> {
  const steps = [...(DIALOGUES[service] ?? [])]
  const socket = connect({host: ip, port, localAddress: source, noDelay: true})
  let heard = ''
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`silence after "${heard.slice(-100)}"`)), LIMIT_MS)
    const next = (): void => {
      const [expected = null, say = ''] = steps[0] ?? []
      if (expected !== null && !expected.test(heard)) return
      steps.shift()
      heard = ''
      if (say !== '') socket.write(say)
      if (steps.length === 0) {
        clearTimeout(timer)
        resolve()
        socket.end()
      } else if (steps[0]?.[0] === null) next()
    }
    socket.on('connect', () => steps[0]?.[0] === null && next())
    socket.on('data', (chunk) => {
      const text = chunk.toString('latin1')
      const refused = refusals(text)
      if (service === 'telnet' && refused !== '') socket.write(refused, 'latin1')
      heard += text
      if (steps.length > 0) next()
    })
    socket.on('error', reject)
    socket.on('close', () => {
      clearTimeout(timer)
      reject(new Error(`closed after "${heard.slice(-100)}"`))
    })
  })
}

function viaTls({ip, port}: Target): Promise<void> {
  return new Promise((resolve, reject) => {
    const options = {host: ip, port, localAddress: source, rejectUnauthorized: false, agent: false, timeout: LIMIT_MS}
    const asked = request(options, (response) => {
      response.resume()
      response.on('end', resolve)
    })
    asked.on('timeout', () => asked.destroy(new Error('silence')))
    asked.on('error', reject)
    asked.end()
  })
}

function viaSsh({ip, port}: Target): Promise<void> {
  const client = new Client()
  return new Promise((resolve, reject) => {
    client.on('error', reject)
    client.on('ready', () => {
      client.exec('id', (error, channel) => {
        if (error !== undefined) return reject(error)
        let said = ''
        channel.on('data', (chunk: Buffer) => {
          said += chunk.toString()
        })
        channel.on('close', () => {
          if (said.includes('uid=0')) resolve()
          else reject(new Error(`id said "${said}"`))
          client.end()
        })
      })
    })
    client.on('close', () => reject(new Error('closed')))
    client.connect({host: ip, port, localAddress: source, username: 'root', password, readyTimeout: LIMIT_MS})
  })
}

async function exchange(target: Target): Promise<Exchange> {
  const {service} = target
  const startedAt = performance.now()
  const told = (failure: string | null): Exchange => ({service, ms: Math.round(performance.now() - startedAt), failure})
  try {
    if (service === 'ssh') await viaSsh(target)
    else if (service === 'https') await viaTls(target)
    else await spoken(target)
    return told(null)
  } catch (error) {
    return told(error instanceof Error ? error.message : String(error))
  }
}

const exchanges: Promise<Exchange>[] = []
for (let second = 0; second < seconds; second++) {
  const target = targets[second % targets.length]
  if (target !== undefined) exchanges.push(exchange(target))
  await sleep(1000)
}
process.stdout.write(JSON.stringify(await Promise.all(exchanges)))
