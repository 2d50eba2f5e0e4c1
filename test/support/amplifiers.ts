/** What is sent with forged sources to servers that answer with much more, by the UDP port that it is sent to. */
import {nameOf} from '../../src/decoy/codecs/dns/name.ts'
import {address} from '../../src/decoy/codecs/dns/records.ts'
import {writeMessage} from '../../src/decoy/codecs/dns/writer.ts'
import {text, uint} from '../../src/decoy/services/nfs/wire/xdr.ts'
import {PDU} from '../../src/decoy/services/snmp/wire/pdu.ts'
import {kdcRequest} from '../decoy/codecs/kerberos/client.ts'
import {chaos, query} from '../decoy/services/dns/client.ts'
import {equals, search} from '../decoy/services/ldap/client.ts'
import {STATUS} from '../decoy/services/nbns/support.ts'
import {call} from '../decoy/services/nfs/support.ts'
import {CLIENT, MONLIST, READ_VARIABLES} from '../decoy/services/ntp/corpus.ts'
import {request as sip} from '../decoy/services/sip/support.ts'
import {request as snmp, usmRequest} from '../decoy/services/snmp/corpus.ts'

export interface Amplifier {
  readonly name: string
  readonly bytes: Buffer
  /** Who is proven gets more than it sent. */
  readonly full?: true
}

export const DOMAIN = 'corp.example'
/** A file that lies on the TFTP servers, of more than a block. */
export const LARGE_FILE = 'image.bin'

const REALM = DOMAIN.toUpperCase()
const LARGE = {edns: {size: 4096, dnssecOk: true}}
const asked = {
  type: 'as',
  padata: [],
  options: 0x4080_0010,
  client: {type: 1, parts: ['administrator']},
  realm: REALM,
  server: {type: 2, parts: ['krbtgt', REALM]},
  till: Date.parse('2037-09-13T02:48:05Z'),
  nonce: 12_345,
  etypes: [18, 17, 23],
} as const

const latin1 = (value: string): Buffer => Buffer.from(value, 'latin1')
const bulk = (count: number, ...names: string[]): Buffer => snmp({type: PDU.GET_BULK, first: 0, second: count, names})
/** Asks for an answer to itself (QU, RFC 6762 §5.4). */
const multicast = (name: string, type: Parameters<typeof query>[1]): Buffer =>
  query(name, type, {flags: 0, class: 0x8001})

/** @param hostname of the decky that is asked. */
export function amplifiers(port: number, hostname: string): readonly Amplifier[] {
  const host = hostname.split('.')[0] ?? hostname
  switch (port) {
    case 53:
      return [
        {name: 'ANY', bytes: query(DOMAIN, 'ANY', LARGE), full: true},
        {name: 'ANY without EDNS', bytes: query(DOMAIN, 'ANY'), full: true},
        {name: 'DNSKEY', bytes: query(DOMAIN, 48, LARGE)},
        {name: 'SOA', bytes: query(DOMAIN, 'SOA', LARGE), full: true},
        {name: 'root', bytes: query('', 'NS', LARGE)},
        {name: 'ANY of somebody else', bytes: query('isc.org', 'ANY', LARGE)},
        {name: 'version', bytes: chaos('version.bind', {edns: {size: 4096}})},
        {name: 'transfer', bytes: query(DOMAIN, 'AXFR')},
        {
          name: 'an update',
          bytes: writeMessage({
            id: 7,
            flags: 5 << 11,
            questions: [{name: nameOf(DOMAIN), type: 6, class: 1}],
            authorities: [address(nameOf(`new.${DOMAIN}`), 60, '10.77.0.66')],
          }),
        },
      ]
    case 69:
      return [
        {name: 'a file in large blocks', bytes: latin1(`\0\x01${LARGE_FILE}\0octet\0blksize\x001428\0tsize\x000\0`)},
        {name: 'a file', bytes: latin1(`\0\x01${LARGE_FILE}\0octet\0`), full: true},
        {name: 'a file in many blocks', bytes: latin1(`\0\x01${LARGE_FILE}\0octet\0windowsize\x0064\0`)},
        {name: 'no file', bytes: latin1('\0\x01a\0octet\0')},
        {name: 'an upload', bytes: latin1('\0\x02a\0octet\0')},
      ]
    case 88:
      return [
        {name: 'AS-REQ', bytes: kdcRequest(asked)},
        {name: 'AS-REQ of nobody', bytes: kdcRequest({...asked, client: {type: 1, parts: ['n']}})},
        {name: 'AS-REQ of another realm', bytes: kdcRequest({...asked, realm: 'N'})},
        {name: 'AS-REQ with old ciphers', bytes: kdcRequest({...asked, etypes: [1]})},
      ]
    case 111:
      return [
        {name: 'dump of portmap', bytes: call(100_000, 2, 4), full: true},
        {name: 'dump of rpcbind', bytes: call(100_000, 4, 4), full: true},
        {name: 'statistics', bytes: call(100_000, 4, 12)},
        {name: 'a call through it', bytes: call(100_000, 2, 5, uint(100_005, 1, 5, 0))},
        {name: 'another version', bytes: call(100_000, 9, 0)},
      ]
    case 123:
      return [
        {name: 'monlist', bytes: MONLIST},
        {name: 'monlist, padded', bytes: Buffer.concat([MONLIST, Buffer.alloc(184)])},
        {name: 'readlist', bytes: READ_VARIABLES},
        {name: 'peer list', bytes: Buffer.from('1601000100000000', 'hex')},
        {name: 'time', bytes: CLIENT},
      ]
    case 137:
      return [{name: 'node status', bytes: STATUS, full: true}]
    case 161:
      return [
        {name: 'GetBulk', bytes: bulk(200, '1.3.6.1'), full: true},
        {name: 'GetBulk of much', bytes: bulk(2250, '1.3.6.1.2.1', '1.3.6.1.4.1'), full: true},
        {name: 'Get', bytes: snmp({names: ['1.3.6.1.2.1.1.1.0', '1.3.6.1.2.1.1.4.0']}), full: true},
        {name: 'Get of version 1', bytes: snmp({version: 0, names: ['1.3.6.1.2.1.1.1.0']}), full: true},
        {name: 'discovery of version 3', bytes: usmRequest()},
      ]
    case 389:
      return [
        {name: 'rootDSE', bytes: search(1), full: true},
        {name: 'rootDSE, all', bytes: search(1, {attributes: ['*', '+']}), full: true},
        {
          name: 'netlogon',
          bytes: search(1, {filter: equals('NtVer', Buffer.from([6, 0, 0, 0])), attributes: ['netlogon']}),
          full: true,
        },
      ]
    case 464:
      return [
        {name: 'no change of a password', bytes: Buffer.from('00060001000000', 'hex')},
        {name: 'AS-REQ', bytes: kdcRequest(asked)},
      ]
    case 1434:
      return [
        {name: 'all instances', bytes: latin1('\x03'), full: true},
        {name: 'all instances, by broadcast', bytes: latin1('\x02'), full: true},
        {name: 'an instance', bytes: latin1('\x04MSSQLSERVER\0'), full: true},
        {name: 'its administrators', bytes: latin1('\x0f\x01MSSQLSERVER\0')},
      ]
    case 5060:
      return [
        {name: 'OPTIONS', bytes: sip({method: 'OPTIONS'}), full: true},
        {name: 'INVITE', bytes: sip({method: 'INVITE'}), full: true},
        {name: 'REGISTER', bytes: sip({method: 'REGISTER'}), full: true},
        {
          name: 'OPTIONS, short',
          bytes: latin1('OPTIONS sip:a SIP/2.0\r\nVia: SIP/2.0/UDP a\r\nCSeq: 1 OPTIONS\r\n\r\n'),
        },
      ]
    case 5353:
      return [
        {name: 'every service', bytes: multicast('_services._dns-sd._udp.local', 'PTR')},
        {name: 'a service', bytes: multicast('_http._tcp.local', 'PTR')},
        {name: 'itself', bytes: multicast(`${host}.local`, 'ANY')},
      ]
    case 5355:
      return [
        {name: 'itself', bytes: query(host, 'ANY', {flags: 0})},
        {name: 'its address', bytes: query(host, 'A', {flags: 0}), full: true},
      ]
    case 20_048:
      return [
        {name: 'exports', bytes: call(100_005, 3, 5)},
        {name: 'mounts', bytes: call(100_005, 1, 2)},
        {name: 'a mount', bytes: call(100_005, 3, 1, text('/srv'))},
      ]
    default:
      return []
  }
}

/** Ports that no decky has, whatever its services over TCP: there is nobody who could answer. */
export const CLOSED: readonly (readonly [port: number, bytes: Buffer])[] = [
  [19, latin1('x')],
  [
    1900,
    latin1('M-SEARCH * HTTP/1.1\r\nHost:239.255.255.250:1900\r\nST:ssdp:all\r\nMan:"ssdp:discover"\r\nMX:1\r\n\r\n'),
  ],
  [11_211, latin1('\0\x01\0\0\0\x01\0\0stats\r\n')],
]
