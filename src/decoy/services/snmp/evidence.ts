/** What the agent records. */
import type {CrackableHash, ServiceEvent} from '../../../events/event.ts'
import {TAG} from '../../codecs/ber/tags.ts'
import type {Limits} from '../../limits.ts'
import {printable, sample} from '../../sample.ts'
import {PDU, PDU_NAMES, type Pdu} from './wire/pdu.ts'
import {numberOf, readOid, SNMP_TAG, type Value} from './wire/values.ts'

/** Names and values of one request that are kept. */
const MAX_SHOWN = 32
const MAX_VALUE = 256

export type VersionName = 'v1' | 'v2c' | 'v3'

export function communityAttempt(
  community: Buffer,
  version: VersionName,
  outcome: 'success' | 'failure',
  {credential}: Limits,
  access?: 'read' | 'write',
): ServiceEvent {
  return {
    event: 'auth.attempt',
    credential: {principal: '', method: 'community', secret: sample(community, credential), outcome},
    data: {version, ...(access === undefined ? {} : {access})},
  }
}

export interface UsmAttempt {
  readonly user: Buffer
  /** `noauth`, `auth` or `authpriv`. */
  readonly level: string
  readonly outcome: 'success' | 'failure'
  readonly hash: CrackableHash | null
}

export function usmAttempt({user, level, outcome, hash}: UsmAttempt, limits: Limits): ServiceEvent {
  return {
    event: 'auth.attempt',
    credential: {
      principal: printable(user.subarray(0, limits.credential)),
      method: 'snmpv3',
      ...(hash === null ? {} : {hash}),
      outcome,
    },
    data: {version: 'v3', level},
  }
}

export interface Asked {
  readonly version: VersionName
  readonly pdu: Pdu
  /** Of the response; null: there is none. */
  readonly status: number | null
}

export function queryEvent({version, pdu, status}: Asked): ServiceEvent {
  const shown = pdu.varbinds.slice(0, MAX_SHOWN)
  const names = pdu.varbinds.length
  return {
    event: 'query',
    data: {
      operation: PDU_NAMES[pdu.type] ?? 'unknown',
      version,
      oids: shown.map(({oid}) => oid),
      ...(names > shown.length ? {omitted: names - shown.length} : {}),
      ...(pdu.type === PDU.GET_BULK ? {nonRepeaters: pdu.first, maxRepetitions: pdu.second} : {}),
      ...(pdu.type === PDU.SET ? {values: shown.map(({value}) => shownValue(value))} : {}),
      ...(status === null ? {} : {status}),
    },
  }
}

function shownValue(value: Value): unknown {
  const {tag, content} = value
  const number = numberOf(value)
  if (number !== null) return number
  if (tag === TAG.OBJECT_IDENTIFIER && content.length > 0 && content.length <= 64) return readOid(content) ?? ''
  if (tag === SNMP_TAG.IP_ADDRESS && content.length === 4) return [...content].join('.')
  return sample(content, MAX_VALUE)
}

export function discoveryEvent(user: Buffer, {credential}: Limits): ServiceEvent {
  const name = user.length === 0 ? {} : {user: printable(user.subarray(0, credential))}
  return {event: 'probe', data: {what: 'engine discovery', version: 'v3', ...name}}
}

export function unaskedEvent({type, varbinds}: Pdu, version: VersionName): ServiceEvent {
  const oids = varbinds.slice(0, MAX_SHOWN).map(({oid}) => oid)
  return {event: 'probe', data: {what: `unasked ${PDU_NAMES[type] ?? 'pdu'}`, version, oids}}
}

export function malformedEvent(reason: string, bytes: Buffer, limits: Limits): ServiceEvent {
  return {event: 'malformed', data: {what: 'message', reason, sample: sample(bytes, Math.min(limits.sample, 512))}}
}
