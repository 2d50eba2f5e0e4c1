/**
 * Tickets for the KDC itself. What is in them is read by the KDC alone: the client's name and session key, and as many
 * random octets as the authorization data of a user takes.
 */
import {BerReader} from '../../codecs/ber/reader.ts'
import {TAG} from '../../codecs/ber/tags.ts'
import {integer, octetString, sequence} from '../../codecs/ber/writer.ts'
import {CodecError} from '../../codecs/codec-error.ts'
import {USAGE} from '../../codecs/kerberos/constants.ts'
import {decrypt, encrypt, type Key} from '../../codecs/kerberos/encryption.ts'
import type {PrincipalName, Ticket} from '../../codecs/kerberos/types.ts'
import type {Connection} from '../../service.ts'
import type {Realm} from './realm.ts'

/** Octets of a PAC of somebody in few groups. */
const PAC = {least: 720, spread: 160} as const
const KEY_VERSION = 2

export interface TicketContent {
  /** sAMAccountName. */
  readonly client: string
  readonly sessionKey: Key
  /** Milliseconds since the epoch. */
  readonly end: number
}

export function sealTicket(realm: Realm, server: PrincipalName, content: TicketContent, {random}: Connection): Ticket {
  const {client, sessionKey, end} = content
  const padding = random(PAC.least + (random(1).readUInt8(0) % PAC.spread))
  const plain = sequence([
    octetString(client),
    integer(sessionKey.etype),
    octetString(sessionKey.value),
    integer(end),
    octetString(padding),
  ])
  const cipher = encrypt(realm.ticketKey, USAGE.TICKET, plain, random)
  return {realm: realm.name, server, encrypted: {etype: realm.ticketKey.etype, keyVersion: KEY_VERSION, cipher}}
}

/** Null for a ticket that is not of this realm's making. */
export function openTicket(realm: Realm, {encrypted}: Ticket): TicketContent | null {
  try {
    const reader = new BerReader(decrypt(realm.ticketKey, USAGE.TICKET, encrypted.cipher)).sequence()
    const client = reader.text(TAG.OCTET_STRING)
    const etype = reader.integer()
    const sessionKey = {etype, value: reader.octetString()}
    return {client, sessionKey, end: reader.integer()}
  } catch (error) {
    if (error instanceof CodecError) return null
    throw error
  }
}
