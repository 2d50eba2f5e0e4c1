/** The decoy beside the real thing: the same bytes in, the same bytes out. */
import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'

import type {OptionValues} from '../../../../src/decoy/definition.ts'
import {CONNECTS, type Corpus, DIALOGUES} from './corpus.ts'
import {connectTo, mqttService} from './support.ts'

type Recorded = Readonly<Record<string, readonly string[]>>

const FIXTURE = join(import.meta.dirname, '../../../fixtures/mqtt/mosquitto-2.0.11.json')
const golden = JSON.parse(readFileSync(FIXTURE, 'utf8')) as Record<'open' | 'password' | 'dialogues', Recorded>

const OPEN = {anonymous: true, topics: 'none'}
const PASSWORD = {users: ['app:secret'], topics: 'none'}

async function replies(options: OptionValues, writes: readonly Buffer[]): Promise<string[]> {
  const client = connectTo(await mqttService(options))
  const received: string[] = []
  for (const input of writes) {
    const {hex, ended} = client.send(input)
    if (ended === null) received.push(hex)
    else return [...received, ...(hex === '' ? [] : [hex]), ended]
  }
  return received
}

/** A name that the broker made up is random. */
const masked = (reply: string) => reply.replace(/(12002961 ?75746f2d)[0-9a-f]{72}/, '$1…')

/** After an answer, whether a close reaches the peer as a reset is a matter of microseconds. */
function comparable(all: readonly string[]): string[] {
  const answered = all.some((reply) => /^[0-9a-f]+$/.test(reply))
  return all.map((reply) => (answered && reply === 'reset' ? 'closed' : masked(reply)))
}

async function compare(options: OptionValues, corpus: Corpus, recorded: Recorded, name: string): Promise<void> {
  const ours = await replies(options, corpus[name] ?? [])
  expect(comparable(ours)).toEqual(comparable(recorded[name] ?? []))
}

describe('Mosquitto 2.0.11', () => {
  it.each(Object.keys(CONNECTS))('lets everybody in: %s', (name) => compare(OPEN, CONNECTS, golden.open, name))
  it.each(Object.keys(CONNECTS))('knows one user: %s', (name) => compare(PASSWORD, CONNECTS, golden.password, name))
  it.each(Object.keys(DIALOGUES))('%s', (name) => compare(OPEN, DIALOGUES, golden.dialogues, name))
})
