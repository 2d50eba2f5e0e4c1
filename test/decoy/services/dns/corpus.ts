/** Questions whose answers of real servers are recorded, by what is asked. */
import {CLASS, FLAG, OPCODE, TYPE} from '../../../../src/decoy/codecs/dns/constants.ts'
import {nameOf} from '../../../../src/decoy/codecs/dns/name.ts'
import {pointer} from '../../../../src/decoy/codecs/dns/records.ts'
import {writeMessage} from '../../../../src/decoy/codecs/dns/writer.ts'
import {chaos, query} from './client.ts'

const COOKIE = {code: 10, data: Buffer.from('0102030405060708', 'hex')}
const ANY_CLASS = {class: CLASS.ANY}
const update = writeMessage({
  id: 0x1337,
  flags: OPCODE.UPDATE << 11,
  questions: [{name: nameOf('corp.example'), type: TYPE.SOA, class: CLASS.IN}],
  authorities: [pointer(nameOf('new.corp.example'), 300, nameOf('x.example'))],
})

export const CORPUS: Readonly<Record<string, Buffer>> = {
  soa: query('corp.example', 'SOA'),
  'soa without recursion': query('corp.example', 'SOA', {flags: 0}),
  'soa with EDNS': query('corp.example', 'SOA', {edns: {}}),
  'soa with DO and a cookie': query('corp.example', 'SOA', {edns: {dnssecOk: true, options: [COOKIE]}}),
  'soa in another case': query('CoRp.ExAmPlE', 'SOA'),
  ns: query('corp.example', 'NS'),
  'ns without recursion': query('corp.example', 'NS', {flags: 0}),
  mx: query('corp.example', 'MX'),
  txt: query('corp.example', 'TXT'),
  any: query('corp.example', 'ANY'),
  'a in another case': query('VPN.corp.example', 'A'),
  'a without recursion': query('vpn.corp.example', 'A', {flags: 0}),
  'a with AD and CD': query('vpn.corp.example', 'A', {flags: FLAG.RECURSION_DESIRED | 0x30}),
  'alias, asked for an address': query('intranet.corp.example', 'A'),
  'alias itself': query('intranet.corp.example', 'CNAME'),
  'alias without that type': query('intranet.corp.example', 'AAAA'),
  srv: query('_sip._tcp.corp.example', 'SRV'),
  'srv without recursion': query('_sip._tcp.corp.example', 'SRV', {flags: 0}),
  'no such type': query('vpn.corp.example', 'AAAA'),
  'no such name': query('nothing.corp.example', 'A'),
  'no such name with EDNS': query('nothing.corp.example', 'A', {edns: {}}),
  'empty node': query('_tcp.corp.example', 'A'),
  ptr: query('5.1.168.192.in-addr.arpa', 'PTR'),
  'no such ptr': query('77.1.168.192.in-addr.arpa', 'PTR'),
  elsewhere: query('www.wikipedia.org', 'A'),
  'elsewhere with EDNS': query('www.wikipedia.org', 'A', {edns: {}}),
  root: query('', 'NS'),
  'class any': query('corp.example', 'SOA', ANY_CLASS),
  'class none': query('corp.example', 'SOA', {class: 254}),
  'unknown type': query('corp.example', 999),
  version: chaos('version.bind'),
  'version in capitals': chaos('VERSION.BIND'),
  'version of the server': chaos('version.server'),
  'version with EDNS': chaos('version.bind', {edns: {}}),
  'version without recursion': chaos('version.bind', {flags: 0}),
  'version, any type': query('version.bind', 'ANY', {class: CLASS.CHAOS}),
  'version, soa': query('version.bind', 'SOA', {class: CLASS.CHAOS}),
  'version, ns': query('version.bind', 'NS', {class: CLASS.CHAOS}),
  'version, address': query('version.bind', 'A', {class: CLASS.CHAOS}),
  id: chaos('id.server'),
  'id with NSID': chaos('id.server', {edns: {dnssecOk: true, options: [{code: 3, data: Buffer.alloc(0)}]}}),
  hostname: chaos('hostname.bind'),
  authors: chaos('authors.bind', {edns: {size: 4096}}),
  'class hesiod': query('corp.example', 'SOA', {class: 4}),
  'unknown name of chaos': chaos('hello.bind'),
  'chaos elsewhere': chaos('www.example'),
  'version of the internet': query('version.bind', 'TXT'),
  'axfr in a datagram': query('corp.example', 'AXFR'),
  'ixfr in a datagram': query('corp.example', 'IXFR'),
  'EDNS of version 1': query('corp.example', 'SOA', {edns: {version: 1}}),
  'cookie of a wrong size': query('corp.example', 'SOA', {edns: {options: [{code: 10, data: Buffer.alloc(5)}]}}),
  'unknown option': query('corp.example', 'SOA', {edns: {options: [{code: 65_001, data: Buffer.from('hi')}]}}),
  'small datagrams': query('corp.example', 'ANY', {edns: {size: 100}}),
  status: Buffer.from('000010000000000000000000', 'hex'),
  iquery: query('corp.example', 'A', {opcode: OPCODE.IQUERY}),
  notify: query('corp.example', 'SOA', {opcode: OPCODE.NOTIFY, flags: FLAG.AUTHORITATIVE}),
  'notify elsewhere': query('other.example', 'SOA', {opcode: OPCODE.NOTIFY, flags: FLAG.AUTHORITATIVE}),
  update,
  'update with EDNS': query('corp.example', 'SOA', {opcode: OPCODE.UPDATE, flags: 0, edns: {}}),
  'opcode 6': query('corp.example', 'SOA', {opcode: 6}),
  'opcode 15': query('corp.example', 'SOA', {opcode: 15}),
  response: query('corp.example', 'SOA', {flags: FLAG.RESPONSE}),
  'no question': Buffer.from('133701000000000000000000', 'hex'),
  'two questions': Buffer.concat([
    Buffer.from('133701000002000000000000', 'hex'),
    query('vpn.corp.example', 'A').subarray(12),
    query('www.corp.example', 'A').subarray(12),
  ]),
  'more than was announced': Buffer.concat([query('corp.example', 'SOA'), Buffer.from('more')]),
  'less than was announced': query('corp.example', 'SOA').subarray(0, -3),
  'a loop of pointers': Buffer.from('133701000001000000000000c00c00010001', 'hex'),
  'a label of an unknown kind': Buffer.from('133701000001000000000000807700010001', 'hex'),
  header: Buffer.from('1337010000010000', 'hex'),
}

/** Of servers with an identity of their own (`server-id`). */
export const IDENTITY: Readonly<Record<string, Buffer>> = {
  id: chaos('id.server'),
  nsid: query('corp.example', 'SOA', {edns: {options: [{code: 3, data: Buffer.alloc(0)}]}}),
}

/** Over TCP. */
export const TRANSFERS: Readonly<Record<string, Buffer>> = {
  soa: query('corp.example', 'SOA'),
  axfr: query('corp.example', 'AXFR'),
  'axfr with EDNS': query('corp.example', 'AXFR', {edns: {}, flags: 0x20}),
  'axfr of nothing': query('other.example', 'AXFR'),
  'axfr of a name within': query('www.corp.example', 'AXFR'),
  ixfr: query('corp.example', 'IXFR'),
  'cut off': query('corp.example', 'SOA').subarray(0, -3),
  header: Buffer.from('1337010000010000', 'hex'),
}
