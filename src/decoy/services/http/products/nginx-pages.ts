import {type Header, header} from '../request/message.ts'

/** nginx keeps the browsers that replace short error pages from doing so; measured: six lines, from status 400. */
const PADDING = '<!-- a padding to disable MSIE and Chrome friendly error page -->\r\n'.repeat(6)

export const NGINX_REASONS: Readonly<Record<number, string>> = {
  200: 'OK',
  206: 'Partial Content',
  301: 'Moved Permanently',
  304: 'Not Modified',
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Not Allowed',
  412: 'Precondition Failed',
  413: 'Request Entity Too Large',
  414: 'Request-URI Too Large',
  416: 'Requested Range Not Satisfiable',
  501: 'Not Implemented',
  505: 'HTTP Version Not Supported',
}

/** The title of a page is the status line's reason, but for this one. */
const TITLES: Readonly<Record<number, string>> = {401: 'Authorization Required'}

/** The page of a status; `note` is the cause that nginx's own codes 494 to 499 stand for. */
export function nginxPage(status: number, name: string, headers: readonly Header[], note?: string): Buffer {
  const heading = `${status} ${TITLES[status] ?? NGINX_REASONS[status] ?? ''}`
  const cause = note === undefined ? '' : `<center>${note}</center>\r\n`
  const title = note === undefined ? heading : `${status} ${note}`
  const agent = header(headers, 'user-agent') ?? ''
  const padded = status >= 400 && (agent.includes('MSIE ') || agent.includes('Chrome/'))
  return Buffer.from(
    `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${heading}</h1></center>\r\n${cause}` +
      `<hr><center>${name}</center>\r\n</body>\r\n</html>\r\n${padded ? PADDING : ''}`,
    'latin1',
  )
}
