/**
 * TSRequest (MS-CSSP §2.2.1), the one message of CredSSP in both directions:
 *
 *   SEQUENCE { version [0] INTEGER, negoTokens [1] SEQUENCE OF SEQUENCE { [0] OCTET STRING } OPTIONAL,
 *              authInfo [2] OCTET STRING OPTIONAL, pubKeyAuth [3] OCTET STRING OPTIONAL,
 *              errorCode [4] INTEGER OPTIONAL, clientNonce [5] OCTET STRING OPTIONAL }
 */
import {BerReader} from '../../../codecs/ber/reader.ts'
import {explicit, integer, octetString, optionalExplicit, sequence} from '../../../codecs/ber/writer.ts'

/** Of Windows since the update for CVE-2018-0886. */
export const SERVER_VERSION = 6

export interface TsRequest {
  readonly version: number
  readonly token?: Buffer
  readonly authInfo?: Buffer
  readonly pubKeyAuth?: Buffer
  /** An NTSTATUS. */
  readonly errorCode?: number
  readonly clientNonce?: Buffer
}

export function parseTsRequest(bytes: Buffer): TsRequest {
  const reader = new BerReader(bytes).sequence()
  const version = reader.explicit(0).integer()
  const token = reader.tryExplicit(1)?.sequence().sequence().explicit(0).octetString()
  const authInfo = reader.tryExplicit(2)?.octetString()
  const pubKeyAuth = reader.tryExplicit(3)?.octetString()
  const errorCode = reader.tryExplicit(4)?.integer()
  const clientNonce = reader.tryExplicit(5)?.octetString()
  return {
    version,
    ...(token === undefined ? {} : {token}),
    ...(authInfo === undefined ? {} : {authInfo}),
    ...(pubKeyAuth === undefined ? {} : {pubKeyAuth}),
    ...(errorCode === undefined ? {} : {errorCode: errorCode >>> 0}),
    ...(clientNonce === undefined ? {} : {clientNonce}),
  }
}

export function buildTsRequest(request: TsRequest): Buffer {
  const {token, authInfo, pubKeyAuth, errorCode, clientNonce} = request
  const octets = (value: Buffer | undefined) => (value === undefined ? undefined : octetString(value))
  return sequence([
    explicit(0, integer(request.version)),
    ...optionalExplicit(1, token === undefined ? undefined : sequence([sequence([explicit(0, octetString(token))])])),
    ...optionalExplicit(2, octets(authInfo)),
    ...optionalExplicit(3, octets(pubKeyAuth)),
    // The 32 bits of the status, whose first is the sign of a DER integer.
    ...optionalExplicit(4, errorCode === undefined ? undefined : integer(errorCode | 0)),
    ...optionalExplicit(5, octets(clientNonce)),
  ])
}
