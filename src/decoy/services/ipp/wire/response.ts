/** IPP responses (RFC 8010 §3.1). */
import {GROUP} from './tags.ts'
import {type Attribute, charset, language, text} from './values.ts'

export interface IppResponse {
  readonly status: number
  /** Said with it; absent where all is well. */
  readonly message?: string
  readonly groups: readonly {readonly tag: number; readonly attributes: readonly Attribute[]}[]
}

export interface ResponseHead {
  readonly version: {readonly major: number; readonly minor: number}
  readonly id: number
}

export const refusal = (status: number, message: string): IppResponse => ({status, message, groups: []})

export function writeResponse({version, id}: ResponseHead, {status, message, groups}: IppResponse): Buffer {
  const head = Buffer.alloc(8)
  head.writeUInt8(version.major, 0)
  head.writeUInt8(version.minor, 1)
  head.writeUInt16BE(status, 2)
  head.writeInt32BE(id, 4)
  const operation = [
    charset('attributes-charset', 'utf-8'),
    language('attributes-natural-language', 'en-us'),
    ...(message === undefined ? [] : [text('status-message', message)]),
  ]
  const all = [{tag: GROUP.OPERATION, attributes: operation}, ...groups]
  return Buffer.concat([head, ...all.flatMap(writeGroup), Buffer.from([GROUP.END])])
}

function writeGroup({tag, attributes}: {tag: number; attributes: readonly Attribute[]}): Buffer[] {
  return [Buffer.from([tag]), ...attributes.flatMap(writeAttribute)]
}

function writeAttribute({name, values}: Attribute): Buffer[] {
  return values.flatMap(({tag, bytes}, index) => {
    const called = Buffer.from(index === 0 ? name : '', 'latin1')
    return [Buffer.from([tag]), length(called), called, length(bytes), bytes]
  })
}

function length({length: size}: Buffer): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeUInt16BE(size)
  return bytes
}
