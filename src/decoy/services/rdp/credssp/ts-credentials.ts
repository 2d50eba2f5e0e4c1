/**
 * TSCredentials (MS-CSSP §2.2.1.2), what the client delegates to the server: with a password that is the password.
 *
 *   TSCredentials   = SEQUENCE { credType [0] INTEGER, credentials [1] OCTET STRING }
 *   TSPasswordCreds = SEQUENCE { domainName [0], userName [1], password [2] OCTET STRING }        UTF-16
 */
import {BerReader} from '../../../codecs/ber/reader.ts'

export const CREDENTIALS = {PASSWORD: 1, SMART_CARD: 2, REMOTE_GUARD: 6} as const

export interface PasswordCredentials {
  readonly domain: string
  readonly user: string
  readonly password: string
}

export interface TsCredentials {
  readonly type: number
  /** Null: of another kind than a password. */
  readonly password: PasswordCredentials | null
}

export function parseTsCredentials(bytes: Buffer): TsCredentials {
  const reader = new BerReader(bytes).sequence()
  const type = reader.explicit(0).integer()
  const credentials = reader.explicit(1).octetString()
  return {type, password: type === CREDENTIALS.PASSWORD ? parsePassword(credentials) : null}
}

function parsePassword(bytes: Buffer): PasswordCredentials {
  const reader = new BerReader(bytes).sequence()
  const text = (number: number): string => reader.explicit(number).octetString().toString('utf16le')
  return {domain: text(0), user: text(1), password: text(2)}
}
