import {honeyUsers, portOption} from '../../common-options.ts'
import type {ServiceDefinition} from '../../definition.ts'

export const TFTP_PORT = 69

export const TFTP: ServiceDefinition = {
  name: 'tftp',
  summary:
    "TFTP server that answers as tftpd-hpa does, with the configurations of switches and phones as lures; uploads are kept as evidence. A transfer runs on a port of its own. Whoever neither is on the decky's link nor proved its address gets no block that is longer than its request.",
  roles: ['tftp', 'boot', 'pxe', 'provisioning'],
  ports: [{port: TFTP_PORT, protocol: 'udp', purpose: 'TFTP requests, transfers beside it', option: 'port'}],
  options: {
    port: portOption(TFTP_PORT),
    lures: {
      type: 'list',
      summary: 'What it holds: `switch` for configurations of network equipment, `phone` for those of IP phones.',
      default: ['switch', 'phone'],
      maxItems: 2,
      pattern: /^(?:switch|phone)$/,
      expected: '`switch` or `phone`',
    },
    uploads: {
      type: 'boolean',
      summary: 'Whether new files may be written (`--create`); the operator learns of each attempt all the same.',
      default: true,
    },
    users: honeyUsers(
      /^[A-Za-z0-9_.-]{1,32}:[\x21-\x7e]{1,64}$/,
      'Honey credentials that the lures give away, such as those of `sip` or `telnet`; by default credentials that open nothing.',
    ),
  },
  events: ['request', 'file.read', 'file.write', 'capture', 'probe', 'malformed'],
}
