/** What each product says at the login. */
import type {Persona} from '../../persona.ts'
import {profileOf} from '../../shell/profiles.ts'
import type {LoginManner} from './login.ts'
import type {ProductName} from './negotiation.ts'

/** pam_unix's two seconds and what telnetd and login add; BusyBox and shadow wait three. */
const SLOW_MS = 3000

export function mannerOf(product: ProductName, persona: Persona, banner: string | null): LoginManner {
  const host = persona.hostname.split('.')[0] ?? persona.hostname
  const own = banner === null ? null : `${banner.replaceAll('\n', '\r\n')}\r\n`
  if (product === 'ios') return ios(own)
  if (product === 'busybox') {
    return {
      banner: own ?? '\r\n',
      userPrompt: `${host} login: `,
      passwordPrompt: 'Password: ',
      tries: 3,
      failureMs: SLOW_MS,
      failed: 'Login incorrect\r\n',
      last: '',
    }
  }
  const profile = profileOf(persona)
  const redHat = profile.family === 'redhat'
  return {
    banner: own ?? issue(persona),
    userPrompt: `${host} login: `,
    passwordPrompt: 'Password: ',
    tries: redHat ? 3 : 5,
    failureMs: SLOW_MS,
    failed: `\r\nLogin incorrect\r\n${redHat ? '\r\n' : ''}`,
    last: redHat ? '' : 'Maximum number of tries exceeded (5)\r\n',
  }
}

/** `/etc/issue.net` of the distribution. */
function issue(persona: Persona): string {
  const {family, id, versionId, prettyName, name} = profileOf(persona)
  if (family === 'redhat')
    return `\r\nKernel ${'\\r'} on an ${'\\m'}\r\n`.replace('\\r', '5.14.0').replace('\\m', 'x86_64')
  return id === 'debian' ? `${name} ${versionId}\r\n` : `${prettyName}\r\n`
}

function ios(own: string | null): LoginManner {
  return {
    banner: `${own ?? ''}\r\n\r\nUser Access Verification\r\n\r\n`,
    userPrompt: 'Username: ',
    passwordPrompt: 'Password: ',
    tries: 3,
    failureMs: 2000,
    failed: '% Login invalid\r\n\r\n',
    last: '',
  }
}
