import {abuseUdp} from '../../../support/abuse-udp.ts'
import {CORPUS} from './corpus.ts'
import {tftpService} from './support.ts'

const bytes = (packets: readonly string[]): Buffer[] => packets.map((packet) => Buffer.from(packet, 'latin1'))
const exchanges = Object.values(CORPUS)

abuseUdp({
  name: 'tftp',
  port: 69,
  service: () => tftpService(),
  datagrams: bytes(exchanges.map(([first = '']) => first)),
  following: bytes(exchanges.flatMap(([, ...rest]) => rest)),
})
