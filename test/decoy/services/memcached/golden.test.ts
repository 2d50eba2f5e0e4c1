/** The decoy beside the real thing: the same bytes in, the same bytes out. */
import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'

import {CORPUS} from './corpus.ts'
import {connect, memcachedService} from './support.ts'

const FIXTURE = join(import.meta.dirname, '../../../fixtures/memcached/1.6.18.json')
const {recorded} = JSON.parse(readFileSync(FIXTURE, 'utf8')) as {
  recorded: Readonly<Record<string, readonly (string | null)[]>>
}

/** Numbers for CAS go on counting for the life of a server; so does what it counts of a class of items. */
function masked(reply: string): string {
  return reply
    .replace(/^(VALUE \S+ \d+ \d+ )\d+(?=\r)/gm, '$1CAS')
    .replace(
      /^(STAT (?:\d+:(?:get_hits|cmd_set|touch_hits|delete_hits|incr_hits|total_pages|total_chunks|free_chunks)|total_malloced|tcpport|inter|oldest)) .*(?=\r)/gm,
      '$1 N',
    )
    .replace(/(\x81[\s\S]{15})[\s\S]{8}/g, '$1········')
}

async function replies(writes: readonly string[]): Promise<(string | null)[]> {
  const client = connect(await memcachedService({items: false}))
  const received: (string | null)[] = []
  for (const input of writes) {
    const {text, closed} = client.send(input)
    received.push(text)
    if (closed) return [...received, null]
  }
  return received
}

/** Where a recording goes on after the server closed, it says so once more. */
function untilClosed(all: readonly (string | null)[]): (string | null)[] {
  const closed = all.indexOf(null)
  return all.slice(0, closed === -1 ? undefined : closed + 1)
}

const shown = (all: readonly (string | null)[]) => all.map((reply) => (reply === null ? null : masked(reply)))

describe('memcached 1.6.18', () => {
  it.each(Object.entries(CORPUS))('%s', async (name, writes) => {
    const real = untilClosed(recorded[name] ?? [])
    const ours = await replies(writes)
    expect(shown(ours.slice(0, real.length))).toEqual(shown(real))
  })
})
