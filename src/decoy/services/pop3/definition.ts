import type {ServiceDefinition} from '../../definition.ts'

export const POP3_PORT = 110
export const POP3S_PORT = 995

export const POP3: ServiceDefinition = {
  name: 'pop3',
  summary:
    'POP3 server that answers as Dovecot does, with STLS and TLS; honey users find a mailbox full of lures, and what they take is recorded.',
  roles: ['mail', 'pop', 'mbox'],
  ports: [
    {port: POP3_PORT, protocol: 'tcp', purpose: 'POP3, STLS', option: 'port'},
    {port: POP3S_PORT, protocol: 'tcp', purpose: 'POP3 over TLS', option: 'tls_port', needs: 'tls'},
  ],
  options: {
    port: {type: 'integer', summary: 'Port of POP3 with STLS.', default: POP3_PORT, min: 1, max: 65_535},
    tls_port: {type: 'integer', summary: 'Port of POP3 over TLS.', default: POP3S_PORT, min: 1, max: 65_535},
    tls: {type: 'boolean', summary: 'Whether it offers TLS: STLS, and the port of its own.', default: true},
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
  events: ['auth.attempt', 'command', 'file.read', 'probe', 'malformed'],
}
