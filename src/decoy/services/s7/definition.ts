import {portOption, secretWord} from '../../common-options.ts'
import type {ServiceDefinition} from '../../definition.ts'

export const S7_PORT = 102

export const S7_PROTECTIONS = ['none', 'write', 'full'] as const
export type Protection = (typeof S7_PROTECTIONS)[number]

export const S7: ServiceDefinition = {
  name: 's7',
  summary:
    'SIMATIC S7-300 controller that tells what it is, shows its process and data blocks, and can be written to and stopped.',
  roles: ['plc', 'line', 'hmi'],
  ports: [{port: S7_PORT, protocol: 'tcp', purpose: 'S7 communication over ISO on TCP', option: 'port'}],
  options: {
    port: portOption(S7_PORT),
    protection: {
      type: 'enum',
      summary:
        'Protection level of the CPU: `none` obeys everybody who stops or starts it, `write` and `full` only those who gave the password.',
      default: 'none',
      values: S7_PROTECTIONS,
    },
    password: secretWord(
      'Honey password of the CPU: the only one that is accepted, where `protection` asks for one.',
      8,
    ),
  },
  events: ['request', 'query', 'command', 'auth.attempt', 'probe', 'malformed'],
}
