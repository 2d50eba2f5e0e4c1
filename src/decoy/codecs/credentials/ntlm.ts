/** NetNTLM captures: hashcat 5500 and 5600, John's `netntlm` and `netntlmv2`. */
import type {CrackableHash} from '../../../events/event.ts'
import type {AuthenticateMessage} from '../ntlm/authenticate.ts'
import {crackable, field, hex} from './line.ts'

/** Octets that a client's blob may have for hashcat 6.2 to take the line. */
const MAX_BLOB = 512

/**
 * `user::domain:LM:NT:challenge` for version 1, `user::domain:challenge:proof:blob` for version 2; `null` for an
 * anonymous client and one that sent LM alone.
 */
export function ntlmLine(
  {user, domain, response}: Pick<AuthenticateMessage, 'user' | 'domain' | 'response'>,
  serverChallenge: Buffer,
): CrackableHash | null {
  const name = field(user, ':')
  const realm = field(domain, ':')
  const head = `${name.text}::${realm.text}`
  switch (response.kind) {
    case 'ntlmv1':
    case 'ntlmv1-ess':
      // The names take no part in version 1: the line cracks however they are written.
      return crackable('netntlm', 5500, [head, hex(response.lm), hex(response.nt), hex(serverChallenge)].join(':'))
    case 'ntlmv2': {
      const exact = name.exact && realm.exact && response.blob.length <= MAX_BLOB
      const rest = [hex(serverChallenge), hex(response.proof), hex(response.blob)]
      return crackable('netntlmv2', exact ? 5600 : null, [head, ...rest].join(':'))
    }
    default:
      return null
  }
}
