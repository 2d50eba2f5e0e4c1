/** NetNTLM captures: hashcat 5500 and 5600, John's `netntlm` and `netntlmv2`. */
import type {CrackableHash} from '../../../events/event.ts'
import type {AuthenticateMessage} from '../ntlm/authenticate.ts'
import {crackable, field, hex} from './line.ts'

const MAX_USER = 60
const MAX_DOMAIN = 45
const MAX_BLOB = 512
/** hashcat makes capitals and UTF-16 of ASCII only. */
const ASCII = /^[\x20-\x7e]*$/

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
  const short = Buffer.byteLength(name.text) <= MAX_USER && Buffer.byteLength(realm.text) <= MAX_DOMAIN
  switch (response.kind) {
    case 'ntlmv1':
    case 'ntlmv1-ess':
      // The names take no part in version 1: the line cracks however they are written.
      return crackable(
        'netntlm',
        short ? 5500 : null,
        [head, hex(response.lm), hex(response.nt), hex(serverChallenge)].join(':'),
      )
    case 'ntlmv2': {
      const exact = name.exact && realm.exact && ASCII.test(user + domain)
      const rest = [hex(serverChallenge), hex(response.proof), hex(response.blob)]
      return crackable(
        'netntlmv2',
        short && exact && response.blob.length <= MAX_BLOB ? 5600 : null,
        [head, ...rest].join(':'),
      )
    }
    default:
      return null
  }
}
