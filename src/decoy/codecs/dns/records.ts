/** Records to be written, and their data by type (RFC 1035 §3.3, RFC 2782). */
import {CLASS, TYPE} from './constants.ts'
import type {Question} from './message.ts'
import {encodeName, type Name} from './name.ts'

/** A name in the data of a record, which old types may compress and new ones may not (RFC 3597 §4). */
export interface DataName {
  readonly name: Name
  readonly compress: boolean
}

export interface Resource extends Question {
  /** Seconds. */
  readonly ttl: number
  readonly data: readonly (Buffer | DataName)[]
}

const u16 = (...values: readonly number[]): Buffer => {
  const bytes = Buffer.alloc(2 * values.length)
  for (const [index, value] of values.entries()) bytes.writeUInt16BE(value, 2 * index)
  return bytes
}

const u32 = (...values: readonly number[]): Buffer => {
  const bytes = Buffer.alloc(4 * values.length)
  for (const [index, value] of values.entries()) bytes.writeUInt32BE(value >>> 0, 4 * index)
  return bytes
}

const known = (name: Name): DataName => ({name, compress: true})

export const ipv4 = (text: string): Buffer => Buffer.from(text.split('.').map(Number))

/** Sixteen bytes of an IPv6 address as text, which must be one. */
export function ipv6(text: string): Buffer {
  const [head = '', tail] = text.split('::')
  const groups = (part: string): number[] =>
    part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16))
  const [front, back] = [groups(head), groups(tail ?? '')]
  return u16(...front, ...Array<number>(8 - front.length - back.length).fill(0), ...back)
}

/** Character strings, each of at most 255 octets. */
export function strings(...texts: readonly string[]): Buffer {
  return Buffer.concat(
    texts.map((text) => {
      const bytes = Buffer.from(text, 'latin1').subarray(0, 255)
      return Buffer.concat([Buffer.from([bytes.length]), bytes])
    }),
  )
}

export interface SoaData {
  readonly primary: Name
  readonly mailbox: Name
  readonly serial: number
  readonly refresh: number
  readonly retry: number
  readonly expire: number
  readonly minimum: number
}

export interface SrvData {
  readonly priority: number
  readonly weight: number
  readonly port: number
  readonly target: Name
}

type Make<T> = (name: Name, ttl: number, value: T) => Resource

const ofType =
  <T>(type: number, data: (value: T) => Resource['data']): Make<T> =>
  (name, ttl, value) => ({name, type, class: CLASS.IN, ttl, data: data(value)})

export const address = ofType<string>(TYPE.A, (text) => [ipv4(text)])
export const address6 = ofType<string>(TYPE.AAAA, (text) => [ipv6(text)])
export const nameServer = ofType<Name>(TYPE.NS, (name) => [known(name)])
export const alias = ofType<Name>(TYPE.CNAME, (name) => [known(name)])
export const pointer = ofType<Name>(TYPE.PTR, (name) => [known(name)])
export const text = ofType<readonly string[]>(TYPE.TXT, (values) => [strings(...values)])
export const mailExchange = ofType<{preference: number; exchange: Name}>(TYPE.MX, ({preference, exchange}) => [
  u16(preference),
  known(exchange),
])
export const authority = ofType<SoaData>(TYPE.SOA, ({primary, mailbox, ...times}) => [
  known(primary),
  known(mailbox),
  u32(times.serial, times.refresh, times.retry, times.expire, times.minimum),
])
export const service = ofType<SrvData>(TYPE.SRV, ({priority, weight, port, target}) => [
  u16(priority, weight, port),
  {name: target, compress: false},
])

export interface OptData {
  /** Octets of a datagram that the sender takes. */
  readonly size: number
  /** The upper bits of the response code. */
  readonly extendedRcode?: number
  readonly dnssecOk?: boolean
  readonly options?: readonly {readonly code: number; readonly data: Buffer}[]
}

/** The pseudo-record of EDNS (RFC 6891 §6.1.2). */
export function opt({size, extendedRcode = 0, dnssecOk = false, options = []}: OptData): Resource {
  const data = options.flatMap((option) => [u16(option.code, option.data.length), option.data])
  return {name: [], type: TYPE.OPT, class: size, ttl: extendedRcode * 2 ** 24 + (dnssecOk ? 0x8000 : 0), data}
}

/** The data as it is on the wire without compression. */
export function plainData({data}: Resource): Buffer {
  return Buffer.concat(data.map((part) => (Buffer.isBuffer(part) ? part : encodeName(part.name))))
}
