/** AS-REP (RFC 4120 §5.4.2): bait for those who ask for accounts without pre-authentication. */
import {BerReader} from '../ber/reader.ts'
import {application} from '../ber/tags.ts'
import {
  bitString,
  constructed,
  explicit,
  generalizedTime,
  generalString,
  integer,
  octetString,
  optionalExplicit,
  sequence,
} from '../ber/writer.ts'
import {MESSAGE, PROTOCOL_VERSION, USAGE} from './constants.ts'
import {encrypt, type Key} from './encryption.ts'
import {readTicket, requireVersion, writeTicket} from './ticket.ts'
import {
  type EncryptedData,
  type PaData,
  type PrincipalName,
  readEncryptedData,
  readPrincipal,
  readRealm,
  type Ticket,
  writeEncryptedData,
  writePaDataList,
  writePrincipal,
} from './types.ts'

const ENC_AS_REP_PART = application(25)

/** Times in milliseconds since the epoch. */
export interface ReplyTimes {
  readonly auth: number
  readonly end: number
  readonly renewTill?: number
}

export interface AsReply {
  readonly realm: string
  readonly client: PrincipalName
  /** Its encrypted part is for the KDC alone: no client can tell it from random octets. */
  readonly ticket: Ticket
  readonly padata?: readonly PaData[]
  readonly sessionKey: Key
  readonly nonce: number
  /** TicketFlags: bit 0 is the highest. */
  readonly flags: number
  readonly times: ReplyTimes
}

/** `key` is that of the client's password: who cracks the reply has found it. */
export function buildAsReply(reply: AsReply, key: Key, random: (size: number) => Buffer): Buffer {
  const cipher = encrypt(key, USAGE.AS_REP, encryptedPart(reply), random)
  return constructed(application(MESSAGE.AS_REP), [
    sequence([
      explicit(0, integer(PROTOCOL_VERSION)),
      explicit(1, integer(MESSAGE.AS_REP)),
      ...optionalExplicit(2, reply.padata && writePaDataList(reply.padata)),
      explicit(3, generalString(reply.realm)),
      explicit(4, writePrincipal(reply.client)),
      explicit(5, writeTicket(reply.ticket)),
      explicit(6, writeEncryptedData({etype: key.etype, cipher})),
    ]),
  ])
}

function encryptedPart({sessionKey, nonce, flags, times, ticket}: AsReply): Buffer {
  const bits = Buffer.alloc(4)
  bits.writeUInt32BE(flags >>> 0)
  const never = sequence([sequence([explicit(0, integer(0)), explicit(1, generalizedTime(times.auth))])])
  return constructed(ENC_AS_REP_PART, [
    sequence([
      explicit(0, sequence([explicit(0, integer(sessionKey.etype)), explicit(1, octetString(sessionKey.value))])),
      explicit(1, never),
      explicit(2, integer(nonce)),
      explicit(4, bitString(bits)),
      explicit(5, generalizedTime(times.auth)),
      explicit(6, generalizedTime(times.auth)),
      explicit(7, generalizedTime(times.end)),
      ...optionalExplicit(8, times.renewTill === undefined ? undefined : generalizedTime(times.renewTill)),
      explicit(9, generalString(ticket.realm)),
      explicit(10, writePrincipal(ticket.server)),
    ]),
  ])
}

/** What an AS-REP says in clear, for self-tests. */
export function parseAsReply(bytes: Buffer): {
  readonly realm: string
  readonly client: PrincipalName
  readonly ticket: Ticket
  readonly encrypted: EncryptedData
} {
  const reader = new BerReader(bytes).enter(application(MESSAGE.AS_REP)).sequence()
  requireVersion(reader.explicit(0).integer())
  reader.explicit(1)
  reader.tryExplicit(2)
  const realm = readRealm(reader.explicit(3))
  const client = readPrincipal(reader.explicit(4))
  const ticket = readTicket(reader.explicit(5))
  return {realm, client, ticket, encrypted: readEncryptedData(reader.explicit(6))}
}
