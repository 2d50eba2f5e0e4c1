/** What every service has to stand, whoever sends it: one suite for all of them. */
import {connect, type Socket} from 'node:net'
import {describe, expect, it} from 'vitest'

import {DEFAULT_LIMITS, type Limits} from '../../src/decoy/limits.ts'
import type {Action, Connection, ProtocolSession, Service} from '../../src/decoy/service.ts'
import {hexOf, MOST_MS, MOST_RECORDED, MOST_WRITTEN, mutated} from './hostile-input.ts'
import {tallied} from './promise-tally.ts'
import {Random, seedOfRun} from './random.ts'
import {eventually, type Served, serve} from './serve.ts'
import {rounds, soaking} from './soak.ts'

export interface Subject {
  readonly name: string
  /** The TCP port of the manifest. */
  readonly port: number
  readonly service: () => Promise<Service>
  /** What right clients send, in pieces as they send them. The first is a whole conversation with a credential in it. */
  readonly dialogues: readonly (readonly Buffer[])[]
  /** True once these bytes show that the service serves somebody: the greeting, or the answer to `dialogues[0][0]`. */
  readonly served: (reply: Buffer) => boolean
}

const NOW = Date.parse('2026-03-04T05:06:07.089Z')
const MIB = 1024 * 1024
/** What a fuzzer makes of the dialogues of one subject. */
export const INPUTS = rounds(100_000, 100_000)
export const FUZZ_MS = soaking() ? 1_800_000 : 300_000
/** More than the sources may hold together. */
const IDLE = Math.max(1000, rounds(1000, 10_000))
/** Fifty connections each, opened and reset. */
const FLOOD = rounds(12, 400)

function openSession(service: Service, port: number, limits: Partial<Limits> = {}): ProtocolSession {
  const handler = service.tcp?.(port)
  if (handler?.kind !== 'protocol') throw new TypeError('the subject is no protocol')
  let drawn = 0
  const connection: Connection = {
    peer: {ip: '192.168.1.77', port: 40_000},
    local: {ip: '192.168.1.5', port},
    limits: {...DEFAULT_LIMITS, ...limits},
    now: () => NOW,
    random: (size) => Buffer.alloc(size, ++drawn),
  }
  return handler.session(connection)
}

/** Whether nothing is performed after this action. */
const isLast = ({type}: Action): boolean => type === 'close' || type === 'reset'

/** Feeds pieces until the session closes; what a client and the evidence would see of it. */
function play(session: ProtocolSession, pieces: Iterable<Buffer>): string[] {
  const seen = new Transcript()
  let over = seen.take(session.open())
  for (const piece of pieces) {
    if (over) break
    over = seen.take(session.feed(piece))
  }
  if (!over) seen.take(session.end())
  return seen.lines()
}

/** Actions in order, writes that follow each other joined: where they were cut is nobody's business. */
class Transcript {
  readonly #lines: string[] = []
  #pending: Buffer[] = []

  /** True once the session is over. */
  take(actions: readonly Action[]): boolean {
    for (const action of actions) {
      if (action.type === 'write') this.#pending.push(action.data)
      else if (action.type === 'upgrade') this.#add('upgrade')
      else this.#add(JSON.stringify(action))
      if (isLast(action) || action.type === 'upgrade') return true
    }
    return false
  }

  lines(): string[] {
    this.#flush()
    return this.#lines
  }

  #add(line: string): void {
    this.#flush()
    this.#lines.push(line)
  }

  #flush(): void {
    if (this.#pending.length > 0) this.#lines.push(`write ${Buffer.concat(this.#pending).toString('latin1')}`)
    this.#pending = []
  }
}

function* everyByte(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at++) yield bytes.subarray(at, at + 1)
}

/** Declares the tests of what a sans-IO service must stand. */
export function abuse(subject: Subject): void {
  describe(`${subject.name} under abuse`, () => {
    dissected(subject)
    besieged(subject)
  })
}

/** The same of what is inside of TLS, without connections: the siege of `https` is that of all such ports. */
export function abuseInside(subject: Omit<Subject, 'served'>): void {
  describe(`${subject.name} under abuse`, () => dissected(subject))
}

function dissected(subject: Omit<Subject, 'served'>): void {
  it.each(subject.dialogues.map((dialogue, index) => [index, dialogue] as const))(
    'does the same with dialogue %i wherever it is cut',
    {timeout: 60_000},
    async (_, dialogue) => {
      for (const piece of dialogue.keys()) await expectSameWhereverCut(subject, dialogue, piece)
    },
  )

  it('stands oversized input, and is done with it in time', {timeout: 60_000}, async () => {
    const service = await subject.service()
    for (const filler of ['\0', '\xff', 'A', '\n', '0', '\x30\x84']) {
      const chunk = Buffer.from(filler.repeat(16_384 / filler.length), 'latin1')
      const begun = performance.now()
      expectBounded(openSession(service, subject.port), Array<Buffer>(64).fill(chunk))
      expect(performance.now() - begun, `1 MiB of ${JSON.stringify(filler)}`).toBeLessThan(MOST_MS)
    }
  })

  it('never throws, never hangs and never says without end, whatever it reads', {timeout: FUZZ_MS}, async () => {
    const seed = seedOfRun()
    const service = await subject.service()
    const random = new Random(seed)
    await tallied('P25', `${subject.name}: mutated dialogues`, INPUTS, async () => {
      for (let input = 0; input < INPUTS; input++) {
        const pieces = mutated(random, subject.dialogues)
        try {
          expectBounded(openSession(service, subject.port), pieces)
        } catch (error) {
          throw new Error(`input ${input} of DECNET_SEED=${seed}: ${hexOf(pieces)}`, {cause: error})
        }
      }
    })
  })
}

/** Declares the tests with real connections; for services that own their stream they are all there are. */
export function besieged(subject: Omit<Subject, 'dialogues'> & Partial<Pick<Subject, 'dialogues'>>): void {
  const opening = subject.dialogues?.[0]?.[0]

  it(`serves the next client beside ${IDLE} idle connections`, {timeout: 120_000}, async () => {
    const server = await serve(await subject.service(), {port: subject.port, service: subject.name})
    const idle: Socket[] = []
    try {
      await tallied('P26', `${subject.name}: idle connections beside a client`, IDLE, async () => {
        for (let batch = 0; batch < IDLE / 100; batch++) {
          idle.push(
            ...(await Promise.all(Array.from({length: 100}, (_, at) => dial(server, `127.0.0.${2 + (at % 4)}`)))),
          )
        }
        await expectServed(server, subject, opening)
        expect(idle.filter((socket) => !socket.destroyed).length).toBeLessThanOrEqual(4 * 32)
        await expectRefusalRecorded(server)
      })
    } finally {
      for (const socket of idle) socket.destroy()
      await server.close()
    }
  })

  it('survives a flood that sends and resets', {timeout: 120_000}, async () => {
    const server = await serve(await subject.service(), {port: subject.port, service: subject.name})
    const before = process.memoryUsage().rss
    try {
      await tallied('P27', `${subject.name}: connections of a flood`, FLOOD * 50, async () => {
        for (let batch = 0; batch < FLOOD; batch++) {
          const flood = Array.from({length: 50}, async (_, at) => {
            const socket = await dial(server, `127.0.0.${2 + (at % 4)}`)
            socket.write(opening ?? Buffer.alloc(256, at))
            socket.resetAndDestroy()
          })
          await Promise.all(flood)
        }
        await expectServed(server, subject, opening)
        expect(process.memoryUsage().rss - before).toBeLessThan(200 * MIB)
      })
    } finally {
      await server.close()
    }
  })

  it('lets a slow client wait for its login no longer than the login grace', {timeout: 30_000}, async () => {
    const limits = {loginMs: 300, idleMs: 60_000}
    const server = await serve(await subject.service(), {port: subject.port, service: subject.name, limits})
    try {
      const socket = await dial(server, '127.0.0.1')
      const closed = new Promise((resolve) => socket.once('close', resolve))
      let at = 0
      const drip = setInterval(() => socket.write((opening ?? Buffer.alloc(1)).subarray(at % 4, (at++ % 4) + 1)), 50)
      socket.once('close', () => clearInterval(drip))
      await closed
      const [end] = await eventually(() => server.named('session.end').length > 0 && server.named('session.end'))
      expect(end?.data?.durationMs).toBeLessThan(10_000)
    } finally {
      await server.close()
    }
  })
}

async function expectSameWhereverCut(
  subject: Omit<Subject, 'served'>,
  dialogue: readonly Buffer[],
  cut: number,
): Promise<void> {
  const before = dialogue.slice(0, cut)
  const [piece = Buffer.alloc(0), ...after] = dialogue.slice(cut)
  const fresh = async () => openSession(await subject.service(), subject.port)
  const whole = play(await fresh(), dialogue)
  expect(play(await fresh(), [...before, ...everyByte(piece), ...after])).toEqual(whole)
  // Long pieces are cut at a hundred places: a service is made anew for each, so that none remembers another.
  const step = Math.max(1, Math.floor(piece.length / 100))
  for (let at = 1; at < piece.length; at += step) {
    const pieces = [...before, piece.subarray(0, at), piece.subarray(at), ...after]
    expect(play(await fresh(), pieces), `cut at ${at}`).toEqual(whole)
  }
}

function expectBounded(session: ProtocolSession, pieces: Iterable<Buffer>): void {
  const begun = performance.now()
  let written = 0
  let recorded = 0
  const take = (actions: readonly Action[]): boolean => {
    const last = actions.findIndex(isLast)
    if (last >= 0 && last !== actions.length - 1) throw new Error('something comes after the close')
    for (const action of actions) {
      if (action.type === 'write') written += action.data.length
      if (action.type === 'event') recorded += JSON.stringify(action.event).length
    }
    return last >= 0 || actions.some(({type}) => type === 'upgrade')
  }
  const due: (() => readonly Action[])[] = []
  const later = (make: () => readonly Action[]): void => void due.push(make)
  session.begin?.({perform: later, performAfter: (_, make) => later(make)})
  let over = take(session.open())
  for (const piece of pieces) {
    // What it says of itself comes between two pieces, once for each: it may set its clock again and again.
    over ||= due.splice(0).some((make) => take(make()))
    if (over) break
    over = take(session.feed(piece))
  }
  if (!over) take(session.end())
  session.closed?.()
  if (written > MOST_WRITTEN) throw new Error(`${written} bytes were written`)
  if (recorded > MOST_RECORDED) throw new Error(`${recorded} characters were recorded`)
  const took = performance.now() - begun
  if (took > MOST_MS) throw new Error(`it took ${took} ms`)
}

/** Connects from this loopback address; a socket that was refused is destroyed already, or soon. */
function dial(server: Served, localAddress: string): Promise<Socket> {
  return new Promise((resolve) => {
    const socket = connect({host: '127.0.0.1', port: server.port, localAddress})
    socket.on('error', () => resolve(socket))
    socket.once('connect', () => resolve(socket))
    socket.resume()
  })
}

async function expectServed(
  server: Served,
  subject: Pick<Subject, 'served'>,
  opening: Buffer | undefined,
): Promise<void> {
  const socket = await dial(server, '127.0.0.99')
  let reply = Buffer.alloc(0)
  socket.on('data', (chunk: Buffer) => {
    reply = Buffer.concat([reply, chunk])
  })
  if (opening !== undefined) socket.write(opening)
  await eventually(() => subject.served(reply), 10_000)
  socket.destroy()
}

async function expectRefusalRecorded(server: Served): Promise<void> {
  const refusals = () => server.named('suppressed').filter(({data}) => data?.reason === 'connections')
  // They are counted by the second: those of the siege may be in more than one of the events.
  await eventually(() => refusals().reduce((sum, {data}) => sum + Number(data?.count), 0) > IDLE / 2)
}
