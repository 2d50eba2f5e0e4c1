import type {ServiceDefinition} from '../../definition.ts'

export const SSH_PRODUCTS = ['openssh', 'dropbear', 'cisco', 'ilo', 'esxi'] as const

export const SSH: ServiceDefinition = {
  name: 'ssh',
  summary:
    'SSH server that answers as OpenSSH, Dropbear, Cisco IOS, iLO or ESXi does, with what is behind its login for honey credentials.',
  roles: ['srv', 'app', 'node', 'jump', 'lnx'],
  ports: [{port: 22, protocol: 'tcp', purpose: 'SSH', option: 'port'}],
  options: {
    port: {type: 'integer', summary: 'Port to listen on.', default: 22, min: 1, max: 65_535},
    product: {
      type: 'enum',
      summary: 'What answers; by default what fits the operating system and the archetype.',
      default: null,
      values: SSH_PRODUCTS,
    },
    version: {
      type: 'text',
      summary: 'Software version sent after `SSH-2.0-`; the algorithms of OpenSSH follow it.',
      default: null,
      maxLength: 128,
      pattern: /^[!-,.-~][!-~]*(?: [ -~]{1,100})?$/,
      expected: 'a software version such as `OpenSSH_9.2p1 Debian-2+deb12u7`',
    },
    banner: {
      type: 'text',
      summary: 'Text shown before authentication; `\\n` starts a new line.',
      default: null,
      maxLength: 2048,
    },
    motd: {
      type: 'text',
      summary: 'Text shown after a login with a terminal; `\\n` starts a new line.',
      default: null,
      maxLength: 2048,
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
    enable: {
      type: 'text',
      secret: true,
      summary: 'Honey password of `enable` on Cisco IOS; without one it never succeeds.',
      default: null,
      maxLength: 64,
      pattern: /^[\x21-\x7e]+$/,
      expected: 'printable characters without spaces',
    },
    auth: {
      type: 'list',
      summary: 'Authentication methods offered, in order.',
      default: null,
      maxItems: 3,
      pattern: /^(?:publickey|password|keyboard-interactive)$/,
      expected: '`publickey`, `password` or `keyboard-interactive`',
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
