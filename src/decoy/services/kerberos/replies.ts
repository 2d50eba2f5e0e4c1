/** Errors as the KDC of Windows words them: without text, and with the request's names repeated (MS-KILE §3.3.5.1). */
import {explicit, integer, octetString, sequence} from '../../codecs/ber/writer.ts'
import {ETYPE, NAME_TYPE, PADATA} from '../../codecs/kerberos/constants.ts'
import type {KdcRequest} from '../../codecs/kerberos/kdc-request.ts'
import {buildKrbError} from '../../codecs/kerberos/krb-error.ts'
import {etypeInfo2} from '../../codecs/kerberos/preauthentication.ts'
import {type PaData, type PrincipalName, writePaDataList} from '../../codecs/kerberos/types.ts'
import type {Connection} from '../../service.ts'

/** KERB-ERR-TYPE-EXTENDED (MS-KILE §2.2.1). */
const EXTENDED_ERROR = 3
const PK_AS_REP_OLD = 15
const MICROSECONDS = 1000

/** NTSTATUS in an extended error. */
export const STATUS = {
  ACCOUNT_DISABLED: 0xc000_0072,
  INVALID_WORKSTATION: 0xc000_0070,
} as const

export function errorReply(
  code: number,
  {realm, server}: {readonly realm: string; readonly server: PrincipalName | null},
  {now, random}: Connection,
  data?: Buffer,
): Buffer {
  return buildKrbError({
    code,
    now: now(),
    micros: random(2).readUInt16LE(0) % MICROSECONDS,
    realm,
    server: server ?? {type: NAME_TYPE.SRV_INST, parts: ['krbtgt', realm]},
    ...(data === undefined ? {} : {data}),
  })
}

/** What preauthentication takes, for etypes that both sides have. */
export function preauthenticationData(etypes: readonly number[], salt: string): Buffer {
  const empty = (type: number): PaData => ({type, value: Buffer.alloc(0)})
  return writePaDataList([
    keyInformation(etypes, salt),
    empty(PADATA.ENC_TIMESTAMP),
    empty(PADATA.PK_AS_REQ),
    empty(PK_AS_REP_OLD),
  ])
}

/** After a wrong password only the keys are told again. */
export const failureData = (etypes: readonly number[], salt: string): Buffer =>
  writePaDataList([keyInformation(etypes, salt)])

export function keyInformation(etypes: readonly number[], salt: string): PaData {
  return etypeInfo2(etypes.map((etype) => (etype === ETYPE.RC4_HMAC ? {etype} : {etype, salt})))
}

/** KERB-ERROR-DATA around a KERB-EXT-ERROR: status, zero, flags. */
export function extendedError(status: number): Buffer {
  const value = Buffer.alloc(12)
  value.writeUInt32LE(status, 0)
  value.writeUInt32LE(1, 8)
  return sequence([explicit(1, integer(EXTENDED_ERROR)), explicit(2, octetString(value))])
}

export type Requested = Pick<KdcRequest, 'realm' | 'server'>
