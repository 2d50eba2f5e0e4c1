/** Compressors of OP_COMPRESSED, in the order in which mongod prefers them. */
import {deflateSync, inflateSync, zstdCompressSync, zstdDecompressSync} from 'node:zlib'

import {CodecError} from '../../codecs/codec-error.ts'
import {snappy, unsnappy} from './snappy.ts'

export const COMPRESSORS = ['snappy', 'zstd', 'zlib'] as const

export type Compressor = 'noop' | (typeof COMPRESSORS)[number]

const IDS: readonly Compressor[] = ['noop', 'snappy', 'zlib', 'zstd']

/** Null: there is no such compressor. */
export const compressorOf = (id: number): Compressor | null => IDS[id] ?? null
export const idOf = (compressor: Compressor): number => IDS.indexOf(compressor)

/** @throws CodecError for what is broken, or does not have exactly that size. */
export function decompress(compressor: Compressor, bytes: Buffer, size: number): Buffer {
  const plain = inflated(compressor, bytes, size)
  if (plain.length !== size) throw new CodecError('size of a compressed message')
  return plain
}

function inflated(compressor: Compressor, bytes: Buffer, size: number): Buffer {
  if (compressor === 'noop') return bytes
  if (compressor === 'snappy') return unsnappy(bytes, size)
  try {
    // Never more than was announced, which was checked: a bomb ends here.
    const options = {maxOutputLength: Math.max(1, size)}
    return compressor === 'zlib' ? inflateSync(bytes, options) : zstdDecompressSync(bytes, options)
  } catch {
    throw new CodecError(`${compressor}: broken`)
  }
}

export function compress(compressor: Compressor, bytes: Buffer): Buffer {
  switch (compressor) {
    case 'noop':
      return bytes
    case 'snappy':
      return snappy(bytes)
    case 'zlib':
      return deflateSync(bytes)
    default:
      return zstdCompressSync(bytes)
  }
}
