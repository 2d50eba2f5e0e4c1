/** What a scanner says in clear before it may ask a service for its certificate. */
import {once} from 'node:events'
import {createConnection, type Socket} from 'node:net'
import {Duplex} from 'node:stream'
import {type PeerCertificate, connect as tlsConnect} from 'node:tls'

import {clear} from '../decoy/services/mssql/support.ts'

const TDS_PRELOGIN = 0x12
const TDS_HEADER = 8

interface Prelude {
  readonly says: readonly (string | Buffer)[]
  /** The server speaks first. */
  readonly greeted?: true
  /** The server says nothing to it and waits for the handshake. */
  readonly unanswered?: true
  /** The handshake travels in packets of the service. */
  readonly wrapped?: true
}

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex')
const OID = '1.3.6.1.4.1.1466.20037'

/** By service. */
export const PRELUDES: Readonly<Record<string, Prelude>> = {
  smtp: {greeted: true, says: ['EHLO scanner.example\r\n', 'STARTTLS\r\n']},
  imap: {greeted: true, says: ['a STARTTLS\r\n']},
  pop3: {greeted: true, says: ['STLS\r\n']},
  ftp: {greeted: true, says: ['AUTH TLS\r\n']},
  // LDAPMessage with an ExtendedRequest (RFC 4511 §4.14.1).
  ldap: {says: [Buffer.concat([hex('30 1d 02 01 01 77 18 80 16'), Buffer.from(OID)])]},
  postgres: {says: [hex('00000008 04d2162f')]},
  // SSLRequest: CLIENT_PROTOCOL_41, CLIENT_SSL and CLIENT_SECURE_CONNECTION.
  mysql: {greeted: true, unanswered: true, says: [hex(`20000001 008a0000 00000001 21 ${'00'.repeat(23)}`)]},
  // X.224 connection request that takes TLS, with NLA or without (MS-RDPBCGR §2.2.1.1).
  rdp: {says: [hex('0300 0013 0e e0 0000 0000 00 01 00 0800 03000000')]},
  // Encryption on (MS-TDS §2.2.6.5).
  mssql: {wrapped: true, says: [clear(1)]},
}

/** The certificate behind the service's own way to TLS. */
export async function certificateAfterStartTls(service: string, port: number): Promise<PeerCertificate> {
  const prelude = PRELUDES[service]
  if (prelude === undefined) throw new RangeError(`nobody knows how ${service} begins TLS`)
  const socket = createConnection({host: '127.0.0.1', port})
  await once(socket, 'connect')
  if (prelude.greeted === true) await once(socket, 'data')
  for (const line of prelude.says) {
    socket.write(line)
    if (prelude.unanswered !== true) await once(socket, 'data')
  }
  const carrier = prelude.wrapped === true ? tdsCarrier(socket) : socket
  return new Promise((resolve, reject) => {
    const tls = tlsConnect(
      {socket: carrier, rejectUnauthorized: false, minVersion: 'TLSv1', maxVersion: 'TLSv1.2'},
      () => {
        resolve(tls.getPeerCertificate())
        socket.destroy()
      },
    )
    tls.on('error', reject)
  })
}

/** TLS records in packets of type PRELOGIN, one way and the other. */
function tdsCarrier(socket: Socket): Duplex {
  let held = Buffer.alloc(0)
  const carrier = new Duplex({
    read: () => {},
    write: (chunk: Buffer, _encoding, callback) => {
      const header = Buffer.from([TDS_PRELOGIN, 1, 0, 0, 0, 0, 1, 0])
      header.writeUInt16BE(TDS_HEADER + chunk.length, 2)
      socket.write(Buffer.concat([header, chunk]), callback)
    },
  })
  socket.on('data', (chunk: Buffer) => {
    held = Buffer.concat([held, chunk])
    while (held.length >= TDS_HEADER && held.length >= held.readUInt16BE(2)) {
      const length = held.readUInt16BE(2)
      carrier.push(held.subarray(TDS_HEADER, length))
      held = held.subarray(length)
    }
  })
  return carrier
}
