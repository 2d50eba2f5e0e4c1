/** Whether an NTLM response gets in, as Windows and Samba decide it. */
import type {AuthenticateMessage} from '../../../codecs/ntlm/authenticate.ts'
import {type Handshake, micHolds, sessionKey} from '../../../codecs/ntlm/session-keys.ts'
import type {SmbHost} from '../host.ts'
import {STATUS} from '../wire/constants.ts'

export interface Account {
  readonly kind: 'user' | 'guest' | 'anonymous'
  readonly name: string
}

/** Of Windows: whoever logs in by that name may use its administrative shares. */
export const isAdministrator = ({kind, name}: Account): boolean =>
  kind === 'user' && name.toLowerCase() === 'administrator'

export type Verdict =
  /** `key`: of the session; null where it has none, as of guests. */
  | {readonly status: 0; readonly account: Account; readonly key: Buffer | null}
  | {readonly status: number; readonly account: null}

const GUEST = 'guest'

export function decide(
  host: SmbHost,
  message: AuthenticateMessage,
  handshake: Handshake,
  serverChallenge: Buffer,
): Verdict {
  if (message.response.kind === 'anonymous') return decideAnonymous(host, message)
  const name = message.user.toLowerCase()
  const password = host.users.get(name)
  if (password === undefined) return decideUnknown(host, name)
  const key = sessionKey(message, serverChallenge, password)
  if (key === null) return refusal(STATUS.LOGON_FAILURE)
  if (!micHolds(message, handshake, key)) return refusal(STATUS.INVALID_PARAMETER)
  return {status: STATUS.SUCCESS, account: {kind: 'user', name: message.user}, key}
}

/**
 * Windows lets anonymous callers in on domain controllers only (RestrictNullSessAccess and the pipes of
 * NullSessionPipes); Samba everywhere, unless it is told not to.
 */
function decideAnonymous(host: SmbHost, {user}: AuthenticateMessage): Verdict {
  if (user !== '') return refusal(STATUS.LOGON_FAILURE)
  if (host.product === 'windows' && !host.controller) return refusal(STATUS.ACCESS_DENIED)
  return {status: STATUS.SUCCESS, account: {kind: 'anonymous', name: ''}, key: null}
}

function decideUnknown(host: SmbHost, name: string): Verdict {
  const known = host.product === 'windows' && name === 'administrator'
  if (host.guest !== 'refused' && !known) {
    return {status: STATUS.SUCCESS, account: {kind: 'guest', name: GUEST}, key: null}
  }
  const disabled = host.product === 'windows' && name === GUEST
  return refusal(disabled ? STATUS.ACCOUNT_DISABLED : STATUS.LOGON_FAILURE)
}

const refusal = (status: number): Verdict => ({status, account: null})
