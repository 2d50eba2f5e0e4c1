import {encodeName} from '../../../../src/decoy/codecs/netbios-name.ts'
import {abuseUdp} from '../../../support/abuse-udp.ts'
import {nbnsService, question, STATUS, WINDOWS} from './support.ts'

const OWNER = Buffer.from('c00c00200001000493e000060000c0a8014d', 'hex')
/** A name, and in a resource who has it (RFC 1002 §4.2.2 and following). */
const claim = (opcode: number): Buffer => {
  const bytes = Buffer.concat([question(0x1338, 'FILES01', 0x20, 0x20, (opcode << 11) | 0x0110), OWNER])
  bytes.writeUInt16BE(1, 10)
  return bytes
}
const answer = Buffer.concat([
  Buffer.from('133785000000000100000000', 'hex'),
  encodeName({name: 'FILES01', kind: 0x20}),
  OWNER.subarray(2),
])
const datagrams = [
  STATUS,
  question(0x1339, 'FILES01', 0, 0x21),
  question(0x133a, 'FILES01', 0x20, 0x20, 0x0110),
  question(0x133b, 'WORKGROUP', 0x1d, 0x20, 0x0110),
  ...[5, 6, 7, 8].map(claim),
  answer,
]

abuseUdp({name: 'nbns as nmbd', port: 137, service: () => nbnsService(), datagrams})

abuseUdp({
  name: 'nbns as Windows',
  port: 137,
  service: () => nbnsService({...WINDOWS, archetype: 'domain-controller', domain: 'corp.example'}),
  datagrams,
})
