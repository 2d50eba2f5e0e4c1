import {expect, it} from 'vitest'

import {captureOf} from '../../src/decoy/capture.ts'
import {MAX_LINE} from '../../src/decoy/evidence-line.ts'
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

it.each([
  ['large', 100, 1000],
  ['tiny', 5000, 1],
  ['huge', 1, 100_000],
])('comes in parts that fit a line of evidence: %s', (_, count, size) => {
  const {transcript, parts, text} = recorded()
  for (let round = 0; round < count; round++) transcript.output(Buffer.alloc(size, 0x61))
  transcript.end()
  expect(parts().map(({part}) => part)).toEqual(Array.from({length: parts().length}, (_each, index) => index + 1))
  expect(Math.max(...parts().map((part) => JSON.stringify(part).length))).toBeLessThan(MAX_LINE - 1000)
  expect(text().join('').replaceAll('0o', '')).toBe('a'.repeat(count * size))
})

it('ends at its limit, and says so', () => {
  const {transcript, parts, text} = recorded(10)
  transcript.output(Buffer.from('123456789abc'))
  transcript.input(Buffer.from('more'))
  transcript.end()
  expect(text()).toEqual(['0o123456789a'])
  expect(parts()).toMatchObject([{truncated: true}])
})

it('says that there was more where its limit was reached between two parts', () => {
  const {transcript, parts} = recorded(6144)
  transcript.output(Buffer.alloc(6144))
  expect(parts()).toMatchObject([{part: 1, truncated: false}])
  transcript.output(Buffer.from('more'))
  expect(parts().at(-1)).toMatchObject({part: 2, truncated: true})
})

it('goes on after a terminal was closed, and not after the session was', () => {
  const {transcript, text} = recorded()
  transcript.output(Buffer.from('one'))
  transcript.flush()
  transcript.flush()
  transcript.output(Buffer.from('two'))
  transcript.end()
  transcript.output(Buffer.from('three'))
  transcript.end()
  expect(text()).toEqual(['0oone', '0otwo'])
})

it('keeps a small capture whole, and of a large one its beginning and its hash', () => {
  const {fields, parts} = captureOf(Buffer.from('abc'), {capture: 3})
  expect(fields).toMatchObject({size: 3, kept: 3, head: {text: 'abc'}})
  expect(fields.sha256).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
  expect(parts).toEqual([{event: 'capture', data: {sha256: fields.sha256, offset: 0, content: 'YWJj'}}])
  const whole = Buffer.from(Array.from({length: 100_000}, (_, index) => index % 251))
  const large = captureOf(whole, {capture: 40_000})
  expect(large.fields).toMatchObject({size: 100_000, kept: 40_000, head: {truncated: true}})
  const kept = large.parts.map(({data}) => Buffer.from(String(data?.content), 'base64'))
  expect(Buffer.concat(kept).equals(whole.subarray(0, 40_000))).toBe(true)
  expect(Math.max(...large.parts.map((part) => JSON.stringify(part).length))).toBeLessThan(MAX_LINE - 1000)
  expect(captureOf(Buffer.alloc(0), {capture: 5}).parts).toEqual([])
})
