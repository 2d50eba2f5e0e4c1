import {PDU} from '../../../../src/decoy/services/snmp/wire/pdu.ts'
import {integer, text} from '../../../../src/decoy/services/snmp/wire/values.ts'
import {abuseUdp} from '../../../support/abuse-udp.ts'
import {DISCOVERIES, OID, QUESTIONS, request, UNANSWERED, usmRequest} from './corpus.ts'
import {agent, machine} from './support.ts'

const WRITES = [
  request({community: 'private', type: PDU.SET, names: [['1.3.6.1.4.1.9.9.96.1.1.1.1.14.7', integer(4)]]}),
  request({community: 'private', type: PDU.SET, names: [[OID.NAME, text('x')]]}),
  request({type: PDU.GET_BULK, second: 2_147_483_647, names: ['1.3.6.1.2.1', '1.3.6.1.4.1']}),
  usmRequest({user: Buffer.from('admin'), flags: 5, authentication: Buffer.alloc(12, 9)}),
]
const datagrams = [...QUESTIONS, ...UNANSWERED, ...DISCOVERIES].map(([, bytes]) => bytes)

abuseUdp({
  name: 'snmp',
  port: 161,
  service: async () => agent({}, {write_community: 'private', users: ['admin:Winter-2024']}),
  datagrams: [...datagrams, ...WRITES],
})

abuseUdp({
  name: 'snmp of a switch',
  port: 161,
  service: async () => machine('cisco', {write_community: 'private'}),
  datagrams: [...datagrams, ...WRITES],
})
