import {describe, expect, it} from 'vitest'

import {ByteQueue} from '../../../../src/decoy/byte-queue.ts'
import {nginxDialect} from '../../../../src/decoy/services/http/products/nginx-dialect.ts'
import {BodyReader} from '../../../../src/decoy/services/http/request/body-reader.ts'
import {decodePath, normalisePath, splitTarget} from '../../../../src/decoy/services/http/site/path.ts'
import {parseRanges} from '../../../../src/decoy/services/http/site/range.ts'

const queueOf = (text: string): ByteQueue => {
  const queue = new ByteQueue()
  queue.push(Buffer.from(text, 'latin1'))
  return queue
}

describe('BodyReader', () => {
  const dialect = nginxDialect('1.22.1')

  it('keeps no more than its limit and leaves what follows the body', () => {
    const queue = queueOf('0123456789NEXT')
    const reader = new BodyReader({kind: 'length', length: 10}, dialect, 4)
    expect(reader.read(queue)).toBe(true)
    expect(reader.body()).toEqual({captured: Buffer.from('0123'), size: 10, fault: null})
    expect(queue.all.toString()).toBe('NEXT')
  })

  it('keeps no more than its limit of many small chunks', () => {
    const queue = queueOf(`${'1\r\na\r\n'.repeat(1000)}0\r\nX: trailer\r\n\r\nNEXT`)
    const reader = new BodyReader({kind: 'chunked'}, dialect, 64)
    expect(reader.read(queue)).toBe(true)
    expect(reader.body()).toEqual({captured: Buffer.alloc(64, 'a'), size: 1000, fault: null})
    expect(queue.all.toString()).toBe('NEXT')
  })

  it.each(['g\r\n', '-1\r\n', '1 2\r\n', '\r\n', '1\r\nab\r\n', 'fffffffffffffffff\r\n'])(
    'refuses the chunk %j',
    (chunk) => {
      const reader = new BodyReader({kind: 'chunked'}, dialect, 64)
      expect(reader.read(queueOf(chunk))).toBe(true)
      expect(reader.body().fault).not.toBeNull()
    },
  )
})

describe('targets', () => {
  it.each([
    ['/a/../b', '/b'],
    ['/a/./b/', '/a/b/'],
    ['//a//b', '/a/b'],
    ['/a/..', '/'],
    ['/a/b/..', '/a/'],
    ['/..', null],
    ['/a/../../b', null],
  ])('%s leads to %s', (path, normal) => {
    expect(normalisePath(path)).toBe(normal)
  })

  it('are split into their parts', () => {
    expect(splitTarget('http://host:8080')).toMatchObject({authority: 'host:8080', path: '/', query: null})
    expect(splitTarget('/a?b=http://c#d')).toMatchObject({
      authority: null,
      path: '/a',
      query: 'b=http://c',
      fragment: true,
    })
    expect(decodePath('/%41%2f%zz')).toBeNull()
    expect(decodePath('/%41%2F')).toBe('/A/')
  })
})

describe('ranges', () => {
  it.each([
    ['bytes=0-4', [[0, 4]], false],
    ['bytes=-5', [[95, 99]], false],
    ['bytes=-500', [[0, 99]], false],
    ['bytes=90-', [[90, 99]], false],
    [
      'bytes=0-0, 50-500',
      [
        [0, 0],
        [50, 99],
      ],
      false,
    ],
    ['bytes=5-4', [[5, 4]], true],
  ] as const)('%s', (value, ranges, reversed) => {
    expect(parseRanges(value, 100)).toEqual({ranges: ranges.map(([first, last]) => ({first, last})), reversed})
  })

  it.each(['lines=0-1', 'bytes=', 'bytes=-', 'bytes=a-b', 'bytes=1', `bytes=${'0-,'.repeat(300)}`])(
    '%s is none',
    (value) => {
      expect(parseRanges(value, 100)).toBeNull()
    },
  )
})
