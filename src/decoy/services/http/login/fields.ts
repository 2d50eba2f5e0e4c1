/** The fields of a submitted form, whatever its encoding. Names and values are latin1 text: one character a byte. */

export interface Field {
  readonly name: string
  readonly value: string
}

const FIELDS_LIMIT = 64
/** `+` is a space, `%XX` a byte; anything else stands for itself (WHATWG URL, application/x-www-form-urlencoded). */
const decodeComponent = (text: string): string =>
  text
    .replaceAll('+', ' ')
    .replace(/%([0-9a-f]{2})/gi, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)))

export function formFields(contentType: string, body: Buffer): Field[] {
  const type = contentType.split(';', 1)[0]?.trim().toLowerCase() ?? ''
  if (type === 'multipart/form-data') return multipartFields(contentType, body)
  if (type === 'application/json') return jsonFields(body)
  if (type === 'application/x-www-form-urlencoded' || type === '') return urlencodedFields(body.toString('latin1'))
  return []
}

export function urlencodedFields(text: string): Field[] {
  return text
    .split('&', FIELDS_LIMIT)
    .filter((pair) => pair !== '')
    .map((pair) => {
      const equals = pair.indexOf('=')
      const name = equals < 0 ? pair : pair.slice(0, equals)
      return {name: decodeComponent(name), value: equals < 0 ? '' : decodeComponent(pair.slice(equals + 1))}
    })
}

/** RFC 7578 over RFC 2046 §5.1; parts with a file name are not fields. */
function multipartFields(contentType: string, body: Buffer): Field[] {
  const [, quoted, bare] = /boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))/i.exec(contentType) ?? []
  const boundary = quoted ?? bare
  if (boundary === undefined) return []
  const parts = body
    .toString('latin1')
    .split(`--${boundary}`, FIELDS_LIMIT + 1)
    .slice(1)
  return parts.flatMap((part) => {
    const end = part.indexOf('\r\n\r\n')
    if (end < 0) return []
    const name = /;[ \t]*name="([^"]*)"/i.exec(part.slice(0, end))?.[1]
    if (name === undefined || /;[ \t]*filename=/i.test(part.slice(0, end))) return []
    return [{name, value: part.slice(end + 4).replace(/\r\n$/, '')}]
  })
}

/** The texts of a flat object: what single-page applications send. */
function jsonFields(body: Buffer): Field[] {
  try {
    const parsed: unknown = JSON.parse(body.toString('utf8'))
    if (typeof parsed !== 'object' || parsed === null) return []
    return Object.entries(parsed)
      .slice(0, FIELDS_LIMIT)
      .flatMap(([name, value]) => (typeof value === 'string' ? [{name, value: toLatin1(value)}] : []))
  } catch {
    return []
  }
}

const toLatin1 = (text: string): string => Buffer.from(text, 'utf8').toString('latin1')
