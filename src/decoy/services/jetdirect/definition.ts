import {portOption} from '../../common-options.ts'
import type {ServiceDefinition} from '../../definition.ts'

export const JETDIRECT_PORT = 9100

export const JETDIRECT: ServiceDefinition = {
  name: 'jetdirect',
  summary:
    'Raw printing port of an HP LaserJet: answers PJL (status, variables, file system), shows the messages that are set, and keeps what is printed as evidence.',
  roles: ['prn', 'print'],
  ports: [{port: JETDIRECT_PORT, protocol: 'tcp', purpose: 'raw printing and PJL', option: 'port'}],
  options: {
    port: portOption(JETDIRECT_PORT),
    message: {
      type: 'text',
      summary: 'What its display shows when it is ready.',
      default: 'Ready',
      maxLength: 40,
      pattern: /^[\x20\x21\x23-\x7e]+$/,
      expected: 'printable ASCII without quotes',
    },
    filesystem: {
      type: 'boolean',
      summary: 'Whether PJL may read and write files, as printers allow whose administrators never looked.',
      default: true,
    },
    password: {
      type: 'integer',
      secret: true,
      summary:
        'The PJL password, without which defaults cannot be changed (honey credential); by default there is none.',
      default: null,
      example: '42137',
      min: 1,
      max: 65_535,
    },
  },
  events: ['command', 'auth.attempt', 'file.read', 'file.write', 'capture', 'probe', 'malformed'],
}
