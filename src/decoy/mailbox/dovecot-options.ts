/** What IMAP and POP3 have in common as two protocols of one Dovecot. */
import {honeyUsers, MAIL_USER, printableText} from '../common-options.ts'
import type {OptionDefinition} from '../definition.ts'

export const DOVECOT_OPTIONS = {
  plaintext: {
    type: 'boolean',
    summary:
      'Whether it takes passwords without TLS. Dovecot refuses them as it is installed; many administrators allow them for old clients, and only then do tools for guessing passwords try.',
    default: true,
  },
  mechanisms: {
    type: 'enum',
    summary: 'SASL mechanisms: `plain` as Dovecot is installed, or LOGIN as well, for Outlook and for Postfix.',
    default: 'plain-login',
    values: ['plain', 'plain-login'],
  },
  banner: printableText('Text of the greeting (`login_greeting`), instead of the one of the distribution.', 128),
  users: honeyUsers(MAIL_USER),
  email_seed: {
    type: 'directory',
    summary:
      'A directory of mails (`*.eml`, none in directories below it) that every one of `users` finds in the inbox, by file name and as they are, in place of the generated ones; it is read when the fleet file is, from where that file is, and may hold 40 KiB compressed. IMAP and POP3 show the same mails where both are given it.',
    default: null,
    example: 'mails',
    holds: 'mails',
  },
} as const satisfies Readonly<Record<string, OptionDefinition>>
