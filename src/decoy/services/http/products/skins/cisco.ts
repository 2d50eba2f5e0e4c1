/** The web server of a Cisco switch: nothing without a privilege level. */
import {basicLogin} from '../../login/credentials.ts'
import type {AppResponse} from '../product.ts'
import {StyledServer} from '../styled-server.ts'
import {answer, Pages} from './pages.ts'
import type {Skin} from './skin.ts'

const NAMES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  404: 'Not Found',
  405: 'Method Not Allowed',
}

export const CISCO: Skin = {
  versions: ['15.0', '15.2'],
  tls: {stack: 'ios', certificate: 'cisco'},
  server: () =>
    new StyledServer({
      order: ['date', 'server', 'connection', 'app', 'type', 'length'],
      server: 'cisco-IOS',
      dialect: {headLimit: 8192, tooLong: 400, badVersion: 400},
      error: page,
    }),
  application: ({persona, verify}) =>
    new Pages([], ({head}) => {
      const login = basicLogin(head.headers)
      if (login !== null && verify(login)) {
        const name = persona.hostname
        const body = `<HTML><HEAD><TITLE>${name} Home Page</TITLE></HEAD>\n<BODY><H1>Cisco Systems</H1><H2>Accessing Cisco "${name}"</H2></BODY></HTML>\n`
        return answer(200, [['Accept-Ranges', 'none'], HTML], body)
      }
      const {headers, ...rest} = page(401)
      const challenge = ['WWW-Authenticate', 'Basic realm="level_15_access"'] as const
      return {...rest, headers: [['Accept-Ranges', 'none'], challenge, ...headers]}
    }),
}

const HTML = ['Content-Type', 'text/html'] as const

const page = (status: number): AppResponse => answer(status, [HTML], `${status} ${NAMES[status] ?? 'Bad Request'}`)
