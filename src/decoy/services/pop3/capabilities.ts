/** CAPA (RFC 2449) as Dovecot lists it before and after a login. */
const ALWAYS = ['CAPA', 'TOP', 'UIDL', 'RESP-CODES', 'PIPELINING', 'AUTH-RESP-CODE']

export interface Offered {
  /** SASL mechanisms that may be used as the connection is. */
  readonly login: readonly string[]
  /** TLS could begin. */
  readonly tls: boolean
}

/** Lines of the answer; null: somebody is signed in. */
export function capabilities(offered: Offered | null): string[] {
  if (offered === null) return ['+OK', ...ALWAYS, '.']
  const {login, tls} = offered
  const access = login.length > 0 ? ['USER', `SASL ${login.join(' ')}`] : ['SASL']
  return ['+OK', ...ALWAYS, ...(tls ? ['STLS'] : []), ...access, '.']
}
