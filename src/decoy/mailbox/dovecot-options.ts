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
} as const satisfies Readonly<Record<string, OptionDefinition>>
