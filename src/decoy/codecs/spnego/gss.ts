/**
 * Framing of initial context tokens (RFC 2743 §3.1).
 *
 *   token = [APPLICATION 0] { mechanism OBJECT IDENTIFIER, inner token as raw octets }
 */
import {BerReader} from '../ber/reader.ts'
import {application, TAG} from '../ber/tags.ts'
import {constructed, oid} from '../ber/writer.ts'

export const GSS_TAG = application(0)

export interface GssToken {
  readonly mechanism: string
  readonly inner: Buffer
}

export function parseGss(bytes: Buffer): GssToken {
  const reader = new BerReader(bytes).enter(GSS_TAG)
  const mechanism = reader.oid(TAG.OBJECT_IDENTIFIER)
  return {mechanism, inner: reader.rest}
}

export function buildGss({mechanism, inner}: GssToken): Buffer {
  return constructed(GSS_TAG, [oid(mechanism), inner])
}
