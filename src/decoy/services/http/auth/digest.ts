/** The header of digest access authentication and what is digested (RFC 2617 §3.2.2; RFC 7616 for its syntax). */
import {createHash} from 'node:crypto'

import type {DigestCapture} from '../../../codecs/credentials/digest.ts'

const PARAMETER = /([a-z]{1,16})[ \t]*=[ \t]*(?:"([^"]*)"|([^\s,"]+))/gi
const PARAMETERS_LIMIT = 32

/** The parameters of a Digest header by their lower-case names; null for another scheme. */
export function digestParameters(value: string | undefined): ReadonlyMap<string, string> | null {
  const rest = /^digest[ \t]+(.*)$/is.exec(value ?? '')?.[1]
  if (rest === undefined) return null
  const found = new Map<string, string>()
  for (const [, name = '', quoted, bare] of rest.matchAll(PARAMETER)) {
    if (found.size >= PARAMETERS_LIMIT) break
    if (!found.has(name.toLowerCase())) found.set(name.toLowerCase(), quoted ?? bare ?? '')
  }
  return found
}

/** What was digested, where the header says enough of it. */
export function digestCapture(method: string, given: ReadonlyMap<string, string>): DigestCapture | null {
  const need = (name: string): string => given.get(name) ?? ''
  const [user, realm, nonce, uri, response] = [
    need('username'),
    need('realm'),
    need('nonce'),
    need('uri'),
    need('response'),
  ]
  if (response === '' || nonce === '' || uri === '') return null
  if ((given.get('algorithm') ?? 'MD5').toUpperCase() !== 'MD5') return null
  const qop = given.get('qop')
  const capture = {user, realm, method, uri, nonce, response}
  if (qop === undefined) return capture
  return {...capture, protection: {qop, nonceCount: need('nc'), clientNonce: need('cnonce')}}
}

/** RFC 2617 §3.2.2; text is latin1. */
export function digestResponse(capture: Omit<DigestCapture, 'response'>, password: string): string {
  const {user, realm, method, uri, nonce, protection} = capture
  const secret = md5(`${user}:${realm}:${password}`)
  const request = md5(`${method}:${uri}`)
  const middle = protection === undefined ? '' : `:${protection.nonceCount}:${protection.clientNonce}:${protection.qop}`
  return md5(`${secret}:${nonce}${middle}:${request}`)
}

const md5 = (text: string): string => createHash('md5').update(text, 'latin1').digest('hex')
