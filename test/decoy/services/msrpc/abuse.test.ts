import {encodePdu, PDU, parsePdu} from '../../../../src/decoy/codecs/dcerpc/pdu.ts'
import {abuse} from '../../../support/abuse.ts'
import {fakeRandom, negotiateMessage, WINDOWS_CLIENT_FLAGS, windowsAnswer} from '../../codecs/ntlm/client.ts'
import {bind, EPM, lookup, MANAGEMENT, map, msrpcService, OBJECT_EXPORTER, request, SAMR, talk} from './support.ts'

/** A logon, and what is allowed after it. */
async function logon(): Promise<Buffer[]> {
  const client = talk(await msrpcService())
  const trailer = (token: Buffer) => ({type: 10, level: 2, contextId: 1, token})
  const negotiate = negotiateMessage(WINDOWS_CLIENT_FLAGS)
  const ack = parsePdu(client.send(bind(OBJECT_EXPORTER, 0, {security: trailer(negotiate)})))
  const identity = {user: 'alice', domain: 'CORP', workstation: 'PC7', password: 'Winter-2024'}
  const random = {clientChallenge: fakeRandom('challenge', 8), sessionKey: fakeRandom('session', 16)}
  const {authenticate} = windowsAnswer(identity, negotiate, ack.security?.token ?? Buffer.alloc(0), random)
  client.send(encodePdu(PDU.AUTH3, 7, Buffer.alloc(4), {security: trailer(authenticate)}))
  client.send(request(5))
  return client.sent
}

abuse({
  name: 'msrpc',
  port: 135,
  service: () => msrpcService(),
  dialogues: [
    await logon(),
    [bind(EPM, 3), Buffer.concat([lookup(3), map(SAMR), request(99)])],
    [bind(MANAGEMENT, 1), request(0), request(2)],
    [Buffer.from('GET / HTTP/1.0\r\n\r\n')],
    [Buffer.concat([Buffer.from('000000a4ff534d4272000000000801400000', 'hex'), Buffer.alloc(150)])],
  ],
  served: (reply) => reply.subarray(0, 3).equals(Buffer.from([5, 0, PDU.BIND_ACK])),
})

abuse({
  name: 'msrpc over HTTP',
  port: 593,
  service: () => msrpcService(),
  dialogues: [
    [bind(EPM, 3), Buffer.concat([lookup(3), map(SAMR), request(99)])],
    [Buffer.from('RPC_CONNECT 10.0.0.1:593 HTTP/1.1\r\nHost: 10.0.0.1\r\n\r\n')],
  ],
  served: (reply) => reply.toString('latin1').startsWith('ncacn_http/1.0'),
})
