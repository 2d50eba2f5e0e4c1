/** AS-REQ and TGS-REQ (RFC 4120 §5.4.1). */
import {BerReader} from '../ber/reader.ts'
import {application} from '../ber/tags.ts'
import {CodecError} from '../codec-error.ts'
import {MESSAGE, PADATA} from './constants.ts'
import {type ApRequest, parseApRequest, requireVersion} from './ticket.ts'
import {
  type EncryptedData,
  type PaData,
  type PrincipalName,
  readEncryptedData,
  readList,
  readPaData,
  readPrincipal,
  readRealm,
} from './types.ts'

export interface KdcRequest {
  readonly type: 'as' | 'tgs'
  readonly padata: readonly PaData[]
  /** KDCOptions: bit 0 is the highest. */
  readonly options: number
  readonly client: PrincipalName | null
  readonly realm: string
  readonly server: PrincipalName | null
  /** Milliseconds since the epoch. */
  readonly till: number
  /** As it came: some clients write a negative number, and a reply must repeat it. */
  readonly nonce: number
  /** In the client's order of preference. */
  readonly etypes: readonly number[]
}

export function parseKdcRequest(bytes: Buffer): KdcRequest {
  const outer = new BerReader(bytes)
  const number = outer.peek() === application(MESSAGE.TGS_REQ) ? MESSAGE.TGS_REQ : MESSAGE.AS_REQ
  const reader = outer.enter(application(number)).sequence()
  requireVersion(reader.explicit(1).integer())
  if (reader.explicit(2).integer() !== number) throw new CodecError('a Kerberos message that contradicts its tag')
  const list = reader.tryExplicit(3)?.sequence()
  const padata = list === undefined ? [] : readList(list, readPaData)
  const body = readBody(reader.explicit(4).sequence())
  return {type: number === MESSAGE.AS_REQ ? 'as' : 'tgs', padata, ...body}
}

function readBody(reader: BerReader): Omit<KdcRequest, 'type' | 'padata'> {
  const options = optionBits(reader.explicit(0).bitString().bytes)
  const cname = reader.tryExplicit(1)
  const client = cname === undefined ? null : readPrincipal(cname)
  const realm = readRealm(reader.explicit(2))
  const sname = reader.tryExplicit(3)
  const server = sname === undefined ? null : readPrincipal(sname)
  reader.tryExplicit(4)
  const till = reader.explicit(5).generalizedTime()
  reader.tryExplicit(6)
  const nonce = reader.explicit(7).integer()
  const etypes = readList(reader.explicit(8).sequence(), (list) => list.integer())
  return {options, client, realm, server, till, nonce, etypes}
}

function optionBits(bytes: Buffer): number {
  if (bytes.length > 8) throw new CodecError(`KDC options of ${bytes.length} octets`)
  return Buffer.concat([bytes, Buffer.alloc(4)]).readUInt32BE(0)
}

const find = ({padata}: KdcRequest, wanted: number): Buffer | undefined =>
  padata.find(({type}) => type === wanted)?.value

/** PA-ENC-TIMESTAMP (§5.2.7.2): the time, encrypted with the key of the client's password. */
export function encryptedTimestamp(request: KdcRequest): EncryptedData | null {
  const value = find(request, PADATA.ENC_TIMESTAMP)
  return value === undefined ? null : readEncryptedData(new BerReader(value))
}

/** KERB-PA-PAC-REQUEST (MS-KILE §2.2.3); `null` where the client leaves it to the server. */
export function pacRequested(request: KdcRequest): boolean | null {
  const value = find(request, PADATA.PAC_REQUEST)
  return value === undefined ? null : new BerReader(value).sequence().explicit(0).boolean()
}

/** PA-TGS-REQ (§5.2.7.1): the ticket on whose strength another is asked for. */
export function ticketGranting(request: KdcRequest): ApRequest | null {
  const value = find(request, PADATA.TGS_REQ)
  return value === undefined ? null : parseApRequest(value)
}
