import {honeyUsers, portOption, printableText, UNIX_USER} from '../../common-options.ts'
import type {ServiceDefinition} from '../../definition.ts'
import {FTP_PRODUCTS, ftpConflicts} from './choice.ts'

export const FTP_PORT = 21

export const FTP: ServiceDefinition = {
  name: 'ftp',
  summary:
    'FTP server that answers as vsFTPd, ProFTPD, Microsoft FTP Service, a network camera or a printer does; uploads are kept as evidence, passive mode works.',
  roles: ['ftp', 'file', 'transfer', 'backup'],
  ports: [{port: FTP_PORT, protocol: 'tcp', purpose: 'FTP, passive data connections beside it', option: 'port'}],
  options: {
    port: portOption(FTP_PORT),
    product: {
      type: 'enum',
      summary:
        'The server it is taken for; by default one that fits the machine, and has the `version`. `jetdirect` is a printer, which takes jobs from everybody.',
      default: null,
      values: FTP_PRODUCTS,
    },
    version: {
      type: 'text',
      summary: 'The version it claims, where the product names one; by default the one that the distribution ships.',
      default: null,
      maxLength: 16,
      pattern: /^\d{1,2}\.\d{1,2}\.\d{1,3}[a-z]?$/,
      expected: 'a version of the product, such as 3.0.5 (vsftpd), 1.3.8 (proftpd) or 10.12.182 (axis)',
    },
    banner: printableText('Text of the greeting, instead of the one of the product.', 128),
    anonymous: {
      type: 'boolean',
      summary: 'Whether anonymous users may look around in a directory of lures.',
      default: false,
    },
    tls: {type: 'boolean', summary: 'Whether it offers TLS (`AUTH TLS`).', default: true},
    users: honeyUsers(UNIX_USER),
  },
  conflicts: ftpConflicts,
  events: ['auth.attempt', 'command', 'file.read', 'file.write', 'capture', 'probe', 'malformed'],
}
