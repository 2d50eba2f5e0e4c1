/** Pull reader of BER and DER (X.690). Everything it cannot read throws `CodecError`. */
import {CodecError} from '../codec-error.ts'
import {readHeader} from './header.ts'
import {decodeOid} from './oid.ts'
import {context, isConstructed, TAG, type Tag, tagName} from './tags.ts'
import {decodeGeneralizedTime, decodeUtcTime} from './time.ts'
import {type BitString, decodeBigInteger, decodeBitString, decodeBoolean, decodeInteger} from './values.ts'

export interface BerElement {
  readonly tag: Tag
  readonly content: Buffer
  /** Header and content, as they came. */
  readonly raw: Buffer
}

/** LDAP filters are the deepest legitimate input; Active Directory gives up on those of more than 100 levels. */
const MAX_DEPTH = 128

/** Reads one series of elements, first to last. Buffers it returns are views of its input. */
export class BerReader {
  readonly #bytes: Buffer
  readonly #depth: number
  #at = 0

  /** `depth`: how many levels of elements may yet be entered. */
  constructor(bytes: Buffer, depth = MAX_DEPTH) {
    this.#bytes = bytes
    this.#depth = depth
  }

  /** Whether elements, or broken bytes, follow. */
  get more(): boolean {
    return this.#at < this.#bytes.length
  }

  get rest(): Buffer {
    return this.#bytes.subarray(this.#at)
  }

  /** The tag of the next element; `undefined` at the end. */
  peek(): Tag | undefined {
    return this.more ? this.#header().tag : undefined
  }

  next(): BerElement {
    const {tag, size, length} = this.#header()
    const start = this.#at
    const end = start + size + length
    if (end > this.#bytes.length) throw new CodecError(`element ${tagName(tag)} is longer than what holds it`)
    this.#at = end
    return {tag, content: this.#bytes.subarray(start + size, end), raw: this.#bytes.subarray(start, end)}
  }

  /** The content of the next element, which must have this tag. */
  expect(tag: Tag): Buffer {
    const found = this.peek()
    if (found !== tag) {
      throw new CodecError(`expected ${tagName(tag)}, found ${found === undefined ? 'the end' : tagName(found)}`)
    }
    return this.next().content
  }

  /** The content of the next element where it has this tag. */
  optional(tag: Tag): Buffer | undefined {
    return this.peek() === tag ? this.next().content : undefined
  }

  /** A reader of the elements inside the next one. */
  enter(tag: Tag): BerReader {
    return this.#inside(tag, this.expect(tag))
  }

  tryEnter(tag: Tag): BerReader | undefined {
    const content = this.optional(tag)
    return content === undefined ? undefined : this.#inside(tag, content)
  }

  sequence(): BerReader {
    return this.enter(TAG.SEQUENCE)
  }

  /** What is inside an EXPLICIT [number]. */
  explicit(number: number): BerReader {
    return this.enter(context(number))
  }

  tryExplicit(number: number): BerReader | undefined {
    return this.tryEnter(context(number))
  }

  integer(tag: Tag = TAG.INTEGER): number {
    return decodeInteger(this.expect(tag))
  }

  bigInteger(tag: Tag = TAG.INTEGER): bigint {
    return decodeBigInteger(this.expect(tag))
  }

  enumerated(tag: Tag = TAG.ENUMERATED): number {
    return decodeInteger(this.expect(tag))
  }

  boolean(tag: Tag = TAG.BOOLEAN): boolean {
    return decodeBoolean(this.expect(tag))
  }

  octetString(tag: Tag = TAG.OCTET_STRING): Buffer {
    return this.expect(tag)
  }

  /** Text as UTF-8, which holds ASCII too; bytes that are none become U+FFFD. */
  text(tag: Tag): string {
    return this.expect(tag).toString('utf8')
  }

  oid(tag: Tag = TAG.OBJECT_IDENTIFIER): string {
    return decodeOid(this.expect(tag))
  }

  bitString(tag: Tag = TAG.BIT_STRING): BitString {
    return decodeBitString(this.expect(tag))
  }

  /** Milliseconds since the epoch. */
  generalizedTime(tag: Tag = TAG.GENERALIZED_TIME): number {
    return decodeGeneralizedTime(this.expect(tag))
  }

  /** Milliseconds since the epoch. */
  utcTime(tag: Tag = TAG.UTC_TIME): number {
    return decodeUtcTime(this.expect(tag))
  }

  nullValue(tag: Tag = TAG.NULL): void {
    if (this.expect(tag).length > 0) throw new CodecError('null with content')
  }

  /** Throws where anything follows. */
  end(): void {
    if (this.more) throw new CodecError(`${this.#bytes.length - this.#at} octets after the last element`)
  }

  #inside(tag: Tag, content: Buffer): BerReader {
    if (!isConstructed(tag)) throw new CodecError(`element ${tagName(tag)} holds no elements`)
    if (this.#depth <= 0) throw new CodecError('elements nested too deep')
    return new BerReader(content, this.#depth - 1)
  }

  #header() {
    const header = readHeader(this.#bytes, this.#at)
    if (header === null) throw new CodecError('the bytes end within the header of an element')
    return header
  }
}
