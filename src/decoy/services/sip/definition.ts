import {honeyUsers, portOption} from '../../common-options.ts'
import type {ServiceDefinition} from '../../definition.ts'
import {sipConflicts} from './choice.ts'

export const SIP_PORT = 5060

export const SIP_PRODUCTS = ['asterisk', 'freepbx'] as const

export const SIP: ServiceDefinition = {
  name: 'sip',
  summary:
    'SIP registrar that answers as Asterisk (chan_sip) or FreePBX (chan_pjsip) does; registrations and calls are challenged, and what is tried is kept as lines to crack.',
  roles: ['sip', 'pbx', 'voip', 'tel'],
  ports: [
    {port: SIP_PORT, protocol: 'udp', purpose: 'SIP', option: 'port'},
    {port: SIP_PORT, protocol: 'tcp', purpose: 'SIP', option: 'port'},
  ],
  options: {
    port: portOption(SIP_PORT, 'Port it listens on, UDP and TCP.'),
    product: {
      type: 'enum',
      summary:
        'The telephone system it is taken for; by default one that has the `version`, else one that fits the distribution.',
      default: null,
      values: SIP_PRODUCTS,
    },
    version: {
      type: 'text',
      summary: 'The version it claims; by default one that fits the distribution.',
      default: null,
      maxLength: 48,
      pattern: /^\d{1,2}(?:\.\d{1,3}){1,3}(?:[~+-][\w.~+-]{1,40}|\(\d{1,2}(?:\.\d{1,3}){1,2}\))?$/,
      expected:
        'a version of the product, such as 18.10.0~dfsg+~cs6.10.40431411-2 (asterisk) or 16.0.40.7(18.16.0) (freepbx)',
    },
    realm: {
      type: 'text',
      summary: 'The realm of its challenges.',
      default: 'asterisk',
      maxLength: 64,
      pattern: /^[\x20\x21\x23-\x5b\x5d-\x7e]+$/,
      expected: 'printable ASCII without quotes and backslashes',
    },
    extensions: {
      type: 'list',
      summary: 'Extensions that exist; by default a range of the machine.',
      default: [],
      maxItems: 32,
      pattern: /^[A-Za-z0-9_.-]{1,32}$|^\d{2,6}-\d{2,6}$/,
      expected: 'an extension, or a range of numbers such as `200-219`',
    },
    enumeration: {
      type: 'boolean',
      summary:
        'Whether it tells extensions that exist from others, as chan_sip does with `alwaysauthreject = no`; it is taken for chan_sip then.',
      default: false,
    },
    guests: {
      type: 'boolean',
      summary: 'Whether calls of strangers are taken, up to the called extension, instead of being challenged.',
      default: false,
    },
    users: honeyUsers(
      /^[A-Za-z0-9_.-]{1,32}:[\x21-\x7e]{1,64}$/,
      'Honey credentials: the only extensions and passwords that register and may call.',
      'an extension and a password as `extension:password`',
    ),
  },
  conflicts: sipConflicts,
  events: ['request', 'auth.attempt', 'probe', 'malformed'],
}
