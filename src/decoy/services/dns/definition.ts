import {printableText} from '../../common-options.ts'
import type {ServiceDefinition} from '../../definition.ts'

export const DNS_PORT = 53

export const DNS_PRODUCTS = ['bind', 'windows'] as const

const LABELS = '(?:@|[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,126}[A-Za-z0-9])?)'
const OCTET = '(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)'
const GROUP = '[0-9A-Fa-f]{1,4}'
const IPV6 = `(?:(?:${GROUP}:){7}${GROUP}|(?:${GROUP}(?::${GROUP}){0,3})?::(?:${GROUP}(?::${GROUP}){0,2})?)`
const EXTRA_RECORD = new RegExp(
  `^${LABELS}\\s+(?:A\\s+${OCTET}(?:\\.${OCTET}){3}|AAAA\\s+${IPV6}|CNAME\\s+${LABELS}\\.?|TXT\\s+\\S.{0,253})$`,
)

export const DNS: ServiceDefinition = {
  name: 'dns',
  summary:
    'Name server of the fleet’s domain: knows the decky, lures such as `vpn` and `backup`, and on Windows what Active Directory publishes. Every name leads to the decky itself unless `extra_records` says otherwise. It resolves nothing else, answers senders whose address may be forged with no more than they sent, and tells of transfers, updates, tunnels and floods.',
  roles: ['dns', 'ns', 'dc'],
  ports: [
    {port: DNS_PORT, protocol: 'udp', purpose: 'Queries'},
    {port: DNS_PORT, protocol: 'tcp', purpose: 'Queries and zone transfers'},
  ],
  options: {
    product: {
      type: 'enum',
      summary: 'The server it is taken for; by default one that fits the operating system.',
      default: null,
      values: DNS_PRODUCTS,
    },
    domain: {
      type: 'text',
      summary: 'The domain it is authoritative for; by default that of the fleet.',
      default: null,
      maxLength: 128,
      pattern: /^(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z0-9-]{2,63}$/,
      expected: 'a domain such as corp.example',
    },
    bind_version: {
      ...printableText('What BIND answers to `version.bind`; by default what the distribution ships.', 128),
      example: '9.11.4-P2-RedHat-9.11.4-26.P2.el7',
    },
    nsid: {
      ...printableText('The identity that BIND tells with NSID and `id.server`; by default none.', 64),
      example: 'ns1',
    },
    transfer: {
      type: 'boolean',
      summary: 'Whether anybody gets the whole zone (AXFR): a lure. Requests for it are recorded in any case.',
      default: false,
    },
    extra_records: {
      type: 'list',
      summary:
        'Further records, or in place of the derived ones of that name: a name within the domain, a type and its value.',
      default: [],
      maxItems: 64,
      pattern: EXTRA_RECORD,
      expected: 'a name, a type of A, AAAA, CNAME or TXT, and a value: `sql01 A 192.168.1.80`',
      example: 'sql01 A 192.168.1.80, files CNAME fs01',
    },
  },
  events: ['query', 'request', 'probe', 'malformed'],
}
