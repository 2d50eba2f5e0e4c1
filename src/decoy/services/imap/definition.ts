import type {ServiceDefinition} from '../../definition.ts'

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
    port: {type: 'integer', summary: 'Port of IMAP with STARTTLS.', default: IMAP_PORT, min: 1, max: 65_535},
    tls_port: {type: 'integer', summary: 'Port of IMAP over TLS.', default: IMAPS_PORT, min: 1, max: 65_535},
    tls: {type: 'boolean', summary: 'Whether it offers TLS: STARTTLS, and the port of its own.', default: true},
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
    version: {
      type: 'text',
      summary: 'Version of Dovecot whose capabilities it lists; by default the one that the distribution ships.',
      default: null,
      maxLength: 12,
      pattern: /^2\.[23]\.\d{1,2}(?:\.\d{1,2})?$/,
      expected: 'a version of Dovecot from 2.2 to 2.3, such as 2.3.19.1',
      example: '2.3.19.1',
    },
    banner: {
      type: 'text',
      summary: 'Text of the greeting (`login_greeting`), instead of the one of the distribution.',
      default: null,
      maxLength: 128,
      pattern: /^[\x20-\x7e]+$/,
      expected: 'printable ASCII',
    },
    users: {
      type: 'list',
      secret: true,
      summary: 'Honey credentials: the only ones that succeed.',
      default: [],
      maxItems: 32,
      pattern: /^[A-Za-z_][A-Za-z0-9_.@-]{0,63}:.{1,256}$/,
      expected: 'a user name and a password as `name:password`',
    },
  },
  events: ['auth.attempt', 'command', 'file.read', 'file.write', 'capture', 'probe', 'malformed'],
}
