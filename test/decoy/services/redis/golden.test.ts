/** The decoy beside the real thing: the same bytes in, the same bytes out. */
import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'

import {REDIS_VERSIONS} from '../../../../src/decoy/services/redis/definition.ts'
import {CORPUS, CORPUS_WITH_PASSWORD} from './corpus.ts'
import {emptyRedis} from './support.ts'

type Recorded = Readonly<Record<string, readonly (string | null)[]>>
type Corpus = Readonly<Record<string, readonly string[]>>

const FIXTURES = join(import.meta.dirname, '../../../fixtures/redis')

function recorded(version: string): {readonly open: Recorded; readonly password: Recorded} {
  return JSON.parse(readFileSync(join(FIXTURES, `${version}.json`), 'utf8'))
}

/** The client id is the only thing of these replies that differs from one connection to the next. */
const masked = (reply: string | null) => reply?.replace(/(\$2\r\nid\r\n:)\d+/, '$1ID') ?? null

async function replies(version: string, password: string | undefined, writes: readonly string[]) {
  const session = await emptyRedis({version, ...(password === undefined ? {} : {password})})
  const received: (string | null)[] = []
  for (const input of writes) {
    if (received.at(-1) === null) break
    const {text, closed} = session.send(input)
    received.push(text)
    if (closed) received.push(null)
  }
  return received
}

/** Where a recording goes on after the server closed, it says so once more. */
function untilClosed(lines: readonly (string | null)[]): (string | null)[] {
  const closed = lines.indexOf(null)
  return lines.slice(0, closed === -1 ? undefined : closed + 1).map(masked)
}

/** A close that came with nothing said is recorded as an empty reply before it. */
function withoutSilence(lines: (string | null)[]): (string | null)[] {
  return lines.at(-1) === null && lines.at(-2) === '' ? [...lines.slice(0, -2), null] : lines
}

describe.each(REDIS_VERSIONS)('%s', (version) => {
  const real = recorded(version)
  const compare = async (corpus: Corpus, golden: Recorded, name: string, password?: string) => {
    const ours = await replies(version, password, corpus[name] ?? [])
    expect(withoutSilence(ours.map(masked))).toEqual(withoutSilence(untilClosed(golden[name] ?? [])))
  }

  it.each(Object.keys(CORPUS))('open: %s', (name) => compare(CORPUS, real.open, name))
  it.each(Object.keys(CORPUS_WITH_PASSWORD))('password: %s', (name) =>
    compare(CORPUS_WITH_PASSWORD, real.password, name, 'secret'),
  )
})
