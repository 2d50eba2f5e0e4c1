/** What a service has to stand that owns its stream: as `abuse` for the others, over memory and in a time of its own. */
import {getEventListeners} from 'node:events'
import {type Duplex, duplexPair} from 'node:stream'
import {afterEach, beforeEach, describe, expect, it, vi} from 'vitest'

import {DEFAULT_LIMITS} from '../../src/decoy/limits.ts'
import type {Connection, Service, TcpHandler} from '../../src/decoy/service.ts'
import {runSession} from '../../src/decoy/session.ts'
import type {ServiceEvent, TranscriptFrame} from '../../src/events/event.ts'
import {FUZZ_MS, type Subject} from './abuse.ts'
import {type Dialogue, hexOf, MOST_MS, MOST_RECORDED, MOST_WRITTEN, mutated} from './hostile-input.ts'
import {wayOf} from './kept.ts'
import {tallied} from './promise-tally.ts'
import {Random, seedOfRun} from './random.ts'
import {rounds} from './soak.ts'

export interface StreamSubject extends Omit<Subject, 'served'> {
  /** What two runs of a dialogue must have in common; the text where absent. */
  readonly readable?: (written: Buffer) => unknown
  /** What only the fuzzer begins with as well: what no right client sends. */
  readonly strange?: readonly Dialogue[]
  /** No connection changes what another one sees, and the service takes long to make. */
  readonly forgets?: true
  /** How many inputs the fuzzer makes: each is a session with all its clocks. A soak has as many as everywhere. */
  readonly inputs: number
}

type StreamHandler = Extract<TcpHandler, {kind: 'stream'}>

/** How a client behaves besides what it sends. */
interface Manner {
  /** It reads nothing until it is cut off. */
  readonly deaf?: boolean
  /** Its connection breaks instead of being closed. */
  readonly vanishes?: boolean
}

interface Played {
  readonly events: readonly ServiceEvent[]
  readonly written: Buffer
}

const NOW = Date.parse('2026-03-04T05:06:07.089Z')
/** Steps of a second in which a session has to be over once its peer is gone: a login may be told its failures yet. */
const STEPS = 59
/** Of one session's stream and signal, while it goes on. */
const MOST_LISTENERS = 48
const MOST_KEPT = 200 * 1024 * 1024
/** What ends a session that did not end by itself. */
const OVERDUE: ReadonlySet<unknown> = new Set(['idle', 'login', 'absolute', 'error', 'bytes'])

/** Whatever nobody caught since it was last looked at. */
const uncaught: unknown[] = []
const note = (error: unknown): void => {
  if (!(error instanceof Error) || !/Warning$/.test(error.name) || error.name === 'MaxListenersExceededWarning') {
    uncaught.push(error)
  }
}
const NOTED = ['uncaughtException', 'unhandledRejection', 'warning'] as const

export function abuseStream(subject: StreamSubject): void {
  describe(`${subject.name} under abuse`, () => {
    beforeEach(() => {
      vi.useFakeTimers({toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date']})
      for (const name of NOTED) process.on(name, note)
    })

    afterEach(() => {
      for (const name of NOTED) process.off(name, note)
      uncaught.splice(0)
      vi.useRealTimers()
    })

    it.each(subject.dialogues.map((dialogue, index) => [index, dialogue] as const))(
      'does the same with dialogue %i wherever it is cut',
      {timeout: 60_000},
      (_, dialogue) => expectSameWhereverCut(subject, dialogue),
    )

    it('stands oversized input, and is done with it in time', {timeout: 60_000}, async () => {
      const handler = handlerOf(await subject.service(), subject.port)
      for (const filler of ['\0', '\xff', 'A', '\n', '\r', '\xff\xfa']) {
        const chunk = Buffer.from(filler.repeat(16_384 / filler.length), 'latin1')
        await play(handler, Array<Buffer>(64).fill(chunk))
      }
    })

    it('never throws, hangs nor says without end, and leaves nothing behind', {timeout: FUZZ_MS}, () => fuzz(subject))
  })
}

async function fuzz(subject: StreamSubject): Promise<void> {
  const seed = seedOfRun()
  const random = new Random(seed)
  const handler = handlerOf(await subject.service(), subject.port)
  const before = process.memoryUsage().rss
  const inputs = rounds(subject.inputs, 100_000)
  const dialogues = [...subject.dialogues, ...(subject.strange ?? [])]
  await tallied('P25', `${subject.name}: mutated dialogues`, inputs, async () => {
    for (let input = 0; input < inputs; input++) {
      const pieces = mutated(random, random.pick([subject.dialogues, dialogues]))
      const manner = {deaf: random.between(0, 7) === 0, vanishes: random.between(0, 3) === 0}
      try {
        await play(handler, random.between(0, 3) === 0 ? cutSomewhere(random, pieces) : pieces, manner)
      } catch (error) {
        const how = JSON.stringify(manner)
        throw new Error(`input ${input} of DECNET_SEED=${seed} ${how}: ${hexOf(pieces)}`, {cause: error})
      }
    }
    expect(process.memoryUsage().rss - before).toBeLessThan(MOST_KEPT)
  })
}

function handlerOf(service: Service, port: number): StreamHandler {
  const handler = service.tcp?.(port)
  if (handler?.kind !== 'stream') throw new TypeError('the subject owns no stream')
  return handler
}

const cutSomewhere = (random: Random, pieces: readonly Buffer[]): Buffer[] =>
  pieces.flatMap((piece) => {
    const at = random.between(0, piece.length)
    return [piece.subarray(0, at), piece.subarray(at)]
  })

async function expectSameWhereverCut(subject: StreamSubject, dialogue: Dialogue): Promise<void> {
  const {readable = (written: Buffer) => written.toString('latin1')} = subject
  const once = subject.forgets ? await subject.service() : null
  const seen = async (pieces: readonly Buffer[]) => {
    // Made anew for each, and at the same time, so that none remembers another.
    vi.setSystemTime(NOW)
    const service = once ?? (await subject.service())
    const {events, written} = await play(handlerOf(service, subject.port), pieces)
    const others = events.filter(({event}) => event !== 'session.transcript')
    return {events: others.map(withoutMeasures), shown: shownIn(events), written: readable(written)}
  }
  const whole = await seen(dialogue)
  const everywhere = dialogue.flatMap((piece) => [...piece].map((octet) => Buffer.from([octet])))
  expect(await seen(everywhere)).toEqual(whole)
  for (const [index, piece] of dialogue.entries()) {
    const step = Math.max(1, Math.floor(piece.length / 20))
    for (let at = 1; at < piece.length; at += step) {
      const parts = [piece.subarray(0, at), piece.subarray(at)]
      expect(await seen(dialogue.toSpliced(index, 1, ...parts)), `piece ${index} cut at ${at}`).toEqual(whole)
    }
  }
}

/** Each way of the terminal: how it was cut into frames, and they into parts, depends on how the input was. */
function shownIn(events: readonly ServiceEvent[]): readonly string[] {
  const frames = events.flatMap(({event, data}) =>
    event === 'session.transcript' ? (data?.frames as readonly TranscriptFrame[]) : [],
  )
  return [wayOf(frames, 'i'), wayOf(frames, 'o')]
}

function withoutMeasures({data, ...event}: ServiceEvent): unknown {
  // What is sent to a session that is over is not counted.
  const {durationMs: _, bytesIn: __, bytesOut: ___, ...others} = data ?? {}
  return {...event, data: others}
}

/** Plays a connection to its end, and throws where anything about it is not as it has to be. */
async function play(handler: StreamHandler, pieces: readonly Buffer[], manner: Manner = {}): Promise<Played> {
  const begun = performance.now()
  const timers = vi.getTimerCount()
  const [client, server] = duplexPair()
  const watch = new Watch(client, manner.deaf !== true)
  const record = (event: ServiceEvent): void => watch.record(event)
  const session = runSession(watch.over(handler), server, {connection: connectionTo(), record})
  let over = false
  void session.ended.then(() => {
    over = true
  })
  await settled()
  for (const piece of pieces) {
    if (over || watch.size > MOST_WRITTEN) break
    if (client.writable) client.write(piece)
    await settled()
  }
  watch.countListeners()
  if (manner.vanishes === true) server.destroy(new Error('read ECONNRESET'))
  else client.end()
  for (let step = 0; !over && step < STEPS; step++) {
    await settled()
    if (!over) vi.advanceTimersByTime(1000)
  }
  await settled()
  client.destroy()
  if (!over) throw new Error('it does not end with its peer')
  watch.expectBounded(manner)
  if (vi.getTimerCount() > timers) throw new Error(`${vi.getTimerCount() - timers} timers are left behind`)
  const took = performance.now() - begun
  if (took > MOST_MS) throw new Error(`it took ${took} ms`)
  return watch
}

/** Until what a piece of input brings about has been done: streams and services put things off by a turn or two. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 4; turn++) await new Promise((resolve) => setImmediate(resolve))
}

/** What a connection looks like from outside. */
class Watch implements Played {
  readonly events: ServiceEvent[] = []
  /** Bytes that the service has written. */
  size = 0
  readonly #chunks: Buffer[] = []
  #recorded = 0
  #listeners: () => number = () => 0

  constructor(client: Duplex, reads: boolean) {
    client.on('error', () => {})
    client.on('data', (chunk: Buffer) => {
      this.size += chunk.length
      this.#chunks.push(chunk)
    })
    if (!reads) client.pause()
  }

  get written(): Buffer {
    return Buffer.concat(this.#chunks)
  }

  record(event: ServiceEvent): void {
    // What a terminal shows is kept to a measure of its own.
    if (event.event !== 'session.transcript') this.#recorded += JSON.stringify(event).length
    this.events.push(event)
  }

  /** The same handler, whose stream and signal are looked at. */
  over(handler: StreamHandler): StreamHandler {
    return {
      ...handler,
      serve: (stream, connection, session) => {
        this.#listeners = () =>
          getEventListeners(session.signal, 'abort').length +
          stream.eventNames().reduce((sum, name) => sum + stream.listenerCount(name), 0)
        handler.serve(stream, connection, session)
      },
    }
  }

  countListeners(): void {
    const count = this.#listeners()
    if (count > MOST_LISTENERS) throw new Error(`${count} listeners have piled up`)
  }

  expectBounded({deaf}: Manner): void {
    if (uncaught.length > 0) throw new Error('nobody caught it', {cause: uncaught.splice(0)[0]})
    const failed = this.events.find(({event}) => event === 'service.error')
    if (failed !== undefined) throw new Error(JSON.stringify(failed.data))
    const reason = this.events.at(-1)?.data?.reason
    if (OVERDUE.has(reason) || (reason === 'slow-reader' && deaf !== true)) throw new Error(`it ended by ${reason}`)
    if (this.size > MOST_WRITTEN) throw new Error(`${this.size} bytes were written`)
    if (this.#recorded > MOST_RECORDED) throw new Error(`${this.#recorded} characters were recorded`)
  }
}

function connectionTo(): Connection {
  let drawn = 0
  return {
    peer: {ip: '192.168.1.77', port: 40_000},
    local: {ip: '192.168.1.5', port: 22},
    limits: DEFAULT_LIMITS,
    now: () => NOW,
    random: (size) => Buffer.alloc(size, ++drawn),
  }
}
