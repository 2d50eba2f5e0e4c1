/** An NTLM logon as evidence, the same for every protocol that carries it. */
import type {ServiceEvent} from '../../../events/event.ts'
import type {Limits} from '../../limits.ts'
import {printable} from '../../sample.ts'
import type {AuthenticateMessage} from '../ntlm/authenticate.ts'
import {AV} from '../ntlm/av-pairs.ts'
import {ntlmLine} from './ntlm.ts'

const NAME_LIMIT = 256
const shown = (text: string, limit: number): string => printable(Buffer.from(text, 'utf8').subarray(0, limit))

export function ntlmAttempt(
  message: AuthenticateMessage,
  serverChallenge: Buffer,
  success: boolean,
  limits: Limits,
): ServiceEvent {
  const {response, version} = message
  const hash = ntlmLine(message, serverChallenge)
  const target = response.kind === 'ntlmv2' ? (response.pairs?.get(AV.TARGET_NAME) ?? null) : null
  return {
    event: 'auth.attempt',
    credential: {
      principal: shown(message.user, limits.credential),
      domain: shown(message.domain, limits.credential),
      method: response.kind,
      ...(hash === null ? {} : {hash}),
      outcome: success ? 'success' : 'failure',
    },
    data: {
      workstation: shown(message.workstation, NAME_LIMIT),
      ...(version === null ? {} : {clientVersion: `${version.major}.${version.minor}.${version.build}`}),
      ...(target === null ? {} : {targetName: shown(target.toString('utf16le'), NAME_LIMIT)}),
    },
  }
}
