/** Whose mail it is: of a mailbox here, of nobody here, or of somebody elsewhere. */
import {type Mailbox, mailboxesOf, mailDomain} from '../../persona/mailboxes.ts'
import type {Persona} from '../../persona.ts'
import type {Path} from './wire/path.ts'

export type Verdict =
  | {readonly kind: 'local'; readonly mailbox: Mailbox}
  | {readonly kind: 'unknown'}
  | {readonly kind: 'foreign'}

export class Addresses {
  readonly domain: string
  readonly #domains: ReadonlySet<string>
  readonly #mailboxes: ReadonlyMap<string, Mailbox>

  constructor(persona: Persona, honeyNames: Iterable<string>) {
    this.domain = mailDomain(persona)
    this.#domains = new Set([this.domain, persona.fqdn.toLowerCase(), persona.hostname.toLowerCase(), 'localhost'])
    this.#mailboxes = new Map(mailboxesOf(persona, honeyNames).map((mailbox) => [mailbox.user, mailbox]))
  }

  /** Without a domain it is the server's own. @param extension separates a mailbox from what its owner adds to it. */
  judge({local, domain}: Pick<Path, 'local' | 'domain'>, extension: string | null): Verdict {
    if (domain !== null && !this.#domains.has(domain.toLowerCase())) return {kind: 'foreign'}
    // The old ways to say that a message is to go on from here (RFC 5321 appendix C, F.2).
    if (/[%!@]/.test(local)) return {kind: 'foreign'}
    const [name = ''] = extension === null ? [local] : local.split(extension, 1)
    const mailbox = this.find(name)
    return mailbox === undefined ? {kind: 'unknown'} : {kind: 'local', mailbox}
  }

  find(name: string): Mailbox | undefined {
    return this.#mailboxes.get(name.toLowerCase())
  }
}
