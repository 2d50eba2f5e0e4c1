/** Credentials that a request carries: in its Authorization header (RFC 9110 §11.6.2) or in a form. */
import type {Credential} from '../../../../events/event.ts'
import {digestLine} from '../../../codecs/credentials/digest.ts'
import type {Limits} from '../../../limits.ts'
import {printable, sample} from '../../../sample.ts'
import type {Connection} from '../../../service.ts'
import {digestCapture, digestParameters} from '../auth/digest.ts'
import {type Header, header, type RequestHead} from '../request/message.ts'
import type {Field} from './fields.ts'

export interface NameAndPassword {
  /** Latin1 text: one character a byte. */
  readonly name: string
  readonly password: string
}

export type Verify = (login: NameAndPassword) => boolean

/** Field names of the common applications, most telling first. */
const USER_FIELDS = [
  'username',
  'user',
  'login',
  'email',
  'log',
  'j_username',
  'user_login',
  'userid',
  'user_id',
  'uid',
  'uname',
  'name',
  'account',
  'loginid',
  'user_name',
  'pma_username',
  'ctl00$maincontent$username',
  'mail',
  'user[login]',
  'usr',
]
const PASSWORD_FIELDS = [
  'password',
  'pass',
  'passwd',
  'pwd',
  'j_password',
  'user_password',
  'userpassword',
  'pma_password',
  'ctl00$maincontent$password',
  'secret',
  'passcode',
  'pw',
  'psw',
  'user[password]',
  'credential',
]

const bytes = (text: string): Buffer => Buffer.from(text, 'latin1')

/** The name and the password of a sign-in form, where the fields are those of one. */
export function formLogin(fields: readonly Field[]): NameAndPassword | null {
  const password = pickField(fields, PASSWORD_FIELDS)
  if (password === undefined) return null
  return {name: pickField(fields, USER_FIELDS) ?? '', password}
}

function pickField(fields: readonly Field[], names: readonly string[]): string | undefined {
  for (const name of names) {
    const found = fields.find((field) => field.name.toLowerCase() === name)
    if (found !== undefined) return found.value
  }
  return undefined
}

/** RFC 7617: `Basic` and the base64 of `name:password`; a text without a colon is all name. */
export function basicLogin(headers: readonly Header[]): NameAndPassword | null {
  const token = /^basic[ \t]+([a-z0-9+/=_-]*)[ \t]*$/i.exec(header(headers, 'authorization') ?? '')?.[1]
  if (token === undefined) return null
  const text = Buffer.from(token, 'base64').toString('latin1')
  const colon = text.indexOf(':')
  return colon < 0 ? {name: text, password: ''} : {name: text.slice(0, colon), password: text.slice(colon + 1)}
}

export function credentialOf(login: NameAndPassword, method: string, success: boolean, limits: Limits): Credential {
  return {
    principal: printable(bytes(login.name).subarray(0, limits.credential)),
    method,
    secret: sample(bytes(login.password), limits.credential),
    outcome: success ? 'success' : 'failure',
  }
}

/** What the Authorization header says, of any scheme; `owner`: whose it is, where it is right and `verify` cannot know. */
export function authorization(
  head: RequestHead,
  verify: Verify,
  connection: Connection,
  owner: string | null = null,
): Credential | null {
  const basic = basicLogin(head.headers)
  if (basic !== null) return credentialOf(basic, 'basic', verify(basic), connection.limits)
  const said = headerCredential(head, owner !== null, connection)
  return said === null || owner === null ? said : {...said, principal: owner}
}

/** The same of a scheme whose outcome the caller knows. */
export function headerCredential(
  head: RequestHead,
  success: boolean,
  {limits, local, peer}: Connection,
): Credential | null {
  const value = header(head.headers, 'authorization')
  if (value === undefined) return null
  const space = value.search(/[ \t]/)
  const scheme = (space < 0 ? value : value.slice(0, space)).toLowerCase()
  const rest = space < 0 ? '' : value.slice(space + 1).trim()
  const digest = digestParameters(value)
  const capture = digest === null ? null : digestCapture(head.method, digest)
  const hash = capture === null ? null : digestLine(capture, {server: local.ip, client: peer.ip})
  return {
    principal: printable(bytes(digest?.get('username') ?? '').subarray(0, limits.credential)),
    method: printable(bytes(scheme).subarray(0, 32)),
    secret: sample(bytes(rest), limits.credential),
    ...(hash === null ? {} : {hash}),
    outcome: success ? 'success' : 'failure',
  }
}
