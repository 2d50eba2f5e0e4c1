/** What management controllers have in common: the service root of Redfish (DMTF DSP0266 §6), and signing in there. */
import type {HeaderList} from '../../response.ts'
import type {AppResponse} from '../product.ts'
import {type Asked, answer, json, loginOf, type Route} from './pages.ts'
import type {SkinFacts} from './skin.ts'

export interface RedfishService {
  readonly root: Readonly<Record<string, unknown>>
  readonly headers: HeaderList
  /** What is answered to everybody who has not signed in. */
  refusal(path: string): AppResponse
}

const READ_WRITE = ['GET', 'HEAD', 'POST', 'PATCH', 'DELETE', 'PUT']
const SESSIONS = '/redfish/v1/SessionService/Sessions'

export function redfishRoutes(service: RedfishService, facts: SkinFacts): Route[] {
  const {headers, root} = service
  const rootAnswer = (): AppResponse => json(200, root, headers)
  return [
    {path: '/redfish', answer: () => json(200, {v1: '/redfish/v1/'}, headers)},
    {path: '/redfish/', answer: () => json(200, {v1: '/redfish/v1/'}, headers)},
    {path: '/redfish/v1', answer: rootAnswer},
    {path: '/redfish/v1/', answer: rootAnswer},
    {path: SESSIONS, methods: ['POST'], answer: (asked) => openSession(asked, service, facts)},
    {path: `${SESSIONS}/`, methods: ['POST'], answer: (asked) => openSession(asked, service, facts)},
    {path: '/redfish/*', methods: READ_WRITE, answer: ({path}) => service.refusal(path)},
  ]
}

function openSession(asked: Asked, {headers, refusal}: RedfishService, {verify}: SkinFacts): AppResponse {
  const login = loginOf(asked)
  if (login === null || !verify(login)) return refusal(asked.path)
  const token = asked.connection.random(16).toString('hex')
  const id = asked.connection.random(4).readUInt32BE() % 1000
  const body = {
    '@odata.id': `${SESSIONS}/${id}`,
    '@odata.type': '#Session.v1_3_0.Session',
    Id: String(id),
    Name: 'User Session',
  }
  return json(201, body, [...headers, ['X-Auth-Token', token], ['Location', `${SESSIONS}/${id}`]])
}

/** RFC 9110 §15.5.6. */
export const notAllowed = (allow: string): AppResponse => answer(405, [['Allow', allow]], '')
