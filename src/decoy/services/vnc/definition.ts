import {portOption, secretWord} from '../../common-options.ts'
import type {ServiceDefinition} from '../../definition.ts'

export const VNC_PORT = 5900

export const VNC_PRODUCTS = ['x11vnc', 'realvnc', 'tightvnc', 'ultravnc'] as const

export const VNC: ServiceDefinition = {
  name: 'vnc',
  summary:
    'Remote desktop that asks for a password as VNC servers do, and shows a sign-in screen behind the right one.',
  roles: ['ws', 'desk', 'kiosk', 'hmi'],
  ports: [{port: VNC_PORT, protocol: 'tcp', purpose: 'RFB 3.3, 3.7 and 3.8', option: 'port'}],
  options: {
    port: portOption(VNC_PORT),
    product: {
      type: 'enum',
      summary: 'The server it is taken for; by default one that fits the operating system.',
      default: null,
      values: VNC_PRODUCTS,
    },
    password: secretWord(
      'Honey password: the only one that succeeds; of a longer one the first eight characters count.',
      64,
    ),
  },
  events: ['auth.attempt', 'command', 'request', 'probe', 'malformed'],
}
