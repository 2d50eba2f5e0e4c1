import {portOption} from '../../common-options.ts'
import type {ServiceDefinition} from '../../definition.ts'
import {DOVECOT_OPTIONS} from '../../mailbox/dovecot-options.ts'

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
    port: portOption(POP3_PORT, 'Port of POP3 with STLS.'),
    tls_port: portOption(POP3S_PORT, 'Port of POP3 over TLS.'),
    tls: {type: 'boolean', summary: 'Whether it offers TLS: STLS, and the port of its own.', default: true},
    ...DOVECOT_OPTIONS,
  },
  events: ['auth.attempt', 'command', 'file.read', 'probe', 'malformed'],
}
