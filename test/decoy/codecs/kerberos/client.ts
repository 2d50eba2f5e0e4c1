/** A Kerberos client: the messages that the codec only reads. */
import {application} from '../../../../src/decoy/codecs/ber/tags.ts'
import {
  bitString,
  boolean,
  constructed,
  explicit,
  generalizedTime,
  generalString,
  integer,
  optionalExplicit,
  sequence,
} from '../../../../src/decoy/codecs/ber/writer.ts'
import {MESSAGE, PADATA} from '../../../../src/decoy/codecs/kerberos/constants.ts'
import type {KdcRequest} from '../../../../src/decoy/codecs/kerberos/kdc-request.ts'
import {writeTicket} from '../../../../src/decoy/codecs/kerberos/ticket.ts'
import {
  type EncryptedData,
  type PaData,
  type Ticket,
  writeEncryptedData,
  writePaDataList,
  writePrincipal,
} from '../../../../src/decoy/codecs/kerberos/types.ts'

export function kdcRequest(request: KdcRequest): Buffer {
  const number = request.type === 'as' ? MESSAGE.AS_REQ : MESSAGE.TGS_REQ
  const options = Buffer.alloc(4)
  options.writeUInt32BE(request.options)
  const body = sequence([
    explicit(0, bitString(options)),
    ...optionalExplicit(1, request.client === null ? undefined : writePrincipal(request.client)),
    explicit(2, generalString(request.realm)),
    ...optionalExplicit(3, request.server === null ? undefined : writePrincipal(request.server)),
    explicit(5, generalizedTime(request.till)),
    ...optionalExplicit(6, generalizedTime(request.till)),
    explicit(7, integer(request.nonce)),
    explicit(8, sequence(request.etypes.map((etype) => integer(etype)))),
  ])
  const padata = request.padata.length === 0 ? undefined : writePaDataList(request.padata)
  const parts = [
    explicit(1, integer(5)),
    explicit(2, integer(number)),
    ...optionalExplicit(3, padata),
    explicit(4, body),
  ]
  return constructed(application(number), [sequence(parts)])
}

export const pacRequest = (wanted: boolean): PaData => ({
  type: PADATA.PAC_REQUEST,
  value: sequence([explicit(0, boolean(wanted))]),
})

export const timestampData = (encrypted: EncryptedData): PaData => ({
  type: PADATA.ENC_TIMESTAMP,
  value: writeEncryptedData(encrypted),
})

export function apRequest(ticket: Ticket, authenticator: EncryptedData): Buffer {
  return constructed(application(MESSAGE.AP_REQ), [
    sequence([
      explicit(0, integer(5)),
      explicit(1, integer(MESSAGE.AP_REQ)),
      explicit(2, bitString(Buffer.alloc(4))),
      explicit(3, writeTicket(ticket)),
      explicit(4, writeEncryptedData(authenticator)),
    ]),
  ])
}

export function passwordRequest(version: number, ap: Buffer, encrypted: EncryptedData): Buffer {
  const priv = constructed(application(MESSAGE.KRB_PRIV), [
    sequence([
      explicit(0, integer(5)),
      explicit(1, integer(MESSAGE.KRB_PRIV)),
      explicit(3, writeEncryptedData(encrypted)),
    ]),
  ])
  const header = Buffer.alloc(6)
  header.writeUInt16BE(6 + ap.length + priv.length, 0)
  header.writeUInt16BE(version, 2)
  header.writeUInt16BE(ap.length, 4)
  return Buffer.concat([header, ap, priv])
}
