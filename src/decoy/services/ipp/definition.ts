import {honeyUsers, portOption, serverUser} from '../../common-options.ts'
import type {ServiceDefinition} from '../../definition.ts'
import {ippConflicts} from './choice.ts'

export const IPP_PORT = 631

export const IPP_PRODUCTS = ['hp', 'cups'] as const

export const IPP: ServiceDefinition = {
  name: 'ipp',
  summary:
    'Internet Printing Protocol 1.1 and 2.0, as an HP LaserJet or CUPS speaks it: tells the printer, takes jobs and keeps them as evidence.',
  roles: ['prn', 'print'],
  ports: [{port: IPP_PORT, protocol: 'tcp', purpose: 'IPP over HTTP', option: 'port'}],
  options: {
    port: portOption(IPP_PORT),
    product: {
      type: 'enum',
      summary: 'What it is taken for: a LaserJet, or on Linux a print server with CUPS.',
      default: null,
      values: IPP_PRODUCTS,
    },
    version: {
      type: 'text',
      summary: 'The version of CUPS that it claims; by default the one that the distribution ships.',
      default: null,
      maxLength: 12,
      pattern: /^[12]\.\d{1,2}(?:\.\d{1,2})?$/,
      expected: 'a version of CUPS, such as 2.4.2',
    },
    location: {
      type: 'text',
      summary: 'Where the printer stands, as it tells.',
      default: '',
      maxLength: 127,
      pattern: /^[\x20-\x7e]*$/,
      expected: 'printable ASCII',
    },
    users: honeyUsers(
      serverUser(),
      'Honey credentials of the printer’s own pages: the only ones with which signing in succeeds.',
    ),
  },
  conflicts: ippConflicts,
  events: ['request', 'auth.attempt', 'file.write', 'capture', 'probe', 'malformed'],
}
