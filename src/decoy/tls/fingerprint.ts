/** Fingerprints of a ClientHello: JA3 (Salesforce, 2017) and JA4 (FoxIO, technical details of JA4 TLS client). */
import {createHash} from 'node:crypto'

import type {ClientHello} from './client-hello.ts'

const SERVER_NAME = 0x0000
const ALPN = 0x0010

/** RFC 8701: values that are sent to be ignored, and differ from one connection to the next. */
const isGrease = (value: number): boolean => (value & 0x0f0f) === 0x0a0a && value >> 8 === (value & 0xff)
const withoutGrease = (values: readonly number[]): number[] => values.filter((value) => !isGrease(value))

/** The string that JA3 is the MD5 of. */
export function ja3String(hello: ClientHello): string {
  const lists = [hello.ciphers, hello.extensions, hello.groups, hello.pointFormats]
  return [hello.legacyVersion, ...lists.map((list) => withoutGrease(list).join('-'))].join(',')
}

export function ja3(hello: ClientHello): string {
  return createHash('md5').update(ja3String(hello)).digest('hex')
}

const JA4_VERSIONS: ReadonlyMap<number, string> = new Map([
  [0x0304, '13'],
  [0x0303, '12'],
  [0x0302, '11'],
  [0x0301, '10'],
  [0x0300, 's3'],
  [0x0002, 's2'],
])

export function ja4(hello: ClientHello): string {
  const ciphers = withoutGrease(hello.ciphers)
  const extensions = withoutGrease(hello.extensions)
  const start = [
    't',
    JA4_VERSIONS.get(highestVersion(hello)) ?? '00',
    hello.extensions.includes(SERVER_NAME) ? 'd' : 'i',
    count(ciphers),
    count(extensions),
    alpnEnds(hello.alpn[0]),
  ].join('')
  const sorted = extensions.filter((type) => type !== SERVER_NAME && type !== ALPN).map(hex)
  const signatures = withoutGrease(hello.signatureAlgorithms).map(hex).join(',')
  const tail = sorted.toSorted().join(',') + (signatures === '' ? '' : `_${signatures}`)
  return `${start}_${digest(ciphers.map(hex).toSorted().join(','))}_${digest(sorted.length === 0 ? '' : tail)}`
}

/** The best that the client offers. */
export function highestVersion(hello: ClientHello): number {
  const versions = withoutGrease(hello.versions)
  return versions.length === 0 ? hello.legacyVersion : Math.max(...versions)
}

const hex = (value: number): string => value.toString(16).padStart(4, '0')
const count = (list: readonly number[]): string => String(Math.min(99, list.length)).padStart(2, '0')
const digest = (text: string): string =>
  text === '' ? '0'.repeat(12) : createHash('sha256').update(text).digest('hex').slice(0, 12)

/** The first and last character of the first protocol; of its hex form where one of them is no letter or digit. */
function alpnEnds(name: Buffer | undefined): string {
  if (name === undefined || name.length === 0) return '00'
  const text = name.toString('latin1')
  const ends = `${text.charAt(0)}${text.charAt(text.length - 1)}`
  if (/^[A-Za-z0-9]{2}$/.test(ends)) return ends
  const digits = name.toString('hex')
  return `${digits.charAt(0)}${digits.charAt(digits.length - 1)}`
}
