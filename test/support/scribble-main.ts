/** An intruder who writes as much as he can, on every path that leads into the log, for so many seconds. */
import {createSocket} from 'node:dgram'
import {once} from 'node:events'
import {readFileSync} from 'node:fs'
import {connect, type Socket} from 'node:net'
import {setTimeout as sleep} from 'node:timers/promises'
import {Client} from 'ssh2'

export interface ScribbleJob {
  readonly targets: readonly {readonly ip: string; readonly port: number; readonly service: string}[]
  readonly sources: readonly string[]
  readonly seconds: number
  /** Of `root`. */
  readonly password: string
}

/** What was sent, by the way that it went. */
export type ScribbleResult = Readonly<Record<string, number>>

const {targets, sources, seconds, password}: ScribbleJob = JSON.parse(readFileSync(0, 'utf8'))
const sent: Record<string, number> = {}
const did = (what: string): void => {
  sent[what] = (sent[what] ?? 0) + 1
}

/** Bytes that are escaped make the longest lines. */
const LINE = '\x01'.repeat(6000)
const FILE = Buffer.alloc(48 * 1024, 7)
const AGAIN_MS = 200
const HEAD_START_MS = 10_000

interface Way {
  readonly ip: string
  readonly port: number
  readonly localAddress: string
}

/** Until the process ends or the decky has enough. */
type Run = (way: Way) => Promise<void>

async function connected(way: Way): Promise<Socket> {
  const socket = connect({host: way.ip, port: way.port, localAddress: way.localAddress})
  // Whoever waits for it is told by the promise of `once`.
  socket.on('error', () => {})
  await once(socket, 'connect')
  return socket
}

/** The same again and again, as fast as it is read. */
async function pour(way: Way, bytes: Buffer, what: string): Promise<void> {
  const socket = await connected(way)
  socket.resume()
  while (!socket.destroyed) {
    did(what)
    if (!socket.write(bytes)) await Promise.race([once(socket, 'drain'), once(socket, 'close')])
  }
  socket.destroy()
}

const request = Buffer.from(
  `GET /${'%01'.repeat(1500)} HTTP/1.1\r\nHost: web\r\nUser-Agent: ${'\u00ff'.repeat(3000)}\r\n\r\n`,
  'latin1',
)
const command = Buffer.from(`*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$${LINE.length}\r\n${LINE}\r\n`, 'latin1')

async function datagrams({ip, port, localAddress}: Way): Promise<void> {
  const socket = createSocket('udp4')
  await new Promise<void>((resolve) => socket.bind({address: localAddress}, resolve))
  const label = `${String.fromCharCode(63)}${'\x01'.repeat(63)}`
  const query = Buffer.from(`\x13\x37\x01\0\0\x01\0\0\0\0\0\0${label.repeat(3)}\0\0\xff\0\x01`, 'latin1')
  for (;;) {
    for (let burst = 0; burst < 5; burst++) socket.send(query, port, ip, () => {})
    did('datagrams')
    await sleep(20)
  }
}

async function commands(way: Way): Promise<void> {
  const client = await loggedIn(way)
  for (;;) {
    await new Promise<void>((resolve, reject) => {
      client.exec(`echo ${LINE}`, (error, channel) => {
        if (error !== undefined) return reject(error)
        channel.on('close', () => resolve()).resume()
        channel.stderr.resume()
      })
    })
    did('ssh commands')
  }
}

async function uploads(way: Way): Promise<void> {
  const client = await loggedIn(way)
  for (let file = 0; ; file++) {
    await new Promise<void>((resolve, reject) => {
      client.sftp((error, sftp) => {
        if (error !== undefined) return reject(error)
        sftp.writeFile(`/tmp/${file}`, FILE, (failure) => {
          sftp.end()
          if (failure) reject(failure)
          else resolve()
        })
      })
    })
    did('uploads over SFTP')
  }
}

function loggedIn({ip, port, localAddress}: Way): Promise<Client> {
  const client = new Client()
  return new Promise((resolve, reject) => {
    client.on('ready', () => resolve(client))
    client.on('error', reject)
    client.on('close', () => reject(new Error('closed')))
    client.connect({host: ip, port, localAddress, username: 'root', password, readyTimeout: 20_000})
  })
}

/** One login, one upload after the other. */
async function ftpUploads(way: Way): Promise<void> {
  const socket = await connected(way)
  const answer = async (code: string): Promise<string> => {
    let heard = ''
    while (!new RegExp(`^${code} .*\\r\\n`, 'm').test(heard)) {
      const [chunk] = await once(socket, 'data', {signal: AbortSignal.timeout(5000)})
      heard += String(chunk)
    }
    return heard
  }
  await answer('220')
  for (const [line, code] of [
    ['USER root', '331'],
    [`PASS ${password}`, '230'],
    ['TYPE I', '200'],
  ] as const) {
    socket.write(`${line}\r\n`)
    await answer(code)
  }
  for (;;) {
    socket.write('PASV\r\n')
    const numbers = /\((?:\d+,){4}(\d+),(\d+)\)/.exec(await answer('227'))
    socket.write('STOR a.bin\r\n')
    const data = await connected({...way, port: Number(numbers?.[1]) * 256 + Number(numbers?.[2])})
    data.end(FILE)
    await answer('226')
    did('uploads over FTP')
  }
}

const UPLOADS = ['ssh commands', 'uploads over SFTP', 'uploads over FTP']

/** Of each service: what every source does, and what only one does because it costs the decky much time and little room. */
const WAYS: Readonly<Record<string, {readonly all?: Run; readonly one?: readonly Run[]}>> = {
  ssh: {one: [commands, uploads]},
  ftp: {all: (way) => pour(way, Buffer.from(`USER ${LINE}\r\n`, 'latin1'), 'FTP commands'), one: [ftpUploads]},
  http: {all: (way) => pour(way, request, 'HTTP requests')},
  redis: {
    all: (way) => pour(way, command, 'redis commands'),
    one: [(way) => pour(way, Buffer.from('INCR counter\r\n'.repeat(100)), 'hundreds of small redis commands')],
  },
  dns: {all: datagrams},
}

/** Without end; begins again where the decky goes away or refuses. */
async function persist(run: Run, way: Way): Promise<never> {
  for (;;) {
    try {
      await run(way)
    } catch {
      did('failures')
    }
    await sleep(AGAIN_MS)
  }
}

const each = (pick: (ways: (typeof WAYS)[string]) => readonly Run[], from: readonly string[]): void => {
  for (const {ip, port, service} of targets) {
    for (const run of pick(WAYS[service] ?? {})) {
      for (const localAddress of from) void persist(run, {ip, port, localAddress})
    }
  }
}

// Where many write, nobody gets in any more: those who log in come first, and the others once each of them has written.
each(({one = []}) => one, sources.slice(0, 1))
const latest = performance.now() + HEAD_START_MS
while (performance.now() < latest && UPLOADS.some((what) => sent[what] === undefined)) await sleep(50)
each(({all}) => (all === undefined ? [] : [all]), sources)
await sleep(seconds * 1000)
process.stdout.write(JSON.stringify(sent), () => process.exit(0))
