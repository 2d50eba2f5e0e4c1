/** Recorded answers of real servers, and what has to be made equal before answers are compared. */
import {gunzipSync} from 'node:zlib'

import type {WebServerName} from '../../../../src/decoy/services/http/products/names.ts'
import {indexValidators} from './fixture-site.ts'

export interface Recorded {
  /** Latin1. */
  readonly reply: string
  /** The server closed the connection within the time it was watched. */
  readonly closed: boolean
}

export interface Golden {
  readonly product: WebServerName
  readonly version: string
  readonly port: number
  readonly basicPort: number
  readonly replies: Readonly<Record<string, Recorded>>
}

/** The bytes of a corpus entry for one product. */
export function requestBytes(entry: string, product: WebServerName): Buffer {
  const {etag, modified} = indexValidators(product)
  const text = entry
    .replaceAll('@PAGE@', 'index.html')
    .replaceAll('@ETAG@', etag)
    .replaceAll('@MTIME@', new Date(modified * 1000).toUTCString())
  return Buffer.from(text, 'latin1')
}

/**
 * The clock, the order in which one start of Apache lists methods, and the boundary of multipart bodies differ from run
 * to run; compressed bytes differ from zlib to zlib, so they are compared by what they decompress to.
 */
export function normalise(reply: string): string {
  const same = reply
    .replace(/^Date: .*$/gm, 'Date: -')
    .replace(/^Allow: ([A-Z,]+)\r$/gm, (_, list: string) => `Allow: ${list.split(',').sort().join(',')}\r`)
  const boundary = /boundary=(\S+)/.exec(same)?.[1]
  const bounded =
    boundary === undefined ? same : same.replaceAll(boundary, '-').replace(/^Content-Length: \d+/m, 'Content-Length: -')
  return bounded.includes('Content-Encoding: gzip') ? decompressed(bounded) : bounded
}

function decompressed(reply: string): string {
  const end = reply.indexOf('\r\n\r\n') + 4
  const head = reply.slice(0, end).replace(/^Content-Length: \d+/m, 'Content-Length: -')
  const body = reply.slice(end)
  if (body === '') return head
  const packed = head.includes('chunked') ? body.slice(body.indexOf('\r\n') + 2, body.lastIndexOf('\r\n0\r\n')) : body
  return head + gunzipSync(Buffer.from(packed, 'latin1')).toString('latin1')
}
