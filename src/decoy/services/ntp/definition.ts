import type {ServiceDefinition} from '../../definition.ts'

export const NTP_PORT = 123
export const NTP_PRODUCTS = ['chrony', 'ntpd', 'w32time'] as const

export type NtpProduct = (typeof NTP_PRODUCTS)[number]

export const NTP: ServiceDefinition = {
  name: 'ntp',
  summary:
    'Time server. It tells the time in as many octets as it was asked in; queries of its state and of its clients (modes 6 and 7, which serve reflection attacks) get no answer, as from servers set up well, and are recorded.',
  roles: ['ntp', 'time', 'dc'],
  ports: [{port: NTP_PORT, protocol: 'udp', purpose: 'time and control requests'}],
  options: {
    product: {
      type: 'enum',
      summary: 'Server it claims to be; by default `w32time` on Windows, `chrony` on Linux and `ntpd` elsewhere.',
      default: null,
      values: NTP_PRODUCTS,
    },
    stratum: {
      type: 'integer',
      summary: 'Distance from a reference clock; by default 2 to 4, as the product has it.',
      default: null,
      min: 1,
      max: 15,
    },
  },
  events: ['query', 'probe', 'malformed'],
}
