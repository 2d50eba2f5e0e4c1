/** NTLM inside of a bind: challenge, then the judgement of the answer (MS-NLMP §3.2.5). */
import type {ServiceEvent} from '../../../../events/event.ts'
import type {Account, Accounts} from '../../../active-directory/accounts.ts'
import {CodecError} from '../../../codecs/codec-error.ts'
import {parseAuthenticate} from '../../../codecs/ntlm/authenticate.ts'
import {buildChallenge, type TargetNames} from '../../../codecs/ntlm/challenge.ts'
import {FLAG, has} from '../../../codecs/ntlm/flags.ts'
import type {NtlmVersion} from '../../../codecs/ntlm/message.ts'
import {parseNegotiate} from '../../../codecs/ntlm/negotiate.ts'
import {micHolds, sessionKey} from '../../../codecs/ntlm/session-keys.ts'
import {computerName} from '../../../persona/domain.ts'
import {windowsRelease} from '../../../persona/windows.ts'
import type {Persona} from '../../../persona.ts'
import type {Connection} from '../../../service.ts'
import {ntlmAttempt} from '../evidence.ts'
import {LOGON} from '../products/active-directory/texts.ts'

const CHALLENGE_SIZE = 8

/** Who the controller says it is. */
export interface NtlmSelf {
  readonly names: TargetNames
  readonly version: NtlmVersion
}

export interface NtlmVerdict {
  readonly event: ServiceEvent
  /** Null: refused, with this sub-code. */
  readonly account: Account | null
  readonly reason: string
  readonly flags: number
  /** Exported session key; null where nobody is let in. */
  readonly key: Buffer | null
}

interface Pending {
  readonly negotiate: Buffer
  readonly challenge: Buffer
  readonly serverChallenge: Buffer
  readonly flags: number
}

export function ntlmSelf(persona: Persona, {domain}: Accounts): NtlmSelf {
  const names = {
    netbiosComputer: computerName(persona),
    dnsComputer: persona.fqdn,
    domain: {netbios: domain.netbios, dns: domain.dns, forest: domain.dns},
  }
  return {names, version: windowsRelease(persona)}
}

export class NtlmExchange {
  readonly #self: NtlmSelf
  readonly #accounts: Accounts
  readonly #connection: Connection
  #pending: Pending | null = null

  constructor(self: NtlmSelf, accounts: Accounts, connection: Connection) {
    this.#self = self
    this.#accounts = accounts
    this.#connection = connection
  }

  /** The CHALLENGE that answers a NEGOTIATE. */
  challenge(negotiate: Buffer): Buffer {
    const {flags} = parseNegotiate(negotiate)
    const serverChallenge = this.#connection.random(CHALLENGE_SIZE)
    const challenge = buildChallenge(flags, {...this.#self, serverChallenge, now: this.#connection.now()})
    this.#pending = {negotiate, challenge, serverChallenge, flags}
    return challenge
  }

  /** Of an AUTHENTICATE; each challenge is good for one. */
  judge(authenticate: Buffer, via: string): NtlmVerdict {
    const pending = this.#pending
    this.#pending = null
    if (pending === null) throw new CodecError('an NTLM answer without a challenge')
    const {serverChallenge, negotiate, challenge, flags} = pending
    const message = parseAuthenticate(authenticate, flags)
    const account = this.#accounts.find(message.user.split('@', 1)[0] ?? '')
    const password = account?.password ?? null
    const key = password === null ? null : sessionKey(message, serverChallenge, password)
    const right = key !== null && micHolds(message, {negotiate, challenge, authenticate}, key)
    const admitted = right && account?.kind === 'honey'
    const {limits} = this.#connection
    return {
      event: ntlmAttempt(message, serverChallenge, admitted, {limits, via}),
      account: admitted ? account : null,
      reason: right ? LOGON.WORKSTATION : LOGON.WRONG,
      flags: message.flags,
      key: admitted ? key : null,
    }
  }
}

/** Whether what follows the bind is signed or sealed (MS-ADTS §5.1.1.1.2). */
export function wantsSecurity(flags: number): boolean {
  return has(flags, FLAG.SIGN | FLAG.SEAL)
}
