/** What a startup packet says, and the codes in its place that ask for something else. */
import {BodyReader} from './wire.ts'

export const CODE = {CANCEL: 0x04d2_162e, TLS: 0x04d2_162f, GSS: 0x04d2_1630} as const
const MAX_PARAMETERS = 64

export const major = (code: number): number => code >>> 16
export const minor = (code: number): number => code & 0xffff

/** Names and values up to the empty name; whatever is broken ends them. */
export function parseParameters(body: Buffer): Map<string, Buffer> {
  const parameters = new Map<string, Buffer>()
  const reader = new BodyReader(body)
  while (parameters.size < MAX_PARAMETERS) {
    const name = reader.text()
    if (name === null || name.length === 0) break
    const value = reader.text()
    if (value === null) break
    parameters.set(name.toString('latin1'), value)
  }
  return parameters
}
