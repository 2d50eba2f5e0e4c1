import {honeyUsers, portOption, secretWord, UNIX_USER} from '../../common-options.ts'
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
    port: portOption(TELNET_PORT),
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
    enable: secretWord('Honey password of `enable` on Cisco IOS; without one it never succeeds.', 64),
    users: honeyUsers(UNIX_USER),
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
