/**
 * Domain names (RFC 1035 §3.1, §4.1.4):
 *
 *   name    = *label ( %x00 / pointer )
 *   label   = length:u8 (1..63) length*OCTET
 *   pointer = %b11 offset:14              ; from the start of the message, to a name that began earlier
 */
import {printable} from '../../sample.ts'
import {CodecError} from '../codec-error.ts'

/** Labels from the left, each as Latin-1; the root has none. */
export type Name = readonly string[]

const MAX_LABEL = 63
/** Octets of a whole name on the wire, the root's included. */
const MAX_NAME = 255
const POINTER = 0xc0

export interface ReadName {
  readonly name: Name
  /** Behind the name, where it stood. */
  readonly end: number
}

/** @throws CodecError where there is no whole name, or one that is too long. */
export function readName(message: Buffer, start: number): ReadName {
  const labels: string[] = []
  let size = 1
  let at = start
  let end: number | null = null
  // Each pointer leads before all that was read so far, so there is an end to them.
  let horizon = start
  for (;;) {
    const length = octet(message, at)
    if (length === 0) return {name: labels, end: end ?? at + 1}
    if ((length & POINTER) === POINTER) {
      const target = ((length & ~POINTER) << 8) | octet(message, at + 1)
      if (target >= horizon) throw new CodecError('a name points forward')
      end ??= at + 2
      horizon = target
      at = target
    } else if (length > MAX_LABEL) throw new CodecError('a label of an unknown kind')
    else {
      size += length + 1
      if (size > MAX_NAME) throw new CodecError('a name of more than 255 octets')
      if (at + 1 + length > message.length) throw new CodecError('a name is cut off')
      labels.push(message.toString('latin1', at + 1, at + 1 + length))
      at += length + 1
    }
  }
}

function octet(message: Buffer, at: number): number {
  const value = message[at]
  if (value === undefined) throw new CodecError('a name is cut off')
  return value
}

/** Uncompressed. Labels that are too long are the caller's bug. */
export function encodeName(name: Name): Buffer {
  const parts = name.map((label) => {
    if (label.length === 0 || label.length > MAX_LABEL) throw new CodecError(`a label of ${label.length} octets`)
    return Buffer.concat([Buffer.from([label.length]), Buffer.from(label, 'latin1')])
  })
  return Buffer.concat([...parts, Buffer.alloc(1)])
}

/** `www.corp.example` without the last dot; the root is no label. */
export function nameOf(text: string): Name {
  return text.split('.').filter((label) => label !== '')
}

/** For people: no other octets than printable ASCII, dots within labels escaped; the root is `.`. */
export function nameText(name: Name): string {
  if (name.length === 0) return '.'
  return name.map((label) => printable(Buffer.from(label, 'latin1')).replaceAll('.', '\\.')).join('.')
}

/** For maps: equal for names that differ in the case of ASCII letters only (RFC 4343). */
export function nameKey(name: Name): string {
  return name.map((label) => label.replace(/[A-Z]/g, lower).replaceAll('.', '\\.')).join('.')
}

const lower = (letter: string): string => letter.toLowerCase()

/** True also for the name itself. */
export function isWithin(name: Name, zone: Name): boolean {
  return name.length >= zone.length && nameKey(name.slice(name.length - zone.length)) === nameKey(zone)
}
