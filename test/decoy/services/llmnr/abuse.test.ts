import {TYPE} from '../../../../src/decoy/codecs/dns/constants.ts'
import {nameOf} from '../../../../src/decoy/codecs/dns/name.ts'
import {address} from '../../../../src/decoy/codecs/dns/records.ts'
import {writeMessage} from '../../../../src/decoy/codecs/dns/writer.ts'
import type {Service} from '../../../../src/decoy/service.ts'
import {abuseUdp} from '../../../support/abuse-udp.ts'
import {query} from '../dns/client.ts'
import {beaconsOf, LINUX, llmnrService, NOW, poisoned, poisonedNbns, spokenIn, WINDOWS} from './support.ts'

const PLAIN = {flags: 0}
const OPTIONS = {announce: ['http:80'], names: ['filesrv'], interval: 60}

/** One that has just asked for a name which nobody has. */
async function asking(facts = WINDOWS) {
  const service = await llmnrService(OPTIONS, facts)
  const beacons = beaconsOf(service)
  const {waitMs} = beacons.next(NOW - 120_000)
  // The first round may begin anywhere in these minutes; the last one is still open.
  return {service, beacons, spoken: spokenIn(beacons, 120_000 - waitMs, NOW - 120_000 + waitMs)}
}

const {spoken} = await asking()
const answers = spoken
  .slice(-6)
  .flatMap(({beacon}) => [beacon.bytes, 'broadcast' in beacon.to ? poisonedNbns(beacon) : poisoned(beacon)])
const known = writeMessage({
  id: 0,
  flags: 0,
  questions: [{name: nameOf('files01.local'), type: TYPE.A, class: 1}],
  answers: [address(nameOf('files01.local'), 60, LINUX.ip)],
})
const questions = [
  query('desktop-7q2k1lm', 'A', PLAIN),
  query('files01', 'ANY', PLAIN),
  query('2.0.99.10.in-addr.arpa', 'PTR', PLAIN),
  query('wpad', 'AAAA', PLAIN),
  query('files01.local', 'A', {id: 0, flags: 0, class: 0x8001}),
  query('_services._dns-sd._udp.local', 'PTR', PLAIN),
  query('_http._tcp.local', 'PTR', PLAIN),
  query('files01._http._tcp.local', 'SRV', PLAIN),
  known,
]
const datagrams = [...questions, ...answers]

/** What comes to the port that a question was asked from. */
async function listening(): Promise<Service> {
  const {beacons, service} = await asking()
  const datagram = (...heard: Parameters<typeof beacons.heard>) => ({replies: [], events: beacons.heard(...heard)})
  return {...service, udp: () => ({datagram})}
}

abuseUdp({name: 'llmnr', port: 5355, service: async () => (await asking()).service, datagrams})
abuseUdp({name: 'mdns as avahi', port: 5353, service: async () => (await asking(LINUX)).service, datagrams})
abuseUdp({
  name: 'mdns of Windows',
  port: 5353,
  service: async () => (await asking()).service,
  datagrams,
})
abuseUdp({name: 'what asks by llmnr', port: 5355, service: listening, datagrams: answers})
