/** What the time server records. */
import type {ServiceEvent} from '../../../events/event.ts'
import type {Limits} from '../../limits.ts'
import {sample} from '../../sample.ts'
import {MODE, type Request} from './packet.ts'
import {isSigned} from './products.ts'

/** Control messages (RFC 9327 §2). */
const CONTROL_NAMES: Readonly<Record<number, string>> = {
  1: 'read status',
  2: 'read variables',
  3: 'write variables',
  4: 'read clock variables',
  5: 'write clock variables',
  8: 'configure',
  10: 'read recently used',
  12: 'request nonce',
}
/** Requests of mode 7 as ntpd numbers them. */
const PRIVATE_NAMES: Readonly<Record<number, string>> = {
  0: 'peer list',
  1: 'peer list with sums',
  4: 'system information',
  20: 'monlist',
  42: 'monlist',
}
const RESPONSE = 0x80
const MODE_NAMES = ['reserved', 'symmetric active', 'symmetric passive', 'client', 'server', 'broadcast'] as const
const MAX_SAMPLE = 128
/** MS-SNTP 2.2.1: where the account is named, and the bit that says which of its passwords. */
const OLD_PASSWORD = 0x8000_0000

export function timeEvent(request: Request, answered: boolean): ServiceEvent {
  const {version, mode, extra} = request
  return {
    event: 'query',
    data: {
      operation: mode === MODE.CLIENT ? 'time' : 'symmetric',
      version,
      answered,
      ...(extra.length > 0 ? {extra: extra.length} : {}),
      ...(isSigned(request) ? {keyId: extra.readUInt32BE(0)} : {}),
    },
  }
}

/**
 * A domain controller signs its answer with the password of the account that the request names, unauthenticated: whoever
 * asks for many has them cracked ("timeroasting"). The account's RID stands little-endian in the key's place.
 */
export function roastingEvent({extra, version}: Request): ServiceEvent {
  const field = extra.readUInt32LE(0)
  const rid = field & ~OLD_PASSWORD
  return {event: 'probe', data: {what: 'timeroasting', version, rid, previousPassword: (field & OLD_PASSWORD) !== 0}}
}

export function controlEvent(bytes: Buffer, {sample: limit}: Limits): ServiceEvent {
  const mode = bytes.readUInt8(0) & 7
  const response = (bytes.readUInt8(mode === MODE.CONTROL ? Math.min(1, bytes.length - 1) : 0) & RESPONSE) !== 0
  const code = mode === MODE.CONTROL ? (bytes[1] ?? 0) & 0x1f : (bytes[3] ?? 0)
  const names = mode === MODE.CONTROL ? CONTROL_NAMES : PRIVATE_NAMES
  return {
    event: 'probe',
    data: {
      what: response ? 'unasked response' : (names[code] ?? 'unknown request'),
      mode,
      code,
      sample: sample(bytes, Math.min(limit, MAX_SAMPLE)),
    },
  }
}

export function unaskedEvent({mode, version}: Request): ServiceEvent {
  return {event: 'probe', data: {what: `unasked ${MODE_NAMES[mode] ?? 'mode'}`, mode, version}}
}

export function malformedEvent(bytes: Buffer, {sample: limit}: Limits): ServiceEvent {
  return {event: 'malformed', data: {what: 'packet', sample: sample(bytes, Math.min(limit, MAX_SAMPLE))}}
}
