/** The same dialogues as with the real servers, recorded on loopback from the packages that the files name. */
import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'

import {dial, mailService, USERS} from './support.ts'

interface Dialogue {
  readonly port: number
  readonly said: readonly (readonly [line: string, reply: string])[]
}

interface Golden {
  readonly server: string
  readonly dialogues: Readonly<Record<string, Dialogue>>
}

const golden = (product: string): Golden =>
  JSON.parse(readFileSync(join(import.meta.dirname, `golden-${product}.json`), 'utf8')) as Golden

/** Names of messages and moments differ from one to the next. */
const settled = (reply: string): string =>
  reply
    .replace(/queued as [0-9A-F]{9,12}\b/g, 'queued as ID')
    .replace(/\bid=\w{6}-\w{6}-\w{2}\b/g, 'id=ID')
    .replace(/^250 2\.0\.0 \w{8}\d{6} /gm, '250 2.0.0 ID ')
    .replace(/\b(?:Mon|Tue), \d\d? (?:Nov|Feb) 2026 \d\d:\d\d:\d\d/g, 'DATE')
    .replace(/(?<=DATE )(?:\+0000|GMT)/g, 'ZONE')

/** Sendmail was recorded without Debian's own greeting, and without anybody who has a password. */
const OPTIONS = {
  postfix: {product: 'postfix', ...USERS},
  exim: {product: 'exim', version: '4.96', ...USERS},
  sendmail: {product: 'sendmail', version: '8.17.1.9', users: ['alice:nobody-knows']},
} as const
const FACTS = {postfix: {}, exim: {}, sendmail: {distro: 'alpine'}} as const

describe.each(['postfix', 'exim', 'sendmail'] as const)('as the real %s', (product) => {
  const {dialogues} = golden(product)

  it.each(Object.entries(dialogues))('answers in the dialogue "%s"', async (_, {port, said}) => {
    const service = await mailService(OPTIONS[product], FACTS[product])
    const client = dial(service, {port, peer: product === 'sendmail' ? '127.0.0.5' : '127.0.0.1'})
    const [[, greeting] = ['', ''], ...rest] = said
    const heard: [string, string][] = [['', settled(client.greeting)]]
    for (const [line] of rest) {
      if (client.closed) break
      heard.push([line, settled(client.say(line))])
    }
    expect(heard).toEqual([['', settled(greeting)], ...rest.map(([line, reply]) => [line, settled(reply)])])
  })
})
