/** What somebody reads of a mail: encodings undone (RFC 2045 section 6, RFC 2047), for search and previews. */
import {fieldValue, type HeaderField} from './header-fields.ts'
import {type Part, partsOf} from './mime.ts'

/** Octets of one mail that are searched. */
const MAX_SEARCHED = 64 * 1024
const MAX_PREVIEW = 200

/** Undoes the encoded words of a header field. */
export function decodeWords(value: string): string {
  const joined = value.replace(/(=\?[^?\s]{1,40}\?[bq]\?[^?\s]{0,500}\?=)\s+(?==\?)/gi, '$1')
  return joined.replace(
    /=\?([^?\s]{1,40})\?([bq])\?([^?\s]{0,500})\?=/gi,
    (_, charset: string, kind: string, text: string) =>
      decodeCharset(
        kind.toLowerCase() === 'b' ? Buffer.from(text, 'base64') : quotedPrintable(text.replace(/_/g, ' ')),
        charset,
      ),
  )
}

function quotedPrintable(text: string): Buffer {
  const plain = text
    .replace(/=\r?\n/g, '')
    .replace(/=([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  return Buffer.from(plain, 'latin1')
}

function decodeCharset(bytes: Buffer, charset: string): string {
  return /^utf-?8$/i.test(charset) ? bytes.toString('utf8') : bytes.toString('latin1')
}

/** The octets of a part's body, its transfer encoding undone. */
export function decodedBody(raw: Buffer, part: Part): Buffer {
  const body = raw.subarray(part.from, part.to)
  const encoding = fieldValue(part.header.fields, 'Content-Transfer-Encoding')?.toLowerCase()
  if (encoding === 'base64') return Buffer.from(body.toString('latin1'), 'base64')
  return encoding === 'quoted-printable' ? quotedPrintable(body.toString('latin1')) : body
}

function textOf(raw: Buffer, part: Part): string {
  const charset = part.parameters.find(([name]) => name.toLowerCase() === 'charset')?.[1] ?? 'us-ascii'
  return decodeCharset(decodedBody(raw, part), charset)
}

/** The text parts, in order. */
function texts(part: Part): readonly Part[] {
  if (part.inner !== null) return texts(part.inner)
  if (part.multipart) return part.children.flatMap(texts)
  return part.type.toLowerCase() === 'text' ? [part] : []
}

/** Case and such do not matter in a search. */
export const folded = (text: string): string => text.toLowerCase()

interface Searchable {
  readonly header: string
  readonly body: string
}

const KNOWN = new WeakMap<Buffer, Searchable>()

export function searchable(raw: Buffer): Searchable {
  const known = KNOWN.get(raw)
  if (known !== undefined) return known
  const root = partsOf(raw)
  const header = root.header.fields.map(({name, value}: HeaderField) => `${name}: ${decodeWords(value)}`).join('\n')
  const body = texts(root).map((part) => textOf(raw, part))
  const result = {
    header: folded(header.slice(0, MAX_SEARCHED)),
    body: folded(body.join('\n').slice(0, MAX_SEARCHED)),
  }
  KNOWN.set(raw, result)
  return result
}

/** The first words of a mail, on one line. */
export function previewOf(raw: Buffer): string {
  const [first] = texts(partsOf(raw))
  if (first === undefined) return ''
  return textOf(raw, first).replace(/\s+/g, ' ').trim().slice(0, MAX_PREVIEW)
}
