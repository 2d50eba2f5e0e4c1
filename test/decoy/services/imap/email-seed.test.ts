import {describe, expect, it} from 'vitest'

import {OTHERWISE, SEEDED, SERVED, USERS} from './seed.ts'
import {dial, FACTS, imapService, NOW, type TestClient} from './support.ts'

const [INVOICE, NOTE] = SERVED
const DAY_MS = 86_400_000

async function inbox(options = SEEDED, user = 'deploy Summer2024', facts = {}, now = NOW): Promise<TestClient> {
  const client = dial(await imapService(options, facts), 143, now)
  expect(client.say(`a LOGIN ${user}`)).toContain('a OK ')
  client.say('b SELECT INBOX')
  return client
}

const stateOf = (client: TestClient): string =>
  client.say('s STATUS INBOX (MESSAGES UIDNEXT UIDVALIDITY)').split('\r\n')[0] ?? ''

describe("the operator's own mails", () => {
  it.each(['deploy Summer2024', 'ops Winter2024'])('stand in the inbox of %s in place of the bait', async (user) => {
    const client = await inbox(SEEDED, user)
    expect(stateOf(client)).toContain('(MESSAGES 2 ')
    const listing = client.say('c FETCH 1:* (RFC822.SIZE ENVELOPE)')
    expect(listing).toContain(
      `* 1 FETCH (RFC822.SIZE ${INVOICE.length} ENVELOPE ("Tue, 3 Nov 2026 09:00:00 +0100" "Invoice 4711" `,
    )
    expect(listing).toContain(`* 2 FETCH (RFC822.SIZE ${NOTE.length} ENVELOPE (NIL "VPN" NIL `)
  })

  it('are served as they are, but for the ends of their lines', async () => {
    const client = await inbox()
    for (const [index, text] of SERVED.entries()) {
      expect(client.say(`c FETCH ${index + 1} BODY.PEEK[]`)).toContain(`BODY[] {${text.length}}\r\n${text})\r\n`)
    }
  })

  it('are parsed and searched like any other', async () => {
    const client = await inbox()
    expect(client.say('c FETCH 1 BODYSTRUCTURE')).toMatch(/"application" "pdf" \("name" "i\.pdf"\).* "mixed" /i)
    expect(client.say('d FETCH 1 BODY.PEEK[2]')).toContain('JVBERi0xLjQ=')
    expect(client.say('e SEARCH TEXT token')).toContain('* SEARCH 2\r\n')
    expect(client.say('s SEARCH SEEN')).toContain('* SEARCH 1 2\r\n')
    expect(client.say('f SEARCH SENTBEFORE 4-Nov-2026')).toContain('* SEARCH 1\r\n')
  })

  it('are recorded when they are read, not when they are listed', async () => {
    const client = await inbox()
    client.say('c FETCH 1:* (FLAGS BODY.PEEK[HEADER])')
    const reads = () => client.events.filter(({event}) => event === 'file.read')
    expect(reads()).toEqual([])
    client.say('d FETCH 1 BODY[]')
    expect(reads()).toMatchObject([
      {data: {path: expect.stringMatching(/^deploy\/INBOX\/\d+$/), subject: 'Invoice 4711'}},
    ])
  })

  it('came when they were written, else before the machine was first seen; that never changes', async () => {
    const dates = async (now: number, facts = {}) =>
      (await inbox(SEEDED, undefined, facts, now)).say('c FETCH 1:* (UID INTERNALDATE)').split('c OK')[0] ?? ''
    const text = await dates(NOW)
    const [first = '', second = ''] = [...text.matchAll(/INTERNALDATE "([^"]+)"/g)].map(([, date]) => date ?? '')
    expect(Date.parse(first)).toBe(Date.parse('2026-11-03T08:00:00Z'))
    const since = Date.parse(FACTS.since)
    expect(Date.parse(second)).toBeLessThan(since)
    expect(Date.parse(second)).toBeGreaterThan(since - 5 * DAY_MS)
    expect(await dates(NOW + 40 * DAY_MS)).toBe(text)
    expect(await dates(NOW, {seed: '45'.repeat(32)})).not.toBe(text)
  })

  it('have numbers that stay, and another UIDVALIDITY once they are other mails', async () => {
    const before = stateOf(await inbox())
    expect(stateOf(await inbox(SEEDED, undefined, {}, NOW + 40 * DAY_MS))).toBe(before)
    const validity = (text: string) => /UIDVALIDITY (\d+)/.exec(text)?.[1]
    expect(validity(stateOf(await inbox(OTHERWISE)))).not.toBe(validity(before))
    expect(Number(validity(before)) * 1000).toBeLessThan(Date.parse(FACTS.since))
  })

  it('leave the other folders as they are', async () => {
    const others = (client: TestClient) =>
      ['Sent', 'Trash', 'Drafts'].map(
        (name) => client.say(`d STATUS ${name} (MESSAGES UIDNEXT UIDVALIDITY)`).split('\r\n')[0],
      )
    expect(others(await inbox())).toEqual(others(await inbox({users: USERS})))
  })

  it('are mails, or the service does not start', async () => {
    await expect(imapService({email_seed: 'mails'})).rejects.toThrow('packed directory')
  })
})
