import {describe, expect, it} from 'vitest'

import {OTHERWISE, SEEDED, SERVED} from '../imap/seed.ts'
import {dial, imapService, NOW, type TestClient} from '../imap/support.ts'
import {pop3Service} from './support.ts'

const DAY_MS = 86_400_000

async function maildrop(options = SEEDED, user = 'deploy', password = 'Summer2024', now = NOW): Promise<TestClient> {
  const client = dial(await pop3Service(options), 110, now)
  client.say(`USER ${user}`)
  expect(client.say(`PASS ${password}`)).toBe('+OK Logged in.\r\n')
  return client
}

describe("the operator's own mails", () => {
  it.each([
    ['deploy', 'Summer2024'],
    ['ops', 'Winter2024'],
  ])('are the maildrop of %s', async (user, password) => {
    const [first, second] = SERVED
    const list = `+OK 2 messages:\r\n1 ${first.length}\r\n2 ${second.length}\r\n.\r\n`
    expect((await maildrop(SEEDED, user, password)).say('LIST')).toBe(list)
  })

  it('are served as they are, byte-stuffed', async () => {
    const client = await maildrop()
    const [first, second] = SERVED
    expect(client.say('RETR 1')).toBe(`+OK ${first.length} octets\r\n${first.replace('\r\n.\r\n', '\r\n..\r\n')}.\r\n`)
    expect(client.say('RETR 2')).toBe(`+OK ${second.length} octets\r\n${second}\r\n.\r\n`)
    expect(client.say('TOP 2 0')).toBe('+OK\r\nSubject: VPN\r\nX-Note:  kept  as is \r\n\r\n.\r\n')
  })

  it('are recorded when they are taken', async () => {
    const client = await maildrop()
    client.say('TOP 1 0')
    client.say('RETR 2')
    const reads = client.events.filter(({event}) => event === 'file.read')
    expect(reads).toMatchObject([{data: {path: expect.stringMatching(/^deploy\/INBOX\/\d+$/), subject: 'VPN'}}])
  })

  it('have unique identifiers that stay, IMAP’s, and others once they are other mails', async () => {
    const client = await maildrop()
    const identifiers = client.say('UIDL')
    expect((await maildrop(SEEDED, 'deploy', 'Summer2024', NOW + 40 * DAY_MS)).say('UIDL')).toBe(identifiers)
    const imap = dial(await imapService(SEEDED))
    imap.say('a LOGIN deploy Summer2024')
    const [, validity] = /UIDVALIDITY (\d+)/.exec(imap.say('b STATUS INBOX (UIDVALIDITY)')) ?? []
    const hex = Number(validity).toString(16).padStart(8, '0')
    expect(identifiers).toMatch(new RegExp(`^\\+OK\r\n1 [0-9a-f]{8}${hex}\r\n2 [0-9a-f]{8}${hex}\r\n`))
    const [, one] = (await maildrop(OTHERWISE)).say('UIDL').split('\r\n')
    expect(identifiers).not.toContain(one)
  })

  it('are mails, or the service does not start', async () => {
    await expect(pop3Service({email_seed: 'mails'})).rejects.toThrow('packed directory')
  })
})
