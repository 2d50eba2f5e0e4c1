/** What of a session is worth an event. */

import type {Credential, ServiceEvent} from '../../../events/event.ts'
import {ntlmLine} from '../../codecs/credentials/ntlm.ts'
import type {AuthenticateMessage} from '../../codecs/ntlm/authenticate.ts'
import {AV} from '../../codecs/ntlm/av-pairs.ts'
import type {Limits} from '../../limits.ts'
import {printable, sample} from '../../sample.ts'
import type {Account} from './session/logon.ts'
import type {NegotiateRequest} from './wire/negotiate.ts'

/** One attempt to log in. */
export type Attempt = ServiceEvent & {readonly credential: Credential}

const utf8 = (value: string, limit: number): Buffer => Buffer.from(value, 'utf8').subarray(0, limit)
export const shown = (text: string, limit: number): string => printable(utf8(text, limit))
const hex = (value: number, digits: number): string => `0x${value.toString(16).padStart(digits, '0')}`
const NAMES = 256

export function attemptOf(
  message: AuthenticateMessage,
  serverChallenge: Buffer,
  account: Account | null,
  limits: Limits,
): Attempt {
  const {response, version, flags} = message
  const hash = ntlmLine(message, serverChallenge)
  const target = response.kind === 'ntlmv2' ? response.pairs?.get(AV.TARGET_NAME) : undefined
  const targetName = target?.subarray(0, target.length & ~1).toString('utf16le') ?? ''
  return {
    event: 'auth.attempt',
    credential: {
      principal: shown(message.user, limits.credential),
      domain: shown(message.domain, limits.credential),
      method: response.kind,
      ...(hash === null ? {} : {hash}),
      outcome: account?.kind === 'user' || account?.kind === 'anonymous' ? 'success' : 'failure',
    },
    data: {
      workstation: shown(message.workstation, NAMES),
      flags: hex(flags, 8),
      ...(version === null ? {} : {clientVersion: `${version.major}.${version.minor}.${version.build}`}),
      ...(targetName === '' ? {} : {targetName: shown(targetName, NAMES)}),
      ...(account === null ? {} : {as: account.kind}),
    },
  }
}

export function negotiateEvent(request: NegotiateRequest, dialect: number | null): ServiceEvent {
  const {netName} = request.contexts
  return {
    event: 'request',
    data: {
      operation: 'negotiate',
      dialects: request.dialects.map((each) => hex(each, 4)),
      ...(dialect === null ? {} : {dialect: hex(dialect, 4)}),
      clientGuid: request.clientGuid.toString('hex'),
      capabilities: hex(request.capabilities, 8),
      securityMode: request.securityMode,
      ...(netName === null ? {} : {netName: shown(netName, NAMES)}),
    },
  }
}

export function smb1Event(dialects: readonly string[], answered: boolean): ServiceEvent {
  return {
    event: answered ? 'request' : 'probe',
    data: {
      operation: 'negotiate',
      what: answered ? 'smb1-upgrade' : 'smb1-only',
      dialects: dialects.slice(0, 16).map((dialect) => printable(Buffer.from(dialect, 'latin1'))),
    },
  }
}

/** What was asked of the server, and what it said. */
export function operationEvent(
  operation: string,
  status: number,
  facts: Readonly<Record<string, unknown>> = {},
): ServiceEvent {
  return {event: 'request', data: {operation, ...facts, status: hex(status, 8)}}
}

export function malformedEvent(what: string, bytes: Buffer, limits: Limits): ServiceEvent {
  return {event: 'malformed', data: {what, sample: sample(bytes, Math.min(limits.sample, 512))}}
}
