/** How the API server writes an object: in one line, or in many for whoever reads it. */

/** Go escapes what HTML gives a meaning. */
const ESCAPES: Readonly<Record<string, string>> = {
  '<': '\\u003c',
  '>': '\\u003e',
  '&': '\\u0026',
  '\u2028': '\\u2028',
  '\u2029': '\\u2029',
}
const escaped = (json: string): string => json.replace(/[<>&\u2028\u2029]/g, (character) => ESCAPES[character] ?? '')

/** The document in lines has no line feed at its end. */
export const encode = (value: unknown, pretty: boolean): Buffer =>
  Buffer.from(pretty ? escaped(JSON.stringify(value, null, 2)) : `${escaped(JSON.stringify(value))}\n`)

/** Asked for, or sent by what a person types. */
export function wantsPretty(query: URLSearchParams, userAgent: string): boolean {
  const asked = query.get('pretty')
  if (asked !== null) return ['', '1', 'true', 't', 'T', 'TRUE', 'True'].includes(asked)
  return /^(?:curl|Wget|Mozilla\/5\.0)/.test(userAgent)
}
