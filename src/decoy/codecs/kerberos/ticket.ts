/** Ticket (RFC 4120 §5.3) and AP-REQ (§5.5.1), as far as a server without the key can read them. */
import {BerReader} from '../ber/reader.ts'
import {application} from '../ber/tags.ts'
import {constructed, explicit, generalString, integer, sequence} from '../ber/writer.ts'
import {CodecError} from '../codec-error.ts'
import {MESSAGE, PROTOCOL_VERSION} from './constants.ts'
import {
  type EncryptedData,
  readEncryptedData,
  readPrincipal,
  readRealm,
  type Ticket,
  writeEncryptedData,
  writePrincipal,
} from './types.ts'

const TICKET_TAG = application(1)

export interface ApRequest {
  readonly ticket: Ticket
  readonly authenticator: EncryptedData
}

export function readTicket(outer: BerReader): Ticket {
  const reader = outer.enter(TICKET_TAG).sequence()
  requireVersion(reader.explicit(0).integer())
  const realm = readRealm(reader.explicit(1))
  const server = readPrincipal(reader.explicit(2))
  return {realm, server, encrypted: readEncryptedData(reader.explicit(3))}
}

export const writeTicket = ({realm, server, encrypted}: Ticket): Buffer =>
  constructed(TICKET_TAG, [
    sequence([
      explicit(0, integer(PROTOCOL_VERSION)),
      explicit(1, generalString(realm)),
      explicit(2, writePrincipal(server)),
      explicit(3, writeEncryptedData(encrypted)),
    ]),
  ])

export function parseApRequest(bytes: Buffer): ApRequest {
  const reader = new BerReader(bytes).enter(application(MESSAGE.AP_REQ)).sequence()
  requireVersion(reader.explicit(0).integer())
  reader.explicit(1)
  reader.explicit(2)
  const ticket = readTicket(reader.explicit(3))
  return {ticket, authenticator: readEncryptedData(reader.explicit(4))}
}

export function requireVersion(version: number): void {
  if (version !== PROTOCOL_VERSION) throw new CodecError(`Kerberos of version ${version}`)
}
