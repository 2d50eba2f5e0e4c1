/** The DNS server of Windows Server 2016 and later, without recursion. It knows no class but the internet's. */
import {OPCODE, RCODE} from '../../../codecs/dns/constants.ts'
import {datagramSize, type Product} from './product.ts'

/** `EnableVersionQuery` and cookies are off unless somebody turns them on. */
const DATAGRAM = 4000

export const WINDOWS: Product = {
  opcodes: new Set([OPCODE.QUERY, OPCODE.NOTIFY, OPCODE.UPDATE]),
  ednsSize: DATAGRAM,
  datagramSize: datagramSize(DATAGRAM),
  cookies: false,
  nsid: null,
  explainsRefusals: false,
  namesItself: false,
  answersAsAsked: true,
  chaosRcode: RCODE.NOTIMP,
  chaos: () => null,
}
