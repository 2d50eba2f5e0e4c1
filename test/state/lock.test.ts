import {readdirSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it, vi} from 'vitest'

import {DecnetError} from '../../src/fleet/errors.ts'
import {acquireLock} from '../../src/state/lock.ts'
import {rounds} from '../support/soak.ts'
import {Child, temporaryDir} from './support.ts'

const now = {operation: 'deploy', timeoutMs: 0} as const

async function refusal(promise: Promise<unknown>): Promise<DecnetError> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (error instanceof DecnetError) return error
  throw new Error('the lock was not refused', {cause: error})
}

describe('the lock', () => {
  it('is held once, says by whom, and is free after release', async () => {
    const dir = temporaryDir()
    const lock = await acquireLock(dir, now)
    const second = await refusal(acquireLock(dir, now))
    expect(second.code).toBe('STATE_LOCKED')
    expect(second.message).toMatch(
      new RegExp(`^another decnet deploy \\(pid ${process.pid}, user [\\w-]+\\) has run since 20\\d\\d-[\\d:T.-]+Z$`),
    )
    expect(second.hint).toContain('--lock-timeout 60s')
    expect(statSync(join(dir, 'lock.json')).mode & 0o777).toBe(0o600)
    expect(statSync(join(dir, 'lock.db')).mode & 0o777).toBe(0o600)
    expect(statSync(join(dir, 'lock.db')).size).toBe(0)
    lock.release()
    lock.release()
    expect(readdirSync(dir)).toEqual(['lock.db'])
    const next = await acquireLock(dir, now)
    next.release()
  })

  it.each([
    ['missing', null],
    ['not JSON', '{'],
    ['not an object', 'null'],
    ['a list', '[1,2]'],
    ['without a process', '{"operation":"deploy"}'],
    ['of a dead process', '{"pid":4194305,"user":"root","operation":"deploy","since":"then"}'],
    ['of a negative process', '{"pid":-1,"user":"root","operation":"deploy","since":"then"}'],
  ])('does not depend on lock.json: %s', async (_, content) => {
    const dir = temporaryDir()
    const lock = await acquireLock(dir, now)
    rmSync(join(dir, 'lock.json'))
    if (content !== null) writeFileSync(join(dir, 'lock.json'), content)
    expect((await refusal(acquireLock(dir, now))).message).toBe(
      'another decnet command is running on this state directory',
    )
    lock.release()
    writeFileSync(join(dir, 'lock.json'), content ?? '')
    const next = await acquireLock(dir, now)
    next.release()
  })

  it('shows what lock.json says escaped and cut', async () => {
    const dir = temporaryDir()
    const lock = await acquireLock(dir, now)
    const hostile = {pid: process.pid, user: '\u001b]0;pwn\u0007', operation: 'x'.repeat(500), since: '\n\u202e'}
    writeFileSync(join(dir, 'lock.json'), JSON.stringify(hostile))
    const {message} = await refusal(acquireLock(dir, now))
    expect(message).toMatch(/^[\x20-\x7e…]*$/)
    expect(message.length).toBeLessThan(400)
    lock.release()
  })

  it('is waited for, and announced once when that takes a while', async () => {
    const dir = temporaryDir()
    const lock = await acquireLock(dir, now)
    const onWait = vi.fn(() => lock.release())
    const next = await acquireLock(dir, {operation: 'teardown', timeoutMs: 10_000, onWait})
    expect(onWait).toHaveBeenCalledExactlyOnceWith(expect.stringContaining('another decnet deploy (pid'))
    expect(JSON.parse(readFileSync(join(dir, 'lock.json'), 'utf8'))).toMatchObject({operation: 'teardown'})
    next.release()
  })

  it('is given up at the time-out, and at once when aborted', async () => {
    const dir = temporaryDir()
    const lock = await acquireLock(dir, now)
    const started = performance.now()
    expect((await refusal(acquireLock(dir, {operation: 'a', timeoutMs: 150}))).code).toBe('STATE_LOCKED')
    expect(performance.now() - started).toBeGreaterThanOrEqual(149)
    const abort = new AbortController()
    const waiting = refusal(acquireLock(dir, {operation: 'a', timeoutMs: 60_000, signal: abort.signal}))
    abort.abort()
    expect((await waiting).code).toBe('INTERRUPTED')
    const reason = new DecnetError('TERMINATED', 'told to stop')
    expect(await refusal(acquireLock(dir, {operation: 'a', timeoutMs: 9, signal: AbortSignal.abort(reason)}))).toBe(
      reason,
    )
    lock.release()
    const free = acquireLock(dir, {...now, signal: AbortSignal.abort(reason)})
    expect(await refusal(free)).toBe(reason)
  })

  it('refuses a lock file that is none', async () => {
    const dir = temporaryDir()
    writeFileSync(join(dir, 'lock.db'), 'x'.repeat(2000), {mode: 0o600})
    expect((await refusal(acquireLock(dir, now))).code).toBe('STATE_UNREADABLE')
  })
})

describe('the lock between processes', () => {
  it('has exactly one winner, whoever races', {timeout: 300_000}, async () => {
    const dir = temporaryDir()
    const racers = Array.from({length: 20}, () => new Child('locker', [dir]))
    await Promise.all(racers.map((racer) => racer.line(0)))
    const turns = new Map(racers.map((racer) => [racer, 1]))
    const say = async (racer: Child, line: string): Promise<string> => {
      const turn = turns.get(racer) ?? 1
      turns.set(racer, turn + 1)
      racer.say(line)
      return await racer.line(turn)
    }
    for (let round = 0; round < rounds(5, 50); round++) {
      const answers = await Promise.all(racers.map((racer) => say(racer, 'try')))
      const winners = racers.filter((_, index) => answers[index] === 'won')
      expect(winners).toHaveLength(1)
      for (const answer of answers.filter((text) => text !== 'won')) {
        expect(answer).toMatch(/^lost STATE_LOCKED \d+$/)
        expect(Number(answer.split(' ')[2])).toBeLessThanOrEqual(1000)
      }
      await Promise.all(winners.map((winner) => say(winner, 'release')))
    }
  })

  it('lets 20 that wait for each other lose nothing', {timeout: 300_000}, async () => {
    const dir = temporaryDir()
    const file = join(dir, 'count')
    writeFileSync(file, '0')
    const counters = Array.from({length: 20}, () => new Child('counter', [dir, file]))
    expect(await Promise.all(counters.map(({ended}) => ended))).toEqual(Array(20).fill(0))
    expect(readFileSync(file, 'utf8')).toBe('20')
  })

  it('is free within a second of a SIGKILL', {timeout: 300_000}, async () => {
    const dir = temporaryDir()
    for (let round = 0; round < rounds(5, 50); round++) {
      const holder = new Child('locker', [dir])
      holder.say('try')
      expect(await holder.line(1)).toBe('won')
      holder.process.kill('SIGKILL')
      const lock = await acquireLock(dir, {operation: 'next', timeoutMs: 1000})
      expect(JSON.parse(readFileSync(join(dir, 'lock.json'), 'utf8'))).toMatchObject({pid: process.pid})
      lock.release()
    }
  })

  it('is never taken from a process that is paused', {timeout: 300_000}, async () => {
    const dir = temporaryDir()
    const holder = new Child('locker', [dir])
    holder.say('try')
    expect(await holder.line(1)).toBe('won')
    holder.process.kill('SIGSTOP')
    expect((await refusal(acquireLock(dir, {operation: 'next', timeoutMs: 600}))).code).toBe('STATE_LOCKED')
    holder.process.kill('SIGCONT')
    holder.say('release')
    expect(await holder.line(2)).toBe('released')
    const lock = await acquireLock(dir, now)
    lock.release()
  })
})
