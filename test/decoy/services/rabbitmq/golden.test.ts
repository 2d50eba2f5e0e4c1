/** Every exchange that was recorded with the real broker, held against ours. */
import {readFileSync} from 'node:fs'
import {describe, expect, it} from 'vitest'

import {dial, rabbitService} from './support.ts'

type Step = readonly [sent: string, got: string, closed?: true]

interface Golden {
  readonly exchanges: readonly {readonly name: string; readonly inside: boolean; readonly steps: readonly Step[]}[]
}

const {exchanges} = JSON.parse(readFileSync(new URL('golden.json', import.meta.url), 'utf8')) as Golden
const LOGIN = exchanges.find(({name}) => name === 'login')?.steps ?? []
const START = exchanges.find(({name}) => name === 'start')?.steps[0]?.[1] ?? ''

/** One that left no queue of the names that were declared on an empty broker. */
const SEED = '69'.repeat(32)

/** The host that it was recorded on, and names that are random. */
function normal(hex: string): string {
  return Buffer.from(hex, 'hex')
    .toString('latin1')
    .replace(/rabbit@(?:vm|xy)/, 'rabbit@HOST')
    .replace(/amq\.(gen|ctag)-[\w-]{22}/g, 'amq.$1-RANDOM')
}

describe('RabbitMQ 3.10.8', () => {
  it.each(exchanges.map((exchange) => [exchange.name, exchange] as const))('%s', async (_, {inside, steps}) => {
    // A host name as long as the recorded one's: lengths count.
    const client = dial(await rabbitService({users: ['test:test']}, {hostname: 'xy', seed: SEED}))
    if (inside) for (const [sent] of LOGIN) client.send(Buffer.from(sent, 'hex'))
    for (const [sent, got, closed] of steps) {
      const reply = client.send(Buffer.from(sent, 'hex')).toString('hex')
      expect(normal(reply), sent).toBe(normal(got === 'start' ? START : got))
      if (closed === true) expect(client.closed).toBe(true)
    }
  })
})
