/** Requests of nobody in particular: for a realm that no KDC has, and for a password with a ticket that nobody made. */
import {application} from '../../codecs/ber/tags.ts'
import {
  bitString,
  constructed,
  explicit,
  generalizedTime,
  generalString,
  integer,
  sequence,
} from '../../codecs/ber/writer.ts'
import {ERROR_CODE, ETYPE, MESSAGE} from '../../codecs/kerberos/constants.ts'
import {completeFrame, frame, PREFIX_SIZE} from '../../codecs/kerberos/framing.ts'
import {parseKrbError} from '../../codecs/kerberos/krb-error.ts'
import {writeTicket} from '../../codecs/kerberos/ticket.ts'
import {writeEncryptedData, writePrincipal} from '../../codecs/kerberos/types.ts'
import type {SelfTest} from '../../service.ts'

const LARGEST_REPLY = 4096
const NOWHERE = 'INVALID.'
const PRINCIPAL = {type: 1, parts: ['probe']}
const SERVER = {type: 2, parts: ['krbtgt', NOWHERE]}
/** Header of a password request, and of its reply. */
const PASSWORD_HEADER = 6

const AS_REQUEST = constructed(application(MESSAGE.AS_REQ), [
  sequence([
    explicit(1, integer(5)),
    explicit(2, integer(MESSAGE.AS_REQ)),
    explicit(
      4,
      sequence([
        explicit(0, bitString(Buffer.alloc(4))),
        explicit(1, writePrincipal(PRINCIPAL)),
        explicit(2, generalString(NOWHERE)),
        explicit(3, writePrincipal(SERVER)),
        explicit(5, generalizedTime(0)),
        explicit(7, integer(1)),
        explicit(8, sequence([integer(ETYPE.AES256_CTS_HMAC_SHA1_96), integer(ETYPE.RC4_HMAC)])),
      ]),
    ),
  ]),
])

const SEALED = {etype: ETYPE.AES256_CTS_HMAC_SHA1_96, cipher: Buffer.alloc(64)}

function passwordRequest(): Buffer {
  const ap = constructed(application(MESSAGE.AP_REQ), [
    sequence([
      explicit(0, integer(5)),
      explicit(1, integer(MESSAGE.AP_REQ)),
      explicit(2, bitString(Buffer.alloc(4))),
      explicit(3, writeTicket({realm: NOWHERE, server: SERVER, encrypted: SEALED})),
      explicit(4, writeEncryptedData(SEALED)),
    ]),
  ])
  const priv = constructed(application(MESSAGE.KRB_PRIV), [
    sequence([
      explicit(0, integer(5)),
      explicit(1, integer(MESSAGE.KRB_PRIV)),
      explicit(3, writeEncryptedData(SEALED)),
    ]),
  ])
  const header = Buffer.alloc(PASSWORD_HEADER)
  header.writeUInt16BE(PASSWORD_HEADER + ap.length + priv.length, 0)
  header.writeUInt16BE(1, 2)
  header.writeUInt16BE(ap.length, 4)
  return Buffer.concat([header, ap, priv])
}

function test(message: Buffer, protocol: 'tcp' | 'udp', skip: number, code: number): SelfTest {
  const framed = protocol === 'tcp'
  return {
    send: framed ? frame(message) : message,
    accepts(reply) {
      if (framed && completeFrame(reply, LARGEST_REPLY) === null) return false
      return parseKrbError(reply.subarray((framed ? PREFIX_SIZE : 0) + skip)).code === code
    },
  }
}

export const realmTest = (protocol: 'tcp' | 'udp'): SelfTest => test(AS_REQUEST, protocol, 0, ERROR_CODE.WRONG_REALM)

export const passwordTest = (protocol: 'tcp' | 'udp'): SelfTest =>
  test(passwordRequest(), protocol, PASSWORD_HEADER, ERROR_CODE.GENERIC)
