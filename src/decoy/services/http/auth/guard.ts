/** Authentication of a server (RFC 9110 §11): what it makes of the Authorization header of each request. */
import type {ServiceEvent} from '../../../../events/event.ts'
import type {Connection} from '../../../service.ts'
import type {Verify} from '../login/credentials.ts'
import {basicLogin} from '../login/credentials.ts'
import type {RequestHead} from '../request/message.ts'
import type {HeaderList} from '../response.ts'

export type Access =
  | {readonly kind: 'granted'}
  /** Values of WWW-Authenticate, in order. */
  | {readonly kind: 'refused'; readonly challenges: readonly string[]}
  /** A handshake of several requests goes on. */
  | {readonly kind: 'continued'; readonly challenge: string}

export interface Verdict {
  readonly access: Access
  /** What is recorded of it; null: what the header says, as of any request. */
  readonly events: readonly ServiceEvent[] | null
}

/** The guard of one connection: some schemes authenticate a connection, not a request. */
export interface Guard {
  check(head: RequestHead): Verdict
}

export type CreateGuard = (connection: Connection) => Guard

export const GRANTED: Access = {kind: 'granted'}

const OPEN: Guard = {check: () => ({access: GRANTED, events: null})}

export const openGuard: CreateGuard = () => OPEN

/** RFC 7617. */
export function basicGuard(realm: string, verify: Verify): CreateGuard {
  const refused: Access = {kind: 'refused', challenges: [`Basic realm="${realm}"`]}
  const guard: Guard = {
    check(head) {
      const login = basicLogin(head.headers)
      return {access: login !== null && verify(login) ? GRANTED : refused, events: null}
    },
  }
  return () => guard
}

/** The headers of a 401; none where access is granted. */
export function challengesOf(access: Access): HeaderList {
  if (access.kind === 'granted') return []
  const values = access.kind === 'refused' ? access.challenges : [access.challenge]
  return values.map((value) => ['WWW-Authenticate', value] as const)
}
