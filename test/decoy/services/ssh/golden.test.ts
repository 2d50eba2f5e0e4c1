/** What OpenSSH 9.2p1 of Debian 12 was recorded to answer, byte for byte, is what a Debian decky answers. */
import {readFileSync} from 'node:fs'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'

import type {Served} from '../../../support/serve.ts'
import {DIALOGUES, RAW} from './corpus.ts'
import {converse, decodeGolden, PASSWORD, probe, type Recorded, USER} from './golden.ts'
import {serveSsh} from './ssh-world.ts'

const FIXTURE = new URL('../../../fixtures/ssh/openssh-9.2p1.json', import.meta.url)
const golden = decodeGolden(readFileSync(FIXTURE, 'utf8'))
const QUIET_MS = 40
const SLOW = 20_000

/** Where the emulated shell, not the protocol, makes the difference. */
const DIFFERENT: ReadonlyMap<string, string> = new Map([
  ['a command that reads', 'cat of the emulated shell reads its input to the end before it prints'],
  ['a command that is killed', 'the emulated shell is no process that its own kill could find'],
])

let served: Served
beforeAll(async () => {
  const limits = {connectionsPerSource: 200, eventsPerSecond: 10_000}
  served = await serveSsh({users: [`${USER}:${PASSWORD}`]}, {}, limits)
})
afterAll(() => served.close())

/** The claimed update of the package is another one than the recorded; nothing else on the wire changed between them. */
function withoutUpdate(text: string): string {
  return text.replace(/deb12u\d+/, 'deb12uN')
}

/** A program's end of data, status and end of interest come from three processes of sshd, in any order. */
function settled({replies, closed}: Recorded): Recorded {
  const ending = (reply: string): boolean => reply.startsWith('\x60') || /exit-s|eow@/.test(reply)
  const closing = replies.at(-1)?.startsWith('\x61') === true ? replies.slice(-1) : []
  const rest = replies.slice(0, replies.length - closing.length)
  const endings = rest.filter((reply) => ending(reply)).sort()
  return {replies: [...rest.filter((reply) => !ending(reply)), ...endings, ...closing], closed}
}

describe('before the keys', () => {
  it.concurrent.each(Object.entries(RAW))('%s', async (name, bytes) => {
    const expected = golden.raw[name]
    const {replies, closed} = await probe(served.port, bytes, {quietMs: QUIET_MS, expected})
    expect({replies: replies.map(withoutUpdate), closed}).toEqual({
      replies: expected?.replies.map(withoutUpdate),
      closed: expected?.closed,
    })
  })
})

describe('after the keys', () => {
  it.concurrent.each(Object.entries(DIALOGUES).filter(([name]) => !DIFFERENT.has(name)))(
    '%s',
    async (name, dialogue) => {
      const expected = golden.dialogues[name] ?? []
      const recorded = await converse(served.port, dialogue, QUIET_MS, expected)
      expect(recorded.map(settled)).toEqual(expected.map(settled))
    },
    SLOW,
  )
})

describe('the recording', () => {
  it('is of this corpus', () => {
    expect(Object.keys(golden.raw).sort()).toEqual(Object.keys(RAW).sort())
    expect(Object.keys(golden.dialogues).sort()).toEqual(Object.keys(DIALOGUES).sort())
    expect([...DIFFERENT.keys()].filter((name) => !(name in DIALOGUES))).toEqual([])
  })

  it('shows delays that are the floor of a user, times a power of two', () => {
    for (const delays of Object.values(golden.delays)) {
      const floors = delays.map((delay) => delay / 2 ** Math.round(Math.log2(delay / 7)))
      const spread = Math.max(...floors) - Math.min(...floors)
      expect(Math.min(...floors)).toBeGreaterThan(4.8)
      expect(Math.max(...floors)).toBeLessThan(9.6)
      expect(spread).toBeLessThan(0.4)
    }
  })
})
