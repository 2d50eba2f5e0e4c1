/** Pre-authentication data a KDC reads and writes (RFC 4120 §5.2.7). */
import {BerReader} from '../ber/reader.ts'
import {TAG} from '../ber/tags.ts'
import {
  explicit,
  generalizedTime,
  generalString,
  integer,
  octetString,
  optionalExplicit,
  sequence,
} from '../ber/writer.ts'
import {PADATA, USAGE} from './constants.ts'
import {decrypt, encrypt, type Key} from './encryption.ts'
import {type EncryptedData, type PaData, readList} from './types.ts'

export interface EtypeInfo {
  readonly etype: number
  /** Absent for RC4, which has none. */
  readonly salt?: string
  /** String-to-key parameters: for AES the iterations, in 4 octets. */
  readonly parameters?: Buffer
}

/** PA-ETYPE-INFO2 (§5.2.7.5): which keys the KDC has of the client, and their salts. */
export function etypeInfo2(entries: readonly EtypeInfo[]): PaData {
  const value = sequence(
    entries.map(({etype, salt, parameters}) =>
      sequence([
        explicit(0, integer(etype)),
        ...optionalExplicit(1, salt === undefined ? undefined : generalString(salt)),
        ...optionalExplicit(2, parameters === undefined ? undefined : octetString(parameters)),
      ]),
    ),
  )
  return {type: PADATA.ETYPE_INFO2, value}
}

export function parseEtypeInfo2(value: Buffer): EtypeInfo[] {
  return readList(new BerReader(value).sequence(), (list) => {
    const reader = list.sequence()
    const etype = reader.explicit(0).integer()
    const salt = reader.tryExplicit(1)?.text(TAG.GENERAL_STRING)
    const parameters = reader.tryExplicit(2)?.octetString()
    return {etype, ...(salt === undefined ? {} : {salt}), ...(parameters === undefined ? {} : {parameters})}
  })
}

const MICROSECONDS = 1000

/** PA-ENC-TS-ENC in its encryption, as a client makes it. */
export function encryptTimestamp(key: Key, now: number, random: (size: number) => Buffer): EncryptedData {
  const micros = (((now % 1000) + 1000) % 1000) * MICROSECONDS
  const plain = sequence([explicit(0, generalizedTime(now)), explicit(1, integer(micros))])
  return {etype: key.etype, cipher: encrypt(key, USAGE.ENC_TIMESTAMP, plain, random)}
}

/** The client's time in milliseconds since the epoch; `CodecError` where the password is another one. */
export function decryptTimestamp(key: Key, {cipher}: EncryptedData): number {
  const reader = new BerReader(decrypt(key, USAGE.ENC_TIMESTAMP, cipher)).sequence()
  const seconds = reader.explicit(0).generalizedTime()
  const micros = reader.tryExplicit(1)?.integer() ?? 0
  return seconds + Math.floor(micros / MICROSECONDS)
}
