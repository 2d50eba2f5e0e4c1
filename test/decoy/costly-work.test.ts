import {describe, expect, it} from 'vitest'
import {Admission} from '../../src/decoy/admission.ts'
import {ConnectionPool} from '../../src/decoy/connection-pool.ts'
import {doSometime, doSoon} from '../../src/decoy/costly-work.ts'
import {DEFAULT_LIMITS} from '../../src/decoy/limits.ts'

describe('costly work', () => {
  it('is done in pieces, with a turn of the event loop between them', async () => {
    const order: string[] = []
    await new Promise<void>((resolve) => {
      for (const name of ['a', 'b', 'c']) doSoon(() => order.push(name))
      doSoon(resolve)
      const turn = () => {
        order.push('turn')
        if (order.length < 7) setImmediate(turn)
      }
      setImmediate(turn)
    })
    expect(order.slice(0, 5)).toEqual(['a', 'turn', 'b', 'turn', 'c'])
  })

  it('that nobody waits for leaves most of the time to the rest', async () => {
    const times: number[] = []
    const busy = () => {
      const end = performance.now() + 10
      times.push(end)
      while (performance.now() < end);
    }
    doSometime(busy)
    await new Promise<void>((resolve) => {
      doSometime(() => {
        busy()
        resolve()
      })
    })
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThan(180)
  })
})

describe('the pool of connections', () => {
  it('is shared by all deckies and gets back what is closed', () => {
    const pool = new ConnectionPool(() => 3)
    const [one, other] = [new Admission(DEFAULT_LIMITS, () => 1, pool), new Admission(DEFAULT_LIMITS, () => 1, pool)]
    expect([one.enter('a'), one.enter('a'), other.enter('b'), other.enter('b')]).toEqual([true, true, true, false])
    expect([one.open, other.open]).toEqual([2, 1])
    one.leave('a')
    expect(other.enter('b')).toBe(true)
  })
})
