import {createHash} from 'node:crypto'

import {describe, expect, it} from 'vitest'

import {digestResponse} from '../../../../src/decoy/services/http/auth/digest.ts'
import {ask, credentialsOf, headerOf, serverWith, statusOf} from './support.ts'

const OPTIONS = {product: 'apache', page: 'digest', realm: 'Staff', users: ['ops:Winter-2026']}
const md5 = (text: string): string => createHash('md5').update(text).digest('hex')

function answerTo(challenge: string, user: string, password: string): string {
  const nonce = /nonce="([^"]+)"/.exec(challenge)?.[1] ?? ''
  const protection = {qop: 'auth', nonceCount: '00000001', clientNonce: 'abcdef'}
  const response = digestResponse({user, realm: 'Staff', method: 'GET', uri: '/', nonce, protection}, password)
  return (
    `Digest username="${user}", realm="Staff", nonce="${nonce}", uri="/", cnonce="abcdef", nc=00000001, qop=auth, ` +
    `response="${response}", algorithm=MD5`
  )
}

describe('digest authentication', () => {
  const server = serverWith(OPTIONS)
  const challenge = headerOf(ask(server, '/'), 'WWW-Authenticate')

  it('computes what RFC 2617 §3.5 computes', () => {
    const capture = {
      user: 'Mufasa',
      realm: 'testrealm@host.com',
      method: 'GET',
      uri: '/dir/index.html',
      nonce: 'dcd98b7102dd2f0e8b11d0f600bfb0c093',
      protection: {qop: 'auth', nonceCount: '00000001', clientNonce: '0a4f113b'},
    }
    expect(digestResponse(capture, 'Circle Of Life')).toBe('6629fae49393a05397450978507c4ef1')
  })

  it('challenges as mod_auth_digest does', () => {
    expect(challenge).toMatch(
      /^Digest realm="Staff", nonce="[A-Za-z0-9+/]{11}=[0-9a-f]{40}", algorithm=MD5, qop="auth"$/,
    )
  })

  it('captures a line that the password makes', () => {
    const refused = ask(server, '/', {headers: {Authorization: answerTo(challenge, 'bob', 'Spring')}})
    expect(statusOf(refused)).toBe(401)
    const [credential] = credentialsOf(refused)
    expect(credential).toMatchObject({
      principal: 'bob',
      method: 'digest',
      outcome: 'failure',
      hash: {hashcatMode: 11_400},
    })
    const [, , , user, realm, method, , uri, , nonce, cnonce, nc, qop, , response] =
      credential?.hash?.line.split('*') ?? []
    const right = md5(`${md5(`${user}:${realm}:Spring`)}:${nonce}:${nc}:${cnonce}:${qop}:${md5(`${method}:${uri}`)}`)
    expect(response).toBe(right)
  })

  it('lets a honey credential in, with a nonce of its own only', () => {
    const accepted = ask(server, '/', {headers: {Authorization: answerTo(challenge, 'ops', 'Winter-2026')}})
    expect(statusOf(accepted)).toBe(200)
    expect(credentialsOf(accepted)).toMatchObject([{principal: 'ops', outcome: 'success'}])
    const foreign = headerOf(ask(serverWith(OPTIONS, {seed: '22'.repeat(32)}), '/'), 'WWW-Authenticate')
    expect(statusOf(ask(server, '/', {headers: {Authorization: answerTo(foreign, 'ops', 'Winter-2026')}}))).toBe(401)
  })

  it('is for Apache only', () => {
    expect(() => serverWith({...OPTIONS, product: 'nginx'})).toThrow('page = digest is for apache, not for nginx')
  })
})
