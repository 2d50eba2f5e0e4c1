import {RDP_PORT} from '../../../../src/decoy/services/rdp/definition.ts'
import {abuse} from '../../../support/abuse.ts'
import {connectionRequest, rdpService, wholeLogon, withoutTls} from './support.ts'

const {sent} = await wholeLogon()

abuse({
  name: 'rdp',
  port: RDP_PORT,
  // Inside of TLS only the session itself can be cut and fuzzed.
  service: async () => withoutTls(await rdpService()),
  dialogues: [
    sent,
    [connectionRequest(1)],
    [connectionRequest(4), Buffer.from('0100020001000200670002006200020063000200780000', 'hex')],
    [connectionRequest(3), Buffer.from('3037a003020106a130302e302ca02a0428', 'hex')],
    [Buffer.from('GET / HTTP/1.0\r\n\r\n')],
  ],
  served: (reply) => reply.subarray(0, 6).equals(Buffer.from('030000130ed0', 'hex')),
})
