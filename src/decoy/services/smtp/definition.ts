import {honeyUsers, MAIL_USER, portOption, printableText} from '../../common-options.ts'
import type {OptionDefinition, ServiceDefinition} from '../../definition.ts'
import {MTAS, mailConflicts} from './choice.ts'

export const SMTP_PORT = 25
export const SMTPS_PORT = 465
export const SUBMISSION_PORT = 587

/** Options of everything that speaks SMTP. */
export const MAIL_OPTIONS = {
  port: portOption(SMTP_PORT, 'Port on which it takes mail.'),
  submission: {type: 'boolean', summary: 'Whether it listens on port 587, too.', default: true},
  product: {
    type: 'enum',
    summary: 'The server it is taken for; by default one that fits the operating system.',
    default: null,
    values: MTAS,
  },
  mta: {
    type: 'enum',
    summary: 'The same as `product`, by the name that older fleet files have; `product` counts where both are there.',
    default: null,
    values: MTAS,
  },
  version: {
    type: 'text',
    summary: 'The version it answers as; by default the one that the distribution ships.',
    default: null,
    maxLength: 16,
    pattern: /^\d{1,2}\.\d{1,2}(?:\.\d{1,4}){0,2}$/,
    expected: 'a version of the product, such as 3.7.11 (postfix), 4.96 (exim) or 8.17.1 (sendmail)',
  },
  banner: printableText('Text of the greeting after its code, instead of the one of the product.', 256),
  tls: {type: 'boolean', summary: 'Whether it offers STARTTLS.', default: true},
  users: honeyUsers(MAIL_USER, 'Honey credentials: the only ones that succeed. Their names are mailboxes, too.'),
} as const satisfies Readonly<Record<string, OptionDefinition>>

export const SMTP: ServiceDefinition = {
  name: 'smtp',
  summary:
    'Mail server that answers as Postfix, Exim, Sendmail or Exchange does; it keeps what is sent to its mailboxes as evidence and relays for nobody.',
  roles: ['mail', 'mx', 'smtp'],
  ports: [
    {port: SMTP_PORT, protocol: 'tcp', purpose: 'SMTP', option: 'port'},
    {port: SMTPS_PORT, protocol: 'tcp', purpose: 'submission over TLS', needs: 'smtps'},
    {port: SUBMISSION_PORT, protocol: 'tcp', purpose: 'submission', needs: 'submission'},
  ],
  options: {
    ...MAIL_OPTIONS,
    smtps: {type: 'boolean', summary: 'Whether it listens on port 465, too.', default: true},
  },
  conflicts: mailConflicts,
  events: ['auth.attempt', 'command', 'mail', 'capture', 'probe', 'malformed'],
}
