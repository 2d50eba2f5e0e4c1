/** Against what Dovecot said on loopback to the same octets, with the same mails in its store. */
import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'

import {dovecotOf, dovecotTls} from '../../../../src/decoy/mailbox/dovecot.ts'
import {Persona} from '../../../../src/decoy/persona.ts'
import {ImapSession} from '../../../../src/decoy/services/imap/session.ts'
import type {ImapServer} from '../../../../src/decoy/services/imap/state.ts'
import {connection, converse, FACTS, type GoldenFolder, type Step, storedFolders} from './support.ts'

interface Golden {
  readonly server: string
  readonly folders: readonly GoldenFolder[]
  readonly before: readonly (readonly Step[])[]
  readonly refusing: readonly (readonly Step[])[]
  readonly secure: readonly (readonly Step[])[]
  readonly inside: readonly (readonly Step[])[]
}

const golden = JSON.parse(readFileSync(join(import.meta.dirname, 'golden.json'), 'utf8')) as Golden
const persona = new Persona(FACTS)
const dovecot = dovecotOf(persona)

function server(plaintext = true): ImapServer {
  return {
    persona,
    dovecot,
    tls: dovecotTls(persona, dovecot),
    plaintext,
    mechanisms: ['PLAIN', 'LOGIN'],
    store: {
      admit: (user, password) =>
        user.toString().toLowerCase() === 'deploy' && password.toString() === 'Summer2024'
          ? {user: 'deploy', folders: () => storedFolders(golden.folders)}
          : null,
    },
  }
}

/** Times, and what counts changes in the store, differ from one recording to the next. */
const normal = (text: string): string =>
  text
    .replace(/ \(\d+\.\d{3} \+ \d+\.\d{3}(?: \+ \d+\.\d{3})? secs\)\./g, ' (T).')
    .replace(/HIGHESTMODSEQ \d+/g, 'HIGHESTMODSEQ N')
    .replace(/\(MODSEQ \d+\)/g, '(MODSEQ N)')
    .replace(/MODSEQ \(\d+\)/g, 'MODSEQ (N)')
    .replace(/(SAVEDATE|INTERNALDATE) "\d\d-Nov-2026 [^"]*"/g, '$1 "D"')
    .replace(/SAVEDATE "[^"]*"/g, 'SAVEDATE "D"')
    .replace(/UIDVALIDITY 179\d+/g, 'UIDVALIDITY V')

function expectSame(steps: readonly Step[], {plaintext = true, secure = false} = {}): void {
  const client = converse(new ImapSession(server(plaintext), connection(), secure))
  for (const [sent, replied] of steps) {
    const said = sent === '' ? client.greeting : client.send(sent)
    const shown = client.closed ? replied.replace(/<(?:CLOSED|RESET)>$/, '') : replied
    expect(normal(said), JSON.stringify(sent.slice(0, 200))).toBe(normal(shown))
    expect(client.closed, JSON.stringify(sent.slice(0, 200))).toBe(/<(?:CLOSED|RESET)>$/.test(replied))
  }
}

const named = (dialogues: readonly (readonly Step[])[]) =>
  dialogues.map((steps, index) => [index, JSON.stringify(steps.map(([sent]) => sent)).slice(0, 90), steps] as const)

describe(`as ${golden.server}`, () => {
  it.each(named(golden.before))('before a login: %i %s', (_index, _name, steps) => expectSame(steps))
  it.each(named(golden.refusing))('refusing plaintext: %i %s', (_index, _name, steps) =>
    expectSame(steps, {plaintext: false}),
  )
  it.each(named(golden.secure))('inside TLS: %i %s', (_index, _name, steps) => expectSame(steps, {secure: true}))
  it.each(named(golden.inside))('signed in: %i %s', (_index, _name, steps) => {
    expectSame([['', converse(new ImapSession(server(), connection(), false)).greeting], SIGN_IN, ...steps])
  })
})

const SIGN_IN: Step = ['a LOGIN deploy Summer2024\r\n', `a OK [CAPABILITY ${dovecot.after}] Logged in\r\n`]
