/**
 * SASL as Dovecot offers it by default and where Outlook is served: PLAIN (RFC 4616) and LOGIN
 * (draft-murchison-sasl-login). Both give the password away.
 */
export type SaslMechanism = 'PLAIN' | 'LOGIN'

/** What comes of a client's message. */
export type SaslStep =
  | {readonly type: 'challenge'; readonly text: string}
  | {readonly type: 'credential'; readonly user: Buffer; readonly password: Buffer}
  /** Authentication fails without a credential in it. */
  | {readonly type: 'failed'}

const USERNAME = Buffer.from('Username:').toString('base64')
const PASSWORD = Buffer.from('Password:').toString('base64')

/** The octets of a base64 line, or null: it is none. `=` alone is nothing (RFC 4959). */
export function fromBase64(text: string): Buffer | null {
  if (text === '=') return Buffer.alloc(0)
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return null
  return Buffer.from(text, 'base64')
}

export class SaslExchange {
  readonly mechanism: SaslMechanism
  #user: Buffer | null = null

  constructor(mechanism: SaslMechanism) {
    this.mechanism = mechanism
  }

  /** What the server says where the client sent no initial response, base64. */
  get opening(): string {
    return this.mechanism === 'PLAIN' ? '' : USERNAME
  }

  take(response: Buffer): SaslStep {
    return this.mechanism === 'PLAIN' ? plain(response) : this.#login(response)
  }

  #login(response: Buffer): SaslStep {
    if (this.#user === null) {
      this.#user = response
      return {type: 'challenge', text: PASSWORD}
    }
    return {type: 'credential', user: this.#user, password: response}
  }
}

/** [authzid] NUL authcid NUL password. */
function plain(response: Buffer): SaslStep {
  const first = response.indexOf(0)
  const second = first < 0 ? -1 : response.indexOf(0, first + 1)
  if (second < 0) return {type: 'failed'}
  return {
    type: 'credential',
    user: response.subarray(first + 1, second),
    password: response.subarray(second + 1),
  }
}
