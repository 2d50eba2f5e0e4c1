import {STATUS_CODES} from 'node:http'

import type {Application} from '../product.ts'
import {answer, echoed, Pages} from './pages.ts'

/** Everything is to be found at the same place of HTTPS. */
export function httpsRedirect(status = 301): Application {
  return new Pages([], ({host, head}) => {
    const path = head.target.startsWith('/') ? head.target : '/'
    const location = `https://${hostOnly(host)}${echoed(path)}`
    const title = `${status} ${STATUS_CODES[status]}`
    const body = `<HTML><HEAD><TITLE>${title}</TITLE></HEAD><BODY><H1>${title}</H1></BODY></HTML>\n`
    return answer(
      status,
      [
        ['Location', location],
        ['Content-Type', 'text/html'],
      ],
      body,
    )
  })
}

/** `host` of `host:port`, without what no host name has. */
export const hostOnly = (host: string): string =>
  echoed(host)
    .replace(/:\d*$/, '')
    .replace(/[^\w.\-[\]:]/g, '')
