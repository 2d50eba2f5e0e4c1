import {gzipSync} from 'node:zlib'

import {type Header, headerTokens} from '../request/message.ts'

const GZIP = /^gzip(?:[ \t]*;[ \t]*(?!q=0(?:\.0*)?$)|$)/

/** Whether the client takes a gzip body (RFC 9110 §12.5.3). */
export const acceptsGzip = (headers: readonly Header[]): boolean =>
  headerTokens(headers, 'accept-encoding').some((token) => GZIP.test(token))

/** By document: each is compressed once per level. */
const packed = new WeakMap<Buffer, Map<number, Buffer>>()

export function gzipped(body: Buffer, level: number): Buffer {
  const levels = packed.get(body) ?? new Map<number, Buffer>()
  packed.set(body, levels)
  const known = levels.get(level) ?? gzipSync(body, {level})
  levels.set(level, known)
  return known
}
