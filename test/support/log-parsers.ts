/** Parsers of log formats, written from their standards and not from what writes them here. */

export interface SyslogLine {
  readonly priority: number
  readonly ts: string
  readonly host: string
  readonly app: string
  readonly process: string
  readonly id: string
  readonly sd: string
  readonly fields: Readonly<Record<string, string>>
  readonly message: string
}

/** RFC 5424 §6, with exactly one structured data element. Throws where the line is none. */
export function parseRfc5424(line: string): SyslogLine {
  const head =
    /^<(\d{1,3})>1 (\S+) ([!-~]{1,255}) ([!-~]{1,48}) ([!-~]{1,128}) ([!-~]{1,32}) \[([!-~]+?)(?=[ \]])/.exec(line)
  if (head === null) throw new Error(`not a syslog line: ${line.slice(0, 200)}`)
  const [whole, priority = '', ts = '', host = '', app = '', process = '', id = '', sd = ''] = head
  const fields: Record<string, string> = {}
  let at = whole.length
  while (line[at] === ' ') {
    const equals = line.indexOf('="', at)
    const name = line.slice(at + 1, equals)
    if (!/^[!#-<>-\\^-~]{1,32}$/.test(name)) throw new Error(`not the name of a parameter: ${name}`)
    let value = ''
    for (at = equals + 2; line[at] !== '"'; at++) {
      if (line[at] === undefined || line[at] === ']') throw new Error('a value that does not end')
      if (line[at] === '\\' && /["\\\]]/.test(line[at + 1] ?? '')) at += 1
      value += line[at]
    }
    fields[name] = value
    at += 1
  }
  if (line[at] !== ']') throw new Error('structured data that does not end')
  const message = line.slice(at + 1)
  if (message !== '' && !message.startsWith(' ')) throw new Error('no space before the message')
  return {priority: Number(priority), ts, host, app, process, id, sd, fields, message: message.slice(1)}
}

export interface CefLine {
  readonly header: readonly string[]
  readonly fields: Readonly<Record<string, string>>
}

/** CEF:0: seven parts between pipes, then keys and values; a key is what stands before an unescaped equals sign. */
export function parseCef(line: string): CefLine {
  const header: string[] = []
  let part = ''
  let at = 0
  for (; header.length < 7; at++) {
    const character = line[at]
    if (character === undefined) throw new Error('a header that does not end')
    if (character === '|') {
      header.push(part)
      part = ''
    } else if (character === '\\') {
      at += 1
      part += line[at]
    } else part += character
  }
  const extension = line.slice(at)
  const starts = [...extension.matchAll(/(?:^| )([A-Za-z0-9]+)=/g)].filter(({index}) => !escaped(extension, index))
  const fields: Record<string, string> = {}
  for (const [number, match] of starts.entries()) {
    const from = match.index + match[0].length
    const value = extension.slice(from, starts[number + 1]?.index)
    fields[match[1] ?? ''] = value.replace(/\\([=\\])/g, '$1')
  }
  return {header, fields}
}

/** The equals sign of a key is never escaped; that of a value always is, and a regular expression cannot count. */
function escaped(text: string, index: number): boolean {
  let backslashes = 0
  for (let at = text.indexOf('=', index) - 1; text[at] === '\\'; at--) backslashes += 1
  return backslashes % 2 === 1
}
