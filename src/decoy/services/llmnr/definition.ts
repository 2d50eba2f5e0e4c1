import type {ServiceDefinition} from '../../definition.ts'

export const LLMNR_PORT = 5355
export const MDNS_PORT = 5353

export const LLMNR_PRODUCTS = ['windows', 'avahi'] as const

export const LLMNR: ServiceDefinition = {
  name: 'llmnr',
  summary:
    'A trap for poisoners: from time to time it asks the link by LLMNR and mDNS, and on Windows by NetBIOS, for names that nobody has, and whoever answers is recorded as a `poisoner`. It answers for its own name as its system does. It needs the link: on the embedded engine nobody hears it.',
  roles: ['ws', 'pc'],
  ports: [
    {port: LLMNR_PORT, protocol: 'udp', purpose: 'Link-local multicast name resolution'},
    {port: MDNS_PORT, protocol: 'udp', purpose: 'Multicast DNS'},
  ],
  options: {
    product: {
      type: 'enum',
      summary: 'Whose answers and questions they are; by default those that fit the operating system.',
      default: null,
      values: LLMNR_PRODUCTS,
    },
    trap: {type: 'boolean', summary: 'Whether it asks for names that nobody has.', default: true},
    interval: {
      type: 'integer',
      summary: 'Seconds between two names that it asks for, on average: half of that to one and a half times.',
      default: 900,
      min: 2,
      max: 86_400,
    },
    names: {
      type: 'list',
      summary:
        'Names that it asks for, which no machine may have; by default misspelt ones of machines that intruders look for.',
      default: [],
      maxItems: 32,
      pattern: /^[A-Za-z][A-Za-z0-9-]{0,13}[A-Za-z0-9]$/,
      expected: 'a host name of 2 to 15 characters, without a domain',
      example: 'filesrv, wpadd',
    },
    announce: {
      type: 'list',
      summary: 'Services that it announces by mDNS as Avahi does, each with its port.',
      default: [],
      maxItems: 16,
      pattern:
        /^[a-z](?:[a-z0-9-]{0,13}[a-z0-9])?:(?:[1-9]\d{0,3}|[1-5]\d{4}|6[0-4]\d{3}|65[0-4]\d\d|655[0-2]\d|6553[0-5])$/,
      expected: 'a service and its port, such as `http:80`',
      example: 'http:80, ipp:631',
    },
  },
  events: ['poisoner', 'query', 'probe', 'malformed'],
}
