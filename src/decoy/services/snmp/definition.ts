import {secretWord} from '../../common-options.ts'
import type {ServiceDefinition} from '../../definition.ts'

export const SNMP_PORT = 161
/** Agents that it can play; each has the objects of its kind of machine. */
export const SNMP_PRODUCTS = ['net-snmp', 'windows', 'cisco', 'printer', 'ups', 'synology', 'axis', 'plc'] as const

export type SnmpProduct = (typeof SNMP_PRODUCTS)[number]

export const SNMP: ServiceDefinition = {
  name: 'snmp',
  summary:
    'SNMP agent in versions 1, 2c and 3 with the objects of its kind of machine. A wrong community gets no answer and is recorded. A write community is a lure: what is written with it is recorded and stays. An answer that is longer than its question goes only to neighbours and to addresses that completed a TCP handshake with the decky in the last minutes; others are told that it is too big.',
  roles: ['mon', 'prn', 'ups', 'sw'],
  ports: [{port: SNMP_PORT, protocol: 'udp', purpose: 'requests'}],
  options: {
    community: {
      ...secretWord(
        'Community that may read; by default `public`, and on a switch also the one that its configuration shows.',
        64,
      ),
      example: 'public',
    },
    write_community: {
      ...secretWord(
        'Community that may write; by default the one that the product is delivered with: `private` on a UPS, a printer and a controller, `write` on a camera, none elsewhere.',
        64,
      ),
      example: 'private',
    },
    product: {
      type: 'enum',
      summary: 'Agent it claims to be; by default what the archetype and the OS of the persona have.',
      default: null,
      values: SNMP_PRODUCTS,
    },
    contact: {
      type: 'text',
      summary: 'sysContact; by default the address of the help desk or an empty text.',
      default: null,
      example: 'noc@corp.example',
    },
    location: {
      type: 'text',
      summary: 'sysLocation; by default a place that fits the machine.',
      default: null,
      example: 'Server room, rack 4',
    },
    users: {
      type: 'list',
      summary:
        'Users of version 3 that get in, for authentication and privacy with the same password; others are refused and their attempts kept for cracking.',
      default: [],
      secret: true,
      maxItems: 16,
      pattern: /^[^\s:]{1,32}:\S{8,64}$/,
      expected: 'name:password, the password of at least 8 characters',
      example: 'monitor:Winter-2024',
    },
  },
  events: ['auth.attempt', 'query', 'probe', 'malformed'],
}
