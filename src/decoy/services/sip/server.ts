import type {Connection, CreateService, SelfTest, Service, UdpHandler} from '../../service.ts'
import {chanSip} from './chan-sip.ts'
import {SIP_PORT} from './definition.ts'
import type {Place} from './dialect.ts'
import {strangeEvent} from './evidence.ts'
import {Extensions} from './extensions.ts'
import {readDatagram, type SipMessage} from './message.ts'
import {pjsip} from './pjsip.ts'
import {type Reaction, Registrar} from './registrar.ts'
import {releaseOf} from './releases.ts'
import {SipStream} from './stream.ts'

export const createService: CreateService = (persona, options): Service => {
  const release = releaseOf(persona, options)
  const realm = typeof options.realm === 'string' ? options.realm : 'asterisk'
  const port = typeof options.port === 'number' ? options.port : SIP_PORT
  const enumeration = options.enumeration === true
  const stack = release.product === 'asterisk' || enumeration ? chanSip : pjsip
  const registrar = new Registrar({
    dialect: stack(release.server, realm, persona.bytes('sip nonce', 32)),
    realm,
    extensions: new Extensions(persona, options),
    enumeration,
    guests: options.guests === true,
  })
  const place = ({peer, local, now, random}: Connection, transport: Place['transport']): Place => ({
    source: peer,
    local: {ip: local.ip, port},
    transport,
    now: now(),
    random,
  })
  return {
    tcp: () => ({
      kind: 'protocol',
      session: (connection) =>
        new SipStream(connection, (message, bytes) =>
          react(registrar, message, bytes, {connection, place: place(connection, 'tcp')}),
        ),
    }),
    udp: () => datagrams(registrar, (connection) => place(connection, 'udp')),
    selfTest: (_, protocol = 'tcp') => selfTest(protocol),
  }
}

interface Exchange {
  readonly connection: Connection
  readonly place: Place
  readonly most?: number
}

function react(
  registrar: Registrar,
  message: SipMessage,
  bytes: Buffer,
  {connection, place, most}: Exchange,
): Reaction {
  const {limits} = connection
  if (message.type === 'request') return registrar.react(message.request, place, limits, most)
  // Both stacks drop what they cannot read, and answers to what they did not ask: whoever answers those makes a loop.
  const event =
    message.type === 'response'
      ? strangeEvent('probe', 'unasked response', bytes, limits)
      : strangeEvent('malformed', message.reason, bytes, limits)
  return {replies: [], events: [event]}
}

/** Blank lines keep the way through a router open. */
const KEEP_ALIVE = /^[\r\n\0]{0,4}$/

function datagrams(registrar: Registrar, place: (connection: Connection) => Place): UdpHandler {
  return {
    datagram(bytes, connection) {
      if (bytes.length <= 4 && KEEP_ALIVE.test(bytes.toString('latin1'))) return {replies: [], events: []}
      const most = connection.proven === true ? Number.POSITIVE_INFINITY : bytes.length
      return react(registrar, readDatagram(bytes), bytes, {connection, place: place(connection), most})
    },
  }
}

/** Long enough that even an answer to a stranger is whole. */
function selfTest(protocol: 'tcp' | 'udp'): SelfTest {
  const transport = protocol.toUpperCase()
  const lines = [
    'OPTIONS sip:127.0.0.1 SIP/2.0',
    `Via: SIP/2.0/${transport} 127.0.0.1:40000;branch=z9hG4bK-0;rport`,
    'From: <sip:127.0.0.1>;tag=0',
    'To: <sip:127.0.0.1>',
    'Call-ID: 0@127.0.0.1',
    'CSeq: 1 OPTIONS',
    'Max-Forwards: 70',
    `User-Agent: ${'x'.repeat(128)}`,
    'Content-Length: 0',
  ]
  return {
    send: Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'),
    accepts: (reply) => reply.toString('latin1').startsWith('SIP/2.0 200 OK\r\n'),
  }
}
