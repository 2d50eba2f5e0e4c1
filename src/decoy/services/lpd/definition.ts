import {portOption} from '../../common-options.ts'
import type {ServiceDefinition} from '../../definition.ts'

export const LPD_PORT = 515

export const LPD: ServiceDefinition = {
  name: 'lpd',
  summary: 'Line printer daemon of an HP LaserJet (RFC 1179): takes jobs and keeps them as evidence, tells its queues.',
  roles: ['prn', 'print'],
  ports: [{port: LPD_PORT, protocol: 'tcp', purpose: 'LPD', option: 'port'}],
  options: {
    port: portOption(LPD_PORT),
    queues: {
      type: 'list',
      summary: 'The only queues that take jobs; by default every name is one, as on a printer that nobody set up.',
      default: [],
      maxItems: 16,
      pattern: /^[A-Za-z0-9_.-]{1,32}$/,
      expected: 'the name of a queue',
      example: 'raw, laser',
    },
  },
  events: ['command', 'file.write', 'capture', 'malformed'],
}
