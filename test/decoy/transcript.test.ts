import {expect, it} from 'vitest'

import {captureOf} from '../../src/decoy/capture.ts'
import {Transcript} from '../../src/decoy/transcript.ts'
import type {ServiceEvent, TranscriptPart} from '../../src/events/event.ts'

function recorded(limit = 1_000_000) {
  const events: ServiceEvent[] = []
  let time = 5000
  const transcript = new Transcript((event) => events.push(event), {
    limits: {transcript: limit},
    now: () => time,
    size: {columns: 132, rows: 43},
  })
  const parts = () => events.map(({data}) => data as unknown as TranscriptPart)
  const text = () =>
    parts()
      .flatMap(({frames}) => frames)
      .map(([ms, way, base64]) => `${ms}${way}${Buffer.from(base64, 'base64')}`)
  const at = (ms: number) => {
    time = 5000 + ms
  }
  return {transcript, events, parts, text, at}
}

it('keeps what goes each way with its time', () => {
  const {transcript, parts, text, at} = recorded()
  transcript.output(Buffer.from('$ '))
  at(1500)
  transcript.input(Buffer.from('id\r'))
  transcript.output(Buffer.from('uid=0'))
  expect(parts()).toEqual([])
  transcript.end()
  expect(text()).toEqual(['0o$ ', '1500iid\r', '1500ouid=0'])
  expect(parts()).toMatchObject([{part: 1, columns: 132, rows: 43, truncated: false}])
})

it('comes in parts that fit a line of evidence', () => {
  const {transcript, parts} = recorded()
  for (let round = 0; round < 100; round++) transcript.output(Buffer.alloc(1000, 0x61))
  transcript.end()
  expect(parts().map(({part}) => part)).toEqual(Array.from({length: parts().length}, (_, index) => index + 1))
  expect(Math.max(...parts().map((part) => JSON.stringify(part).length))).toBeLessThan(12_000)
  expect(parts().flatMap(({frames}) => frames)).toHaveLength(100)
})

it('ends at its limit, and says so', () => {
  const {transcript, parts, text} = recorded(10)
  transcript.output(Buffer.from('123456789abc'))
  transcript.input(Buffer.from('more'))
  transcript.end()
  expect(text()).toEqual(['0o123456789a'])
  expect(parts()).toMatchObject([{truncated: true}])
})

it('keeps a small capture whole, and of a large one its beginning and its hash', () => {
  const small = captureOf(Buffer.from('abc'), {capture: 3})
  expect(small).toMatchObject({size: 3, complete: true, content: 'YWJj', head: {text: 'abc'}})
  expect(small.sha256).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
  const large = captureOf(Buffer.alloc(100_000, 0x61), {capture: 5})
  expect(large).toMatchObject({size: 100_000, complete: false, content: 'YWFhYWE=', head: {truncated: true}})
})
