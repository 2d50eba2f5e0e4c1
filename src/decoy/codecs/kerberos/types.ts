/** Types that Kerberos messages are made of (RFC 4120 §5.2). */
import type {BerReader} from '../ber/reader.ts'
import {TAG} from '../ber/tags.ts'
import {explicit, generalString, integer, octetString, optionalExplicit, sequence} from '../ber/writer.ts'
import {CodecError} from '../codec-error.ts'

export interface PrincipalName {
  readonly type: number
  readonly parts: readonly string[]
}

export interface EncryptedData {
  readonly etype: number
  readonly keyVersion?: number
  readonly cipher: Buffer
}

export interface PaData {
  readonly type: number
  readonly value: Buffer
}

export interface Ticket {
  readonly realm: string
  readonly server: PrincipalName
  readonly encrypted: EncryptedData
}

const MAX_ITEMS = 64

/** Elements of a SEQUENCE OF, which an attacker must not make endless. */
export function readList<T>(reader: BerReader, read: (reader: BerReader) => T): T[] {
  const items: T[] = []
  while (reader.more) {
    if (items.length === MAX_ITEMS) throw new CodecError(`a list of more than ${MAX_ITEMS}`)
    items.push(read(reader))
  }
  return items
}

/** `user`, `krbtgt/REALM`, `host/fqdn`. */
export const principalText = ({parts}: PrincipalName): string => parts.join('/')

export function readPrincipal(outer: BerReader): PrincipalName {
  const reader = outer.sequence()
  const type = reader.explicit(0).integer()
  const parts = readList(reader.explicit(1).sequence(), (names) => names.text(TAG.GENERAL_STRING))
  return {type, parts}
}

export const writePrincipal = ({type, parts}: PrincipalName): Buffer =>
  sequence([explicit(0, integer(type)), explicit(1, sequence(parts.map((part) => generalString(part))))])

export const readRealm = (reader: BerReader): string => reader.text(TAG.GENERAL_STRING)

export function readEncryptedData(outer: BerReader): EncryptedData {
  const reader = outer.sequence()
  const etype = reader.explicit(0).integer()
  const keyVersion = reader.tryExplicit(1)?.integer()
  const cipher = reader.explicit(2).octetString()
  return {etype, cipher, ...(keyVersion === undefined ? {} : {keyVersion})}
}

export function writeEncryptedData({etype, keyVersion, cipher}: EncryptedData): Buffer {
  const version = keyVersion === undefined ? undefined : integer(keyVersion)
  return sequence([explicit(0, integer(etype)), ...optionalExplicit(1, version), explicit(2, octetString(cipher))])
}

export function readPaData(outer: BerReader): PaData {
  const reader = outer.sequence()
  return {type: reader.explicit(1).integer(), value: reader.explicit(2).octetString()}
}

export const writePaData = ({type, value}: PaData): Buffer =>
  sequence([explicit(1, integer(type)), explicit(2, octetString(value))])

export const writePaDataList = (list: readonly PaData[]): Buffer => sequence(list.map(writePaData))
