/** How a SIP stack words what it answers. */
import type {SipRequest} from './message.ts'
import type {Source} from './via.ts'

export type Name = string
export type SipHeaders = readonly (readonly [name: Name, value: string])[]

/** What a stack says, before it is written. */
export interface Answer {
  readonly status: number
  readonly reason: string
  /** Of this answer alone, without those of every one; before the server's name. */
  readonly headers: SipHeaders
  /** Headers of this answer that stand behind the server's name. */
  readonly trailing?: SipHeaders
}

export interface Place {
  readonly source: Source
  readonly local: Source
  readonly transport: 'udp' | 'tcp'
  readonly now: number
  readonly random: (size: number) => Buffer
}

export interface Dialect {
  readonly name: 'chan_sip' | 'chan_pjsip'
  /** It asks for `qop`, and counts it in; else it takes no notice of one (RFC 2069), whatever a client sends. */
  readonly protects: boolean
  /** Headers that may be left out where an answer must not be longer than its question, least needed first. */
  readonly dispensable: readonly Name[]
  /** All headers of a response, in order. */
  headers(request: SipRequest, answer: Answer, place: Place): SipHeaders
  options(request: SipRequest, place: Place, exists: boolean): Answer
  /** `stale`: the response was right, the nonce was old. */
  challenge(request: SipRequest, place: Place, stale: boolean): Answer
  /** Whether a nonce is one that this stack gave out to that peer, and still good; null: it is nobody's. */
  nonceAge(nonce: string, request: SipRequest, place: Place): 'fresh' | 'stale' | null
  /** The credentials are wrong. */
  denied(request: SipRequest, place: Place): Answer
  registered(request: SipRequest, place: Place, contact: string | null, expires: number): Answer
  /** A request in a call that there is not. */
  readonly noDialog: Answer
  readonly notFound: Answer
  readonly unavailable: Answer
  readonly trying: Answer
  /** Null: a stack that challenges first. */
  readonly unknownMethod: Answer | null
}

export const plain = (status: number, reason: string): Answer => ({status, reason, headers: []})

/** The bytes of a response. */
export function writeResponse({status, reason}: Answer, headers: SipHeaders): Buffer {
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`)
  return Buffer.from(`SIP/2.0 ${status} ${reason}\r\n${lines.join('')}\r\n`, 'latin1')
}
