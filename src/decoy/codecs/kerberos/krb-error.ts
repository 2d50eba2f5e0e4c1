/** KRB-ERROR (RFC 4120 §5.9.1). */
import {BerReader} from '../ber/reader.ts'
import {application, TAG} from '../ber/tags.ts'
import {
  constructed,
  explicit,
  generalizedTime,
  generalString,
  integer,
  octetString,
  optionalExplicit,
  sequence,
} from '../ber/writer.ts'
import {MESSAGE, PROTOCOL_VERSION} from './constants.ts'
import {requireVersion} from './ticket.ts'
import {type PrincipalName, readPrincipal, readRealm, writePrincipal} from './types.ts'

export interface KrbError {
  readonly code: number
  /** The server's clock, in milliseconds since the epoch. */
  readonly now: number
  /** Microseconds below the millisecond, 0 to 999: a clock that never shows any is no real one. */
  readonly micros?: number
  readonly realm: string
  readonly server: PrincipalName
  /** Whose request failed: MIT repeats it, Windows leaves it out. */
  readonly client?: {readonly realm: string; readonly name: PrincipalName}
  readonly text?: string
  /** DER of a PA-DATA list, or whatever the code calls for. */
  readonly data?: Buffer
}

export function buildKrbError(error: KrbError): Buffer {
  const {client, text, data} = error
  return constructed(application(MESSAGE.KRB_ERROR), [
    sequence([
      explicit(0, integer(PROTOCOL_VERSION)),
      explicit(1, integer(MESSAGE.KRB_ERROR)),
      explicit(4, generalizedTime(error.now)),
      explicit(5, integer(Math.floor(error.now % 1000) * 1000 + (error.micros ?? 0))),
      explicit(6, integer(error.code)),
      ...optionalExplicit(7, client && generalString(client.realm)),
      ...optionalExplicit(8, client && writePrincipal(client.name)),
      explicit(9, generalString(error.realm)),
      explicit(10, writePrincipal(error.server)),
      ...optionalExplicit(11, text === undefined ? undefined : generalString(text)),
      ...optionalExplicit(12, data && octetString(data)),
    ]),
  ])
}

/** The client's side, for self-tests. */
export function parseKrbError(bytes: Buffer): KrbError {
  const reader = new BerReader(bytes).enter(application(MESSAGE.KRB_ERROR)).sequence()
  requireVersion(reader.explicit(0).integer())
  reader.explicit(1)
  reader.tryExplicit(2)
  reader.tryExplicit(3)
  const seconds = reader.explicit(4).generalizedTime()
  const micros = reader.explicit(5).integer()
  const code = reader.explicit(6).integer()
  const crealm = reader.tryExplicit(7)
  const clientRealm = crealm && readRealm(crealm)
  const cname = reader.tryExplicit(8)
  const name = cname && readPrincipal(cname)
  const realm = readRealm(reader.explicit(9))
  const server = readPrincipal(reader.explicit(10))
  const text = reader.tryExplicit(11)?.text(TAG.GENERAL_STRING)
  const data = reader.tryExplicit(12)?.octetString()
  return {
    code,
    now: seconds + Math.floor(micros / 1000),
    micros: micros % 1000,
    realm,
    server,
    ...(clientRealm === undefined || name === undefined ? {} : {client: {realm: clientRealm, name}}),
    ...(text === undefined ? {} : {text}),
    ...(data === undefined ? {} : {data}),
  }
}
