/**
 * Snappy's block format (github.com/google/snappy, format_description.txt): the length as a varint, then literals and
 * copies of what was written before. Written with literals only, which every reader takes.
 */
import {CodecError} from '../../codecs/codec-error.ts'

const MAX_LITERAL = 65_536

/** @throws CodecError for what is broken, or longer than it may be. */
export function unsnappy(bytes: Buffer, limit: number): Buffer {
  const [size, start] = length(bytes)
  if (size > limit) throw new CodecError('snappy: too long')
  const output = Buffer.alloc(size)
  let from = start
  let to = 0
  while (from < bytes.length) {
    const tag = bytes.readUInt8(from++)
    if ((tag & 3) === 0) {
      const [count, extra] = literal(bytes, from, tag >> 2)
      from += extra
      if (count > bytes.length - from || count > size - to) throw new CodecError('snappy: literal past the end')
      bytes.copy(output, to, from, from + count)
      from += count
      to += count
    } else {
      const {count, offset, extra} = copy(bytes, from, tag)
      from += extra
      if (offset === 0 || offset > to || count > size - to) throw new CodecError('snappy: copy past the end')
      // What is copied may overlap with what is written.
      for (let index = 0; index < count; index++) output.writeUInt8(output.readUInt8(to + index - offset), to + index)
      to += count
    }
  }
  if (to !== size) throw new CodecError('snappy: too short')
  return output
}

function length(bytes: Buffer): [value: number, read: number] {
  let value = 0
  for (let index = 0; index < 5 && index < bytes.length; index++) {
    const digit = bytes.readUInt8(index)
    value += (digit & 0x7f) * 128 ** index
    if (digit < 0x80) return [value, index + 1]
  }
  throw new CodecError('snappy: length')
}

function literal(bytes: Buffer, at: number, code: number): [count: number, extra: number] {
  if (code < 60) return [code + 1, 0]
  const extra = code - 59
  if (at + extra > bytes.length) throw new CodecError('snappy: literal past the end')
  return [bytes.readUIntLE(at, extra) + 1, extra]
}

function copy(bytes: Buffer, at: number, tag: number): {count: number; offset: number; extra: number} {
  const extra = {1: 1, 2: 2, 3: 4}[tag & 3] ?? 0
  if (at + extra > bytes.length) throw new CodecError('snappy: copy past the end')
  const value = bytes.readUIntLE(at, extra)
  if (extra === 1) return {count: ((tag >> 2) & 7) + 4, offset: ((tag >> 5) << 8) | value, extra}
  return {count: (tag >> 2) + 1, offset: value, extra}
}

export function snappy(bytes: Buffer): Buffer {
  const pieces: Buffer[] = [varint(bytes.length)]
  for (let at = 0; at < bytes.length; at += MAX_LITERAL) {
    const part = bytes.subarray(at, at + MAX_LITERAL)
    const head = Buffer.alloc(3)
    head.writeUInt8(61 << 2)
    head.writeUInt16LE(part.length - 1, 1)
    pieces.push(head, part)
  }
  return Buffer.concat(pieces)
}

function varint(value: number): Buffer {
  const digits: number[] = []
  let left = value
  do {
    digits.push(left > 0x7f ? (left & 0x7f) | 0x80 : left)
    left >>>= 7
  } while (left > 0)
  return Buffer.from(digits)
}
