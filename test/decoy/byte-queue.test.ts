import {describe, expect, it} from 'vitest'

import {ByteQueue} from '../../src/decoy/byte-queue.ts'

const queueOf = (...parts: readonly string[]): ByteQueue => {
  const queue = new ByteQueue()
  for (const part of parts) queue.push(Buffer.from(part, 'latin1'))
  return queue
}

describe('ByteQueue', () => {
  it('gives back lines in the order they came, however they came', () => {
    const queue = queueOf('ab', 'c\nd', 'e\n\nf')
    const line = () => queue.takeLine()?.toString() ?? null
    const first = line()
    queue.push(Buffer.from('g\nhij'))
    expect([first, line(), line(), line(), line()]).toEqual(['abc\n', 'de\n', '\n', 'fg\n', null])
    expect([queue.take(4), queue.take(2)?.toString(), queue.takeUpTo(9).toString(), queue.length]).toEqual([
      null,
      'hi',
      'j',
      0,
    ])
  })

  it('grows with what waits', () => {
    const queue = queueOf('abc')
    expect(queue.takeLine()).toBeNull()
    queue.push(Buffer.from(`def\n${'x'.repeat(5000)}`))
    expect(queue.takeLine()?.toString()).toBe('abcdef\n')
    expect(queue.takeLine()).toBeNull()
    queue.push(Buffer.from('y\nrest'))
    expect(queue.takeLine()).toHaveLength(5002)
    expect(queue.all.toString()).toBe('rest')
  })

  it('shows without taking, and forgets', () => {
    const queue = queueOf('abc', 'def')
    expect([queue.peek(7), queue.peek(4)?.toString(), queue.length]).toEqual([null, 'abcd', 6])
    queue.clear()
    expect([queue.length, queue.all.length]).toEqual([0, 0])
  })

  it('gives all away, and holds no buffer then', () => {
    const queue = queueOf('abc', 'def')
    queue.take(1)
    expect(queue.takeAll().toString()).toBe('bcdef')
    expect([queue.length, queue.takeAll().length, queue.all.buffer.byteLength]).toEqual([0, 0, 0])
    queue.push(Buffer.from('g\n'))
    expect(queue.takeLine()?.toString()).toBe('g\n')
  })

  it('never overwrites what was taken, nor what was pushed', () => {
    const pushed = Buffer.from('first')
    const queue = new ByteQueue()
    queue.push(pushed)
    queue.push(Buffer.from('second'))
    const taken = queue.take(5)
    for (let i = 0; i < 100; i++) {
      queue.push(Buffer.alloc(50, 0x7a))
      queue.takeUpTo(45)
    }
    expect([taken?.toString(), pushed.toString()]).toEqual(['first', 'first'])
  })

  it('finds a line end after bytes that were taken by number', () => {
    const queue = queueOf('12345')
    expect(queue.takeLine()).toBeNull()
    queue.take(5)
    queue.push(Buffer.from('ab\ncd'))
    expect(queue.takeLine()?.toString()).toBe('ab\n')
    expect(queue.takeLine()).toBeNull()
  })
})
