import fc from 'fast-check'
import {describe, expect, it} from 'vitest'

import {LineSplitter} from '../../../src/engines/docker/line-splitter.ts'
import {type Channel, Demultiplexer} from '../../../src/engines/docker/multiplex.ts'
import {Slots} from '../../../src/engines/docker/slots.ts'
import {frame} from '../../support/fake-engine-state.ts'

function pieces(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const ends = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].toSorted((a, b) => a - b)
  return [0, ...ends].map((start, i, all) => bytes.subarray(start, all[i + 1] ?? bytes.length))
}

describe('the multiplexed stream', () => {
  it('gives each channel its bytes however it is cut', () => {
    const frames = fc.array(fc.tuple(fc.constantFrom<Channel>('stdout', 'stderr'), fc.string({maxLength: 40})))
    fc.assert(
      fc.property(frames, fc.array(fc.nat()), (sent, cuts) => {
        const got = {stdout: '', stderr: ''}
        const demultiplexer = new Demultiplexer((channel, bytes) => {
          got[channel] += bytes.toString('latin1')
        })
        const bytes = Buffer.concat(sent.map(([channel, text]) => frame(channel, text)))
        for (const piece of pieces(bytes, cuts)) demultiplexer.feed(piece)
        for (const channel of ['stdout', 'stderr'] as const) {
          const text = sent
            .filter(([name]) => name === channel)
            .map(([, value]) => Buffer.from(value).toString('latin1'))
          expect(got[channel]).toBe(text.join(''))
        }
      }),
    )
  })

  it('refuses a header no engine sends', () => {
    expect(() => new Demultiplexer(() => {}).feed(Buffer.from('<html>oh'))).toThrow(RangeError)
  })
})

describe('lines', () => {
  it('are whole however they are cut, and the last waits for its line feed', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[a-z]{0,20}$/)), fc.array(fc.nat()), (lines, cuts) => {
        const splitter = new LineSplitter()
        const bytes = Buffer.from(`${lines.map((line) => `${line}\n`).join('')}rest`)
        expect(pieces(bytes, cuts).flatMap((piece) => splitter.feed(piece))).toEqual(lines)
      }),
    )
  })

  it('that are too long are dropped, and the next is whole again', () => {
    const splitter = new LineSplitter(10)
    expect(splitter.feed(Buffer.from('01234567890'))).toEqual([])
    expect(splitter.feed(Buffer.from('1234567890123\nshort\n0123456789\n'))).toEqual(['short', '0123456789'])
  })
})

describe('call slots', () => {
  it('are given in order, never more than there are', async () => {
    const slots = new Slots(2)
    const order: number[] = []
    const first = await slots.take(undefined)
    const second = await slots.take(undefined)
    const waiting = [3, 4].map(async (n) => {
      const release = await slots.take(undefined)
      order.push(n)
      release()
    })
    await Promise.resolve()
    expect(order).toEqual([])
    first()
    first()
    await Promise.all(waiting)
    expect(order).toEqual([3, 4])
    second()
  })

  it('are not lost to one who gave up waiting', async () => {
    const slots = new Slots(1)
    const release = await slots.take(undefined)
    const gone = new AbortController()
    const waiting = slots.take(gone.signal)
    gone.abort(new Error('enough'))
    await expect(waiting).rejects.toThrow('enough')
    release()
    await slots.take(AbortSignal.timeout(100))
  })
})
