import {portOption} from '../../common-options.ts'
import type {ServiceDefinition} from '../../definition.ts'
import {DOVECOT_OPTIONS} from '../../mailbox/dovecot-options.ts'

export const IMAP_PORT = 143
export const IMAPS_PORT = 993

export const IMAP: ServiceDefinition = {
  name: 'imap',
  summary:
    'IMAP server that answers as Dovecot does, with STARTTLS and TLS; honey users find a mailbox full of lures, and what they read is recorded.',
  roles: ['mail', 'imap', 'mbox'],
  ports: [
    {port: IMAP_PORT, protocol: 'tcp', purpose: 'IMAP4rev1, STARTTLS', option: 'port'},
    {port: IMAPS_PORT, protocol: 'tcp', purpose: 'IMAP4rev1 over TLS', option: 'tls_port', needs: 'tls'},
  ],
  options: {
    port: portOption(IMAP_PORT, 'Port of IMAP with STARTTLS.'),
    tls_port: portOption(IMAPS_PORT, 'Port of IMAP over TLS.'),
    tls: {type: 'boolean', summary: 'Whether it offers TLS: STARTTLS, and the port of its own.', default: true},
    version: {
      type: 'text',
      summary: 'Version of Dovecot whose capabilities it lists; by default the one that the distribution ships.',
      default: null,
      maxLength: 12,
      pattern: /^2\.[23]\.\d{1,2}(?:\.\d{1,2})?$/,
      expected: 'a version of Dovecot from 2.2 to 2.3, such as 2.3.19.1',
      example: '2.3.19.1',
    },
    ...DOVECOT_OPTIONS,
  },
  events: ['auth.attempt', 'command', 'file.read', 'file.write', 'capture', 'probe', 'malformed'],
}
