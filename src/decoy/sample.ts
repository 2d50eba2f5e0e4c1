/** Attackers' bytes made safe to keep and to show. */
import type {Sample} from '../events/event.ts'

const PRINTABLE_ASCII = /^[\x20-\x5b\x5d-\x7e]$/

/** Printable form without loss: ASCII as is, a backslash doubled, every other byte `\xNN`. */
export function printable(bytes: Buffer): string {
  let text = ''
  for (const byte of bytes) {
    const character = String.fromCharCode(byte)
    if (PRINTABLE_ASCII.test(character)) text += character
    else if (byte === 0x5c) text += '\\\\'
    else text += `\\x${byte.toString(16).padStart(2, '0')}`
  }
  return text
}

/** A bounded sample of at most `limit` bytes. Text is taken as UTF-8. */
export function sample(value: Buffer | string, limit: number): Sample {
  const bytes = typeof value === 'string' ? Buffer.from(value, 'utf8') : value
  const kept = bytes.subarray(0, limit)
  return {
    text: printable(kept),
    base64: kept.toString('base64'),
    bytes: bytes.length,
    truncated: kept.length < bytes.length,
  }
}
