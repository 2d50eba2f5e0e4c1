/**
 * IPP requests (RFC 8010 §3.1), read as they come:
 *
 *     request   = version:16 operation:16 request-id:32 *group end-of-attributes-tag document
 *     group     = group-tag *attribute
 *     attribute = value-tag name-length:16 name value-length:16 value    an empty name: one more value of the last one
 *
 * Collections are taken apart into their values, which no operation here looks at.
 */
import {ByteQueue} from '../../../byte-queue.ts'
import {FIRST_VALUE_TAG, GROUP} from './tags.ts'

export interface IppValue {
  readonly tag: number
  readonly bytes: Buffer
}

export interface IppAttribute {
  readonly group: number
  readonly name: string
  readonly values: IppValue[]
}

export interface IppRequest {
  readonly version: {readonly major: number; readonly minor: number}
  readonly operation: number
  readonly id: number
  readonly attributes: readonly IppAttribute[]
}

const HEADER = 8
/** Of all attributes together: more than any client sends. */
const MAX_ATTRIBUTES = 64 * 1024
const MAX_COUNT = 512

type State = 'header' | 'attributes' | 'document' | 'malformed'

export class RequestReader {
  readonly #queue = new ByteQueue()
  readonly #document: (bytes: Buffer) => void
  readonly #attributes: IppAttribute[] = []
  #state: State = 'header'
  #head: Omit<IppRequest, 'attributes'> | null = null
  #group = 0
  #used = 0
  #count = 0

  /** @param document takes what follows the attributes. */
  constructor(document: (bytes: Buffer) => void) {
    this.#document = document
  }

  push(bytes: Buffer): void {
    if (this.#state === 'document') this.#document(bytes)
    if (this.#state === 'document' || this.#state === 'malformed') return
    this.#queue.push(bytes)
    while (this.#advance());
  }

  /** Null: it was no whole request. */
  get request(): IppRequest | null {
    return this.#state === 'document' && this.#head !== null ? {...this.#head, attributes: this.#attributes} : null
  }

  /** The header of what was no whole request, as far as it was read. */
  get head(): Omit<IppRequest, 'attributes'> | null {
    return this.#head
  }

  /** False: it takes more bytes, or there are no more attributes. */
  #advance(): boolean {
    if (this.#state === 'header') return this.#header()
    if (this.#state !== 'attributes') return false
    const bytes = this.#queue.all
    const [tag] = bytes
    if (tag === undefined) return false
    if (tag === GROUP.END) {
      this.#take(1)
      this.#state = 'document'
      if (this.#queue.length > 0) this.#document(this.#queue.takeAll())
      return false
    }
    if (tag < FIRST_VALUE_TAG) {
      this.#group = tag
      return this.#take(1)
    }
    return this.#attribute(tag, bytes)
  }

  #header(): boolean {
    const bytes = this.#queue.take(HEADER)
    if (bytes === null) return false
    this.#head = {
      version: {major: bytes.readUInt8(0), minor: bytes.readUInt8(1)},
      operation: bytes.readUInt16BE(2),
      id: bytes.readInt32BE(4),
    }
    this.#state = 'attributes'
    return true
  }

  #attribute(tag: number, bytes: Buffer): boolean {
    if (bytes.length < 5) return false
    const nameEnd = 3 + bytes.readUInt16BE(1)
    if (bytes.length < nameEnd + 2) return nameEnd > MAX_ATTRIBUTES ? this.#fail() : false
    const end = nameEnd + 2 + bytes.readUInt16BE(nameEnd)
    if (this.#used + end > MAX_ATTRIBUTES || ++this.#count > MAX_COUNT) return this.#fail()
    if (bytes.length < end) {
      this.#count--
      return false
    }
    const name = bytes.toString('latin1', 3, nameEnd)
    const value = {tag, bytes: Buffer.from(bytes.subarray(nameEnd + 2, end))}
    const last = this.#attributes.at(-1)
    if (this.#group === 0 || (name === '' && last === undefined)) return this.#fail()
    if (name === '') last?.values.push(value)
    else this.#attributes.push({group: this.#group, name, values: [value]})
    return this.#take(end)
  }

  #take(size: number): true {
    this.#queue.take(size)
    this.#used += size
    return true
  }

  #fail(): false {
    this.#state = 'malformed'
    this.#queue.clear()
    return false
  }
}

/** The text of an operation's attribute; null: it is not there. Latin1: one character a byte. */
export function textOf({attributes}: IppRequest, name: string, group: number = GROUP.OPERATION): string | null {
  const found = attributes.find((attribute) => attribute.name === name && attribute.group === group)
  return found?.values[0]?.bytes.toString('latin1') ?? null
}

export function textsOf({attributes}: IppRequest, name: string): string[] {
  const found = attributes.find((attribute) => attribute.name === name && attribute.group === GROUP.OPERATION)
  return (found?.values ?? []).map(({bytes}) => bytes.toString('latin1'))
}

export function integerOf({attributes}: IppRequest, name: string): number | null {
  const bytes = attributes.find((attribute) => attribute.name === name)?.values[0]?.bytes
  return bytes?.length === 4 ? bytes.readInt32BE(0) : null
}

export function booleanOf({attributes}: IppRequest, name: string): boolean {
  return attributes.find((attribute) => attribute.name === name)?.values[0]?.bytes[0] === 1
}
