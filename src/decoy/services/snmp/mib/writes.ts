/** What was written with the write community: it stays, as on the real machine, until the decky is started again. */
import {TAG} from '../../../codecs/ber/tags.ts'
import type {Value} from '../wire/values.ts'
import {arcsOf, type Variable} from './tree.ts'

/** More than a machine has that can be set by hand; after that nothing further is kept. */
const MAX_WRITES = 256
/** DisplayString (RFC 2579 §2), which all text that can be set here is. */
export const MAX_TEXT = 255
const MAX_OTHER = 16

export class Writes {
  readonly #values = new Map<string, Value>()
  readonly #created = new Map<string, Variable>()

  get(oid: string): Value | undefined {
    return this.#values.get(oid)
  }

  /** Rows that did not exist before. */
  get created(): readonly Variable[] {
    return [...this.#created.values()]
  }

  /** Counts the rows that were made: whoever keeps a view of them knows when it is out of date. */
  get generation(): number {
    return this.#created.size
  }

  set(oid: string, {tag, content}: Value): void {
    if (this.#values.size >= MAX_WRITES && !this.#values.has(oid)) return
    // A copy: the datagram that it came with is not kept for its sake.
    this.#values.set(oid, {tag, content: Buffer.from(content)})
  }

  create(oid: string, value: Value): void {
    if (this.#created.size >= MAX_WRITES) return
    this.set(oid, value)
    const arcs = arcsOf(oid)
    const read = () => this.#values.get(oid) ?? value
    this.#created.set(oid, {oid, arcs, object: arcs.length - 1, read, writable: true})
  }
}

export const fitsType = ({tag, content}: Value): boolean =>
  content.length <= (tag === TAG.OCTET_STRING ? MAX_TEXT : MAX_OTHER * 4)
