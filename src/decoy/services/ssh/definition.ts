import {honeyUsers, portOption, secretWord, UNIX_USER} from '../../common-options.ts'
import type {ServiceDefinition} from '../../definition.ts'
import {SSH_PRODUCTS, sshConflicts} from './choice.ts'

export const SSH: ServiceDefinition = {
  name: 'ssh',
  summary:
    'SSH server that answers as OpenSSH, Dropbear, Cisco IOS, iLO or ESXi does, with what is behind its login for honey credentials.',
  roles: ['srv', 'app', 'node', 'jump', 'lnx'],
  ports: [{port: 22, protocol: 'tcp', purpose: 'SSH', option: 'port'}],
  options: {
    port: portOption(22),
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
    users: honeyUsers(UNIX_USER),
    enable: secretWord('Honey password of `enable` on Cisco IOS; without one it never succeeds.', 64),
    auth: {
      type: 'list',
      summary: 'Authentication methods offered, in order.',
      default: null,
      maxItems: 3,
      pattern: /^(?:publickey|password|keyboard-interactive)$/,
      expected: '`publickey`, `password` or `keyboard-interactive`',
    },
  },
  conflicts: sshConflicts,
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
