/** READDIR and READDIRPLUS: as many entries as fit in what the client asks for (RFC 1813 §3.3.16, §3.3.17). */
import {withAttributes} from '../volume/attributes.ts'
import type {Entry} from '../volume/volume.ts'
import {hyper, opaque, text, uint} from '../wire/xdr.ts'

export interface Listing {
  /** Where the last one ended; 0: at the beginning. */
  readonly cookie: bigint
  readonly verifier: Buffer
  /** Octets of the reply. */
  readonly size: number
  /** Octets of names and numbers in it, without attributes and handles. */
  readonly names: number
  readonly plus?: true
}

const MOST = 65_536
/** Status, attributes of the directory, verifier, and the end. */
const AROUND = 4 + 88 + 8 + 8

/** The verifier, the entries, and whether they are all. */
export function listed(children: readonly (readonly [string, Entry])[], {cookie, size, names, plus}: Listing): Buffer {
  const first = cookie > BigInt(children.length) ? children.length : Number(cookie)
  const parts: Buffer[] = []
  let room = Math.min(size, MOST) - AROUND
  let nameRoom = names
  let index = first
  for (; index < children.length; index++) {
    const [name, entry] = children[index] ?? ['', null]
    if (entry === null) break
    const extra = plus === true ? [withAttributes(entry), uint(1), opaque(entry.handle)] : []
    const named = Buffer.concat([uint(1), hyper(entry.id), text(name), hyper(index + 1)])
    const part = Buffer.concat([named, ...extra])
    if (part.length > room || named.length > nameRoom) break
    room -= part.length
    nameRoom -= named.length
    parts.push(part)
  }
  return Buffer.concat([Buffer.alloc(8), ...parts, uint(0, Number(index >= children.length))])
}
