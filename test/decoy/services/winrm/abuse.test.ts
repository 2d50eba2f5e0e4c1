import {abuse, abuseInside} from '../../../support/abuse.ts'
import {negotiateMessage} from '../../codecs/ntlm/client.ts'
import {OPTIONS, post, soap, winrmService} from './support.ts'

const basic = `Authorization: Basic ${Buffer.from('alice:Winter-2024').toString('base64')}`

abuse({
  name: 'winrm',
  port: 5985,
  service: () => winrmService({...OPTIONS, basic: true}),
  dialogues: [
    [
      post(['WSMANIDENTIFY: unauthenticated'], '<wsmid:Identify/>'),
      post([`Authorization: Negotiate ${negotiateMessage().toString('base64')}`]),
      post([basic]),
      post([basic], soap('Create')),
    ],
    [post([basic, 'Content-Type: multipart/encrypted'], '--Encrypted Boundary\r\n')],
    [Buffer.from('GET /wsman HTTP/1.1\r\nHost: x\r\n\r\n')],
    [post(['Authorization: Negotiate TlRMTVNTUAADAAAA'])],
  ],
  served: (reply) => reply.toString('latin1').startsWith('HTTP/1.1 200 '),
})

abuseInside({
  name: 'winrm over TLS',
  port: 5986,
  service: () => winrmService({...OPTIONS, basic: true}),
  dialogues: [
    [post(['WSMANIDENTIFY: unauthenticated'], '<wsmid:Identify/>'), post([basic]), post([basic], soap('Create'))],
    [post([`Authorization: Negotiate ${negotiateMessage().toString('base64')}`])],
  ],
})
