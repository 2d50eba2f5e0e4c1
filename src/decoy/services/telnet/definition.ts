import type {ServiceDefinition} from '../../definition.ts'

export const TELNET_PORT = 23

export const TELNET_PRODUCTS = ['linux', 'busybox', 'ios'] as const

export const TELNET: ServiceDefinition = {
  name: 'telnet',
  summary:
    'Telnet server of Linux, of BusyBox firmware or of Cisco IOS, with a shell or a command line behind honey credentials.',
  roles: ['gw', 'dev', 'term', 'mgmt'],
  ports: [{port: TELNET_PORT, protocol: 'tcp', purpose: 'Telnet', option: 'port'}],
  options: {
    port: {type: 'integer', summary: 'Port it listens on.', default: TELNET_PORT, min: 1, max: 65_535},
    product: {
      type: 'enum',
      summary: 'What answers; by default what fits the operating system.',
      default: null,
      values: TELNET_PRODUCTS,
    },
    banner: {
      type: 'text',
      summary: 'Text before the login; `\\n` starts a new line.',
      default: null,
      maxLength: 1024,
    },
    enable: {
      type: 'text',
      secret: true,
      summary: 'Honey password of `enable` on Cisco IOS; without one it never succeeds.',
      default: null,
      maxLength: 64,
      pattern: /^[\x21-\x7e]+$/,
      expected: 'printable characters without spaces',
    },
    users: {
      type: 'list',
      secret: true,
      summary: 'Honey credentials: the only ones that succeed.',
      default: [],
      maxItems: 32,
      pattern: /^[A-Za-z_][A-Za-z0-9_.-]{0,31}:.{1,256}$/,
      expected: 'a user name and a password as `name:password`',
    },
  },
  events: [
    'auth.attempt',
    'command',
    'session.transcript',
    'request',
    'file.read',
    'file.write',
    'capture',
    'probe',
    'malformed',
  ],
}
