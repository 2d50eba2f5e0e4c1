import {abuse} from '../../../support/abuse.ts'
import {abuseUdp} from '../../../support/abuse-udp.ts'
import {chaos, framed, query} from './client.ts'
import {CORPUS} from './corpus.ts'
import {controller, dnsService} from './support.ts'

const NAMES = ['version', 'update', 'soa with DO and a cookie', 'any', 'alias, asked for an address']
const dialogues = [
  [
    framed(query('corp.example', 'SOA')),
    framed(query('corp.example', 'AXFR')),
    framed(query('vpn.corp.example', 'A', {edns: {}})),
  ],
  NAMES.map((name) => framed(CORPUS[name] ?? chaos(name))),
  [Buffer.concat([framed(query('ns1.corp.example', 'A')), framed(query('www.wikipedia.org', 'A'))])],
]

abuse({
  name: 'dns as BIND',
  port: 53,
  service: () => dnsService({transfer: true}),
  dialogues,
  served: (reply) => reply.includes('hostmaster'),
})

abuse({
  name: 'dns as Windows',
  port: 53,
  service: () => controller({transfer: true}),
  dialogues,
  served: (reply) => reply.includes('hostmaster'),
})

const datagrams = Object.values(CORPUS)

abuseUdp({name: 'dns as BIND, in datagrams', port: 53, service: () => dnsService({transfer: true}), datagrams})
abuseUdp({name: 'dns as Windows, in datagrams', port: 53, service: () => controller(), datagrams})
