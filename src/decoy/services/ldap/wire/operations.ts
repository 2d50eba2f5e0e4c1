/**
 * What a client asks for (RFC 4511 §4).
 *
 *   LDAPMessage = SEQUENCE { messageID INTEGER, protocolOp CHOICE, controls [0] SEQUENCE OF Control OPTIONAL }
 *
 * The CHOICE is an application tag. Besides the simple [0] and SASL [3] authentication of a BIND, Active Directory has
 * the three of Sicily (MS-ADTS §5.1.1.1.3): [9] asks which packages there are, [10] and [11] carry NTLM messages.
 */
import {BerReader} from '../../../codecs/ber/reader.ts'
import {application, applicationPrimitive, context, contextPrimitive, TAG} from '../../../codecs/ber/tags.ts'
import {CodecError} from '../../../codecs/codec-error.ts'
import {type Filter, readFilter} from './filter.ts'

export const OPERATION = {
  BIND: application(0),
  BIND_RESPONSE: application(1),
  UNBIND: applicationPrimitive(2),
  SEARCH: application(3),
  SEARCH_ENTRY: application(4),
  SEARCH_DONE: application(5),
  MODIFY: application(6),
  ADD: application(8),
  DELETE: applicationPrimitive(10),
  RENAME: application(12),
  COMPARE: application(14),
  ABANDON: applicationPrimitive(16),
  SEARCH_REFERENCE: application(19),
  EXTENDED: application(23),
  EXTENDED_RESPONSE: application(24),
} as const

/** The response to an operation that changes something, or compares, has the next tag. */
const CHANGES: ReadonlyMap<number, {readonly name: string; readonly response: number}> = new Map([
  [OPERATION.MODIFY, {name: 'modify', response: application(7)}],
  [OPERATION.ADD, {name: 'add', response: application(9)}],
  [OPERATION.DELETE, {name: 'delete', response: application(11)}],
  [OPERATION.RENAME, {name: 'rename', response: application(13)}],
  [OPERATION.COMPARE, {name: 'compare', response: application(15)}],
])

export const SCOPE = {BASE: 0, ONE: 1, SUBTREE: 2} as const

export interface Control {
  readonly oid: string
  readonly critical: boolean
  readonly value: Buffer | null
}

export type SicilyStep = 'discovery' | 'negotiate' | 'response'

export type Authentication =
  | {readonly type: 'simple'; readonly password: Buffer}
  | {readonly type: 'sasl'; readonly mechanism: string; readonly credentials: Buffer | null}
  | {readonly type: 'sicily'; readonly step: SicilyStep; readonly token: Buffer}
  | {readonly type: 'unknown'; readonly tag: number}

export interface BindRequest {
  readonly type: 'bind'
  readonly version: number
  readonly name: Buffer
  readonly authentication: Authentication
}

export interface SearchRequest {
  readonly type: 'search'
  readonly base: string
  readonly scope: number
  readonly sizeLimit: number
  readonly typesOnly: boolean
  readonly filter: Filter
  readonly attributes: readonly string[]
}

export interface ChangeRequest {
  readonly type: 'change'
  readonly name: string
  readonly response: number
  readonly dn: string
}

export interface ExtendedRequest {
  readonly type: 'extended'
  readonly oid: string
  readonly value: Buffer | null
}

export type Operation =
  | BindRequest
  | SearchRequest
  | ChangeRequest
  | ExtendedRequest
  | {readonly type: 'unbind'}
  | {readonly type: 'abandon'}
  | {readonly type: 'unknown'; readonly tag: number}

export interface LdapRequest {
  readonly id: number
  readonly operation: Operation
  readonly controls: readonly Control[]
}

const MAX_ATTRIBUTES = 1024
const MAX_CONTROLS = 32
const SICILY: ReadonlyMap<number, SicilyStep> = new Map([
  [contextPrimitive(9), 'discovery'],
  [contextPrimitive(10), 'negotiate'],
  [contextPrimitive(11), 'response'],
])

/** Of a whole LDAPMessage. Throws CodecError. */
export function parseRequest(bytes: Buffer): LdapRequest {
  const message = new BerReader(bytes).sequence()
  const id = message.integer()
  const tag = message.peek()
  if (tag === undefined) throw new CodecError('a message without an operation')
  const operation = readOperation(message, tag)
  const list = message.tryEnter(context(0))
  const controls: Control[] = []
  while (list?.more === true) {
    if (controls.length === MAX_CONTROLS) throw new CodecError('too many controls')
    controls.push(readControl(list.sequence()))
  }
  return {id, operation, controls}
}

function readOperation(message: BerReader, tag: number): Operation {
  const change = CHANGES.get(tag)
  if (change !== undefined) return readChange(message, tag, change)
  switch (tag) {
    case OPERATION.BIND:
      return readBind(message.enter(tag))
    case OPERATION.SEARCH:
      return readSearch(message.enter(tag))
    case OPERATION.EXTENDED: {
      const reader = message.enter(tag)
      return {
        type: 'extended',
        oid: reader.text(contextPrimitive(0)),
        value: reader.optional(contextPrimitive(1)) ?? null,
      }
    }
    case OPERATION.UNBIND:
      message.next()
      return {type: 'unbind'}
    case OPERATION.ABANDON:
      message.next()
      return {type: 'abandon'}
    default:
      message.next()
      return {type: 'unknown', tag}
  }
}

function readChange(
  message: BerReader,
  tag: number,
  {name, response}: {readonly name: string; readonly response: number},
): ChangeRequest {
  if (tag === OPERATION.DELETE) return {type: 'change', name, response, dn: message.text(tag)}
  return {type: 'change', name, response, dn: message.enter(tag).text(TAG.OCTET_STRING)}
}

function readBind(reader: BerReader): BindRequest {
  const version = reader.integer()
  const name = reader.octetString()
  return {type: 'bind', version, name, authentication: readAuthentication(reader)}
}

function readAuthentication(reader: BerReader): Authentication {
  const tag = reader.peek()
  if (tag === contextPrimitive(0)) return {type: 'simple', password: reader.next().content}
  if (tag === context(3)) {
    const sasl = reader.enter(tag)
    const mechanism = sasl.text(TAG.OCTET_STRING)
    return {type: 'sasl', mechanism, credentials: sasl.optional(TAG.OCTET_STRING) ?? null}
  }
  if (tag === undefined) throw new CodecError('a bind without authentication')
  const step = SICILY.get(tag)
  const token = reader.next().content
  return step === undefined ? {type: 'unknown', tag} : {type: 'sicily', step, token}
}

function readSearch(reader: BerReader): SearchRequest {
  const base = reader.text(TAG.OCTET_STRING)
  const scope = reader.enumerated()
  // derefAliases: there are no aliases.
  reader.enumerated()
  const sizeLimit = reader.integer()
  // timeLimit: every answer is ready at once.
  reader.integer()
  const typesOnly = reader.boolean()
  const filter = readFilter(reader)
  const list = reader.sequence()
  const attributes: string[] = []
  while (list.more) {
    if (attributes.length === MAX_ATTRIBUTES) throw new CodecError('too many attributes')
    attributes.push(list.text(TAG.OCTET_STRING))
  }
  return {type: 'search', base, scope, sizeLimit, typesOnly, filter, attributes}
}

function readControl(reader: BerReader): Control {
  const oid = reader.text(TAG.OCTET_STRING)
  const critical = reader.peek() === TAG.BOOLEAN && reader.boolean()
  return {oid, critical, value: reader.optional(TAG.OCTET_STRING) ?? null}
}
