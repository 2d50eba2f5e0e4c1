/** The boxes of a decky's honey users, and who gets into them. Shared by the services that open them. */
import {timingSafeEqual} from 'node:crypto'

import type {OptionValues} from '../definition.ts'
import {honeyBytes} from '../honey-users.ts'
import {mailboxesOf, mailDomain} from '../persona/mailboxes.ts'
import type {Persona} from '../persona.ts'
import {BaitMailbox} from './bait-mailbox.ts'
import type {StoredFolder} from './folder.ts'
import {seedMails} from './seed-mails.ts'
import {SeededMailbox} from './seeded-mailbox.ts'

export interface MailAccount {
  /** As it signed in, lower case. */
  readonly user: string
  folders(now: number): readonly StoredFolder[]
}

export interface MailStore {
  /** Null: wrong, or nobody's. */
  admit(user: Buffer, password: Buffer): MailAccount | null
}

/**
 * Dovecot compares names in lower case (`auth_username_format`); a name may come with the mail domain. Throws RangeError
 * for seeds that are no mails.
 */
export function mailStore(persona: Persona, options: OptionValues): MailStore {
  const {email_seed: packed} = options
  const seed = typeof packed === 'string' ? seedMails(packed) : null
  const passwords = new Map([...honeyBytes(options.users)].map(([name, password]) => [name.toLowerCase(), password]))
  const boxes = new Map<string, Pick<MailAccount, 'folders'>>()
  const domain = `@${mailDomain(persona)}`
  const boxOf = (user: string): Pick<MailAccount, 'folders'> => {
    const known = boxes.get(user)
    if (known !== undefined) return known
    const local = user.split('@', 1)[0] ?? user
    const owner = mailboxesOf(persona, [local]).find((box) => box.user === local)
    const bait = new BaitMailbox(persona, owner ?? {user: local, name: local, kind: 'honey'})
    const box = seed === null ? bait : new SeededMailbox(bait, persona, local, seed)
    boxes.set(user, box)
    return box
  }
  return {
    admit: (name, password) => {
      const given = name.toString('latin1').toLowerCase()
      const user = passwords.has(given) || !given.endsWith(domain) ? given : given.slice(0, -domain.length)
      const expected = passwords.get(user)
      if (expected === undefined || expected.length !== password.length || !timingSafeEqual(expected, password)) {
        return null
      }
      return {user, folders: (now) => boxOf(user).folders(now)}
    },
  }
}
