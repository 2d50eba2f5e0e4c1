/** Against what Dovecot said on loopback to the same octets, with the same mails in its store. */
import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'

import {dovecotOf, dovecotTls} from '../../../../src/decoy/mailbox/dovecot.ts'
import {Persona} from '../../../../src/decoy/persona.ts'
import {Pop3Session} from '../../../../src/decoy/services/pop3/session.ts'
import type {Pop3Server} from '../../../../src/decoy/services/pop3/state.ts'
import {connection, converse, FACTS, type GoldenFolder, type Step, storedFolders} from '../imap/support.ts'

type Dialogues = readonly (readonly Step[])[]

interface Golden {
  readonly server: string
  readonly folders: readonly GoldenFolder[]
  readonly before: Dialogues
  readonly refusing: Dialogues
  readonly plain: Dialogues
  readonly secure: Dialogues
  readonly inside: Dialogues
}

const golden = JSON.parse(readFileSync(join(import.meta.dirname, 'golden.json'), 'utf8')) as Golden
const persona = new Persona(FACTS)
const dovecot = dovecotOf(persona)
const LOGIN = 'AUTH PLAIN AGRlcGxveQBTdW1tZXIyMDI0\r\n'

function server(settings: Partial<Pop3Server>): Pop3Server {
  return {
    dovecot,
    tls: dovecotTls(persona, dovecot),
    plaintext: true,
    mechanisms: ['PLAIN', 'LOGIN'],
    store: {
      admit: (user, password) =>
        user.toString() === 'deploy' && password.toString() === 'Summer2024'
          ? {user: 'deploy', folders: () => storedFolders(golden.folders)}
          : null,
    },
    ...settings,
  }
}

function expectSame(steps: readonly Step[], settings: Partial<Pop3Server> = {}, secure = false): void {
  const client = converse(new Pop3Session(server(settings), connection(), secure))
  for (const [sent, replied] of steps) {
    const said = sent === '' ? client.greeting : client.send(sent)
    expect(said, JSON.stringify(sent.slice(0, 200))).toBe(replied.replace(/<(?:CLOSED|RESET)>$/, ''))
    expect(client.closed, JSON.stringify(sent.slice(0, 200))).toBe(/<(?:CLOSED|RESET)>$/.test(replied))
  }
}

const named = (dialogues: Dialogues) =>
  dialogues.map((steps, index) => [index, JSON.stringify(steps.map(([sent]) => sent)).slice(0, 90), steps] as const)

describe(`as ${golden.server}`, () => {
  it.each(named(golden.before))('before a login: %i %s', (_index, _name, steps) => expectSame(steps))
  it.each(named(golden.refusing))('refusing plaintext: %i %s', (_index, _name, steps) =>
    expectSame(steps, {plaintext: false}),
  )
  it.each(named(golden.plain))('with PLAIN only: %i %s', (_index, _name, steps) =>
    expectSame(steps, {mechanisms: ['PLAIN']}),
  )
  it.each(named(golden.secure))('inside TLS: %i %s', (_index, _name, steps) => expectSame(steps, {}, true))
  it.each(named(golden.inside))('signed in: %i %s', (_index, _name, steps) => {
    expectSame([['', '+OK Dovecot (Debian) ready.\r\n'], [LOGIN, '+OK Logged in.\r\n'], ...steps])
  })
})
