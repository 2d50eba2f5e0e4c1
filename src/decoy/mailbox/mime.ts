/**
 * The parts of a message (RFC 2045, RFC 2046). Bounded in depth and number; each level is read once, hence the work is
 * linear in the size for a given depth.
 */
import {fieldValue, type Header, readHeader} from './header-fields.ts'
import {countLines, LF} from './lines.ts'
import {type MimeValue, parseMimeField} from './mime-fields.ts'

export interface Part {
  readonly header: Header
  readonly headerFrom: number
  /** The body: [from, to) of the message. */
  readonly from: number
  readonly to: number
  readonly type: string
  readonly subtype: string
  readonly parameters: MimeValue['parameters']
  readonly multipart: boolean
  readonly children: readonly Part[]
  /** Of message/rfc822: what is in it. */
  readonly inner: Part | null
}

const MAX_DEPTH = 10
const MAX_PARTS = 100
const DASH = 0x2d
/** RFC 2045 section 5.2. */
const DEFAULT_TYPE: MimeValue = {value: 'text/plain', parameters: [['charset', 'us-ascii']]}

const KNOWN = new WeakMap<Buffer, Part>()

/** The structure of a whole message. */
export function partsOf(raw: Buffer): Part {
  const known = KNOWN.get(raw)
  if (known !== undefined) return known
  const part = new Reader(raw).part(0, raw.length, 0)
  KNOWN.set(raw, part)
  return part
}

class Reader {
  readonly #raw: Buffer
  #parts = 0

  constructor(raw: Buffer) {
    this.#raw = raw
  }

  part(from: number, to: number, depth: number): Part {
    this.#parts++
    const header = readHeader(this.#raw, from, to)
    const {type, subtype, parameters} = typeOf(header)
    const kind = type.toLowerCase()
    const boundary = parameters.find(([name]) => name.toLowerCase() === 'boundary')?.[1] ?? ''
    const deep = depth < MAX_DEPTH && this.#parts < MAX_PARTS
    const children = deep && kind === 'multipart' && boundary !== '' ? this.#children(header, to, boundary, depth) : []
    const message = deep && kind === 'message' && subtype.toLowerCase() === 'rfc822'
    return {
      header,
      headerFrom: from,
      from: header.bodyAt,
      to,
      type,
      subtype,
      parameters,
      multipart: children.length > 0,
      children,
      inner: message ? this.part(header.bodyAt, to, depth + 1) : null,
    }
  }

  #children({bodyAt}: Header, to: number, boundary: string, depth: number): Part[] {
    const children: Part[] = []
    const mark = Buffer.from(`--${boundary}`, 'latin1')
    let begun = -1
    for (let at = bodyAt; at < to && this.#parts < MAX_PARTS; ) {
      const feed = this.#raw.indexOf(LF, at)
      const next = feed < 0 || feed >= to ? to : feed + 1
      if (this.#raw[at] === DASH && this.#raw.subarray(at, at + mark.length).equals(mark)) {
        if (begun >= 0) children.push(this.part(begun, this.#lineEndBefore(at, begun), depth + 1))
        begun = next
        const after = at + mark.length
        if (this.#raw[after] === DASH && this.#raw[after + 1] === DASH) return children
      }
      at = next
    }
    if (begun >= 0 && begun < to && this.#parts < MAX_PARTS) children.push(this.part(begun, to, depth + 1))
    return children
  }

  /** The line end before a boundary belongs to the boundary (RFC 2046 section 5.1.1). */
  #lineEndBefore(at: number, least: number): number {
    const feed = this.#raw[at - 1] === LF ? at - 1 : at
    return Math.max(least, this.#raw[feed - 1] === 0x0d ? feed - 1 : feed)
  }
}

function typeOf({fields}: Header): {type: string; subtype: string; parameters: MimeValue['parameters']} {
  const written = fieldValue(fields, 'Content-Type')
  const {value, parameters} = written === null ? DEFAULT_TYPE : parseMimeField(written)
  const [type = '', subtype = ''] = value.split('/')
  if (type === '' || subtype === '') return {type: 'text', subtype: 'plain', parameters: DEFAULT_TYPE.parameters}
  const text = type.toLowerCase() === 'text'
  const named = parameters.some(([name]) => name.toLowerCase() === 'charset')
  return {type, subtype, parameters: text && !named ? [...parameters, ['charset', 'us-ascii']] : parameters}
}

export const linesOf = (raw: Buffer, {from, to}: Part): number => countLines(raw, from, to)
