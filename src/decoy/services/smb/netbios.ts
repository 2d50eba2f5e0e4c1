/** Session requests of NetBIOS over TCP (RFC 1002 §4.3.2 to §4.3.4). */
import {decodeName, NAME_SIZE} from '../../codecs/netbios-name.ts'
import type {SmbHost} from './host.ts'
import {encodeFrame, FRAME} from './wire/framing.ts'

/** The kind of name under which a server is called. */
const SERVER_KIND = 0x20
const ANY_SERVER = '*SMBSERVER'
const CALLED_NAME_NOT_PRESENT = 0x82
const UNSPECIFIED_ERROR = 0x8f

export interface SessionRequest {
  readonly called: string
  readonly calledKind: number
  readonly calling: string
}

/** What Windows says to those who send a message without having called; nmap knows it by that. */
export const NOT_CALLED: Buffer = encodeFrame(Buffer.from([UNSPECIFIED_ERROR]), FRAME.NEGATIVE_RESPONSE)

/** A positive session response has no contents. */
export const POSITIVE: Buffer = encodeFrame(Buffer.alloc(0), FRAME.POSITIVE_RESPONSE)

/** Null: not two names in the encoding of NetBIOS. */
export function parseSessionRequest(payload: Buffer): SessionRequest | null {
  const called = decodeName(payload, 0)
  const calling = decodeName(payload, NAME_SIZE)
  if (called === null || calling === null) return null
  return {called: called.name, calledKind: called.kind, calling: calling.name}
}

/** Null: the call is answered. Samba answers whatever name it is called by. */
export function negativeResponse(host: SmbHost, {called, calledKind}: SessionRequest): Buffer | null {
  if (host.product === 'samba') return null
  const ours = called === ANY_SERVER || called === host.computer
  if (ours && calledKind === SERVER_KIND) return null
  return encodeFrame(Buffer.from([CALLED_NAME_NOT_PRESENT]), FRAME.NEGATIVE_RESPONSE)
}
