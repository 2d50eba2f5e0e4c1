import {createService} from '../../../../src/decoy/services/http/server.ts'
import {abuse} from '../../../support/abuse.ts'
import {personaWith} from './fixture-site.ts'
import {request} from './support.ts'

/** A NEGOTIATE of NTLM (MS-NLMP §2.2.1.1), and an answer to whatever the challenge was. */
const NEGOTIATE = 'TlRMTVNTUAABAAAAB4IIAAAAAAAAAAAAAAAAAAAAAAA='
const AUTHENTICATE = Buffer.concat([
  Buffer.from(
    '4e544c4d53535000030000001800180040000000300030005800000008000800880000000a000a00900000000000000000000000',
    'hex',
  ),
  Buffer.from('0000000000000000058208a2', 'hex'),
  Buffer.alloc(24, 1),
  Buffer.alloc(48, 2),
  Buffer.from('CORPalice', 'utf16le'),
]).toString('base64')

abuse({
  name: 'http',
  port: 80,
  service: async () =>
    createService(personaWith({os: 'windows_server', distro: 'windows2022'}), {product: 'iis', page: 'windows'}),
  dialogues: [
    [
      request('/', {headers: {Authorization: `NTLM ${NEGOTIATE}`}}),
      request('/', {headers: {Authorization: `NTLM ${AUTHENTICATE}`}}),
      request('/', {body: 'username=a&password=b'}),
    ],
    [request('/'), request('/iisstart.htm', {method: 'HEAD'}), request('/x', {headers: {Connection: 'close'}})],
    [
      Buffer.from(
        'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n4\r\na=b&\r\n0\r\n\r\nGET / HTTP/1.0\r\n\r\n',
      ),
    ],
    // One byte of a ClientHello is refused; how many more of it have come by then is the network's doing.
    [Buffer.from('\x16', 'latin1')],
  ],
  served: (reply) => reply.toString('latin1').startsWith('HTTP/1.1 401 '),
})
