/** SPNEGO negotiation tokens (RFC 4178 §4.2, MS-SPNG §2.2.1). */
import {BerReader} from '../ber/reader.ts'
import {context, TAG} from '../ber/tags.ts'
import {enumerated, explicit, generalString, octetString, oid, optionalExplicit, sequence} from '../ber/writer.ts'
import {CodecError} from '../codec-error.ts'
import {buildGss} from './gss.ts'
import {MECHANISM} from './mechanisms.ts'

export const NEG_STATE = {ACCEPT_COMPLETED: 0, ACCEPT_INCOMPLETE: 1, REJECT: 2, REQUEST_MIC: 3} as const

export const INIT_TAG = context(0)
export const RESPONSE_TAG = context(1)

/** What Windows puts in place of a principal's name (MS-SPNG §3.2.5.2). */
export const WINDOWS_HINT = 'not_defined_in_RFC4178@please_ignore'

const MAX_MECHANISMS = 32

export interface NegTokenInit {
  readonly kind: 'init'
  readonly mechanisms: readonly string[]
  /** The DER of the list, over which mechListMIC is computed. */
  readonly mechanismsRaw: Buffer
  readonly token?: Buffer
  /** NegTokenInit2 only: what a server that speaks first says of itself. */
  readonly hint?: string
  readonly mic?: Buffer
}

export interface NegTokenResponse {
  readonly kind: 'response'
  readonly state?: number
  readonly mechanism?: string
  readonly token?: Buffer
  readonly mic?: Buffer
}

export type NegotiationToken = NegTokenInit | NegTokenResponse

/** A NegotiationToken without GSS-API framing. */
export function parseNegotiationToken(bytes: Buffer): NegotiationToken {
  const reader = new BerReader(bytes)
  const tag = reader.peek()
  if (tag === INIT_TAG) return parseInit(reader.enter(tag).sequence())
  if (tag === RESPONSE_TAG) return parseResponse(reader.enter(tag).sequence())
  throw new CodecError('no SPNEGO token')
}

function parseInit(reader: BerReader): NegTokenInit {
  const list = reader.explicit(0).next()
  if (list.tag !== TAG.SEQUENCE) throw new CodecError('no list of mechanisms')
  const mechanisms = parseMechanisms(new BerReader(list.content))
  reader.tryExplicit(1)
  const token = reader.tryExplicit(2)?.octetString()
  const fourth = reader.tryExplicit(3)
  // [3] is the MIC in a NegTokenInit and the hints in a NegTokenInit2, whose MIC is [4].
  const hinted = fourth?.peek() === TAG.SEQUENCE
  const hint = hinted ? fourth?.sequence().tryExplicit(0)?.text(TAG.GENERAL_STRING) : undefined
  const mic = (hinted || fourth === undefined ? reader.tryExplicit(4) : fourth)?.octetString()
  return {
    kind: 'init',
    mechanisms,
    mechanismsRaw: list.raw,
    ...(token === undefined ? {} : {token}),
    ...(hint === undefined ? {} : {hint}),
    ...(mic === undefined ? {} : {mic}),
  }
}

function parseMechanisms(reader: BerReader): string[] {
  const mechanisms: string[] = []
  while (reader.more) {
    if (mechanisms.length === MAX_MECHANISMS) throw new CodecError('too many mechanisms')
    mechanisms.push(reader.oid())
  }
  return mechanisms
}

function parseResponse(reader: BerReader): NegTokenResponse {
  const state = reader.tryExplicit(0)?.enumerated()
  const mechanism = reader.tryExplicit(1)?.oid()
  const token = reader.tryExplicit(2)?.octetString()
  const mic = reader.tryExplicit(3)?.octetString()
  return {
    kind: 'response',
    ...(state === undefined ? {} : {state}),
    ...(mechanism === undefined ? {} : {mechanism}),
    ...(token === undefined ? {} : {token}),
    ...(mic === undefined ? {} : {mic}),
  }
}

/** The DER of a list of mechanisms. */
export const mechanismList = (mechanisms: readonly string[]): Buffer => sequence(mechanisms.map((each) => oid(each)))

/** A first token in its GSS-API frame; with a hint it is a NegTokenInit2, as a server sends it. */
export function buildInit(init: Omit<NegTokenInit, 'kind' | 'mechanismsRaw'>): Buffer {
  const hints = init.hint === undefined ? undefined : sequence([explicit(0, generalString(init.hint))])
  const mic = optionalOctets(init.mic)
  const inner = explicit(
    0,
    sequence([
      explicit(0, mechanismList(init.mechanisms)),
      ...optionalExplicit(2, optionalOctets(init.token)),
      ...optionalExplicit(3, hints ?? mic),
      ...optionalExplicit(4, hints === undefined ? undefined : mic),
    ]),
  )
  return buildGss({mechanism: MECHANISM.SPNEGO, inner})
}

/** Any token after the first; it has no GSS-API frame. */
export function buildResponse(response: Omit<NegTokenResponse, 'kind'>): Buffer {
  const state = response.state === undefined ? undefined : enumerated(response.state)
  const mechanism = response.mechanism === undefined ? undefined : oid(response.mechanism)
  return explicit(
    1,
    sequence([
      ...optionalExplicit(0, state),
      ...optionalExplicit(1, mechanism),
      ...optionalExplicit(2, optionalOctets(response.token)),
      ...optionalExplicit(3, optionalOctets(response.mic)),
    ]),
  )
}

const optionalOctets = (value: Buffer | undefined): Buffer | undefined =>
  value === undefined ? undefined : octetString(value)
