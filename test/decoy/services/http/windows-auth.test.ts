/** NTLM and Negotiate over HTTP, with the computations of MS-NLMP §3.3.2 on the client's side. */
import {describe, expect, it} from 'vitest'
import {AV} from '../../../../src/decoy/codecs/ntlm/av-pairs.ts'
import {parseChallenge} from '../../../../src/decoy/codecs/ntlm/challenge.ts'
import {lmV2, ntHashV2, ntProof} from '../../../../src/decoy/codecs/ntlm/responses.ts'
import {MECHANISM} from '../../../../src/decoy/codecs/spnego/mechanisms.ts'
import {buildInit, buildResponse, parseNegotiationToken} from '../../../../src/decoy/codecs/spnego/negotiation.ts'
import type {HttpSession} from '../../../../src/decoy/services/http/session.ts'
import {openSession} from './drive.ts'
import {ask, credentialsOf, headerNames, headerOf, serverWith, statusOf} from './support.ts'

const WINDOWS = {os: 'windows_server', distro: 'windows2022'} as const
const USERS = ['svc-web:Winter-2026']
/** What the script http-ntlm-info of nmap sends. */
const NEGOTIATE = Buffer.from('TlRMTVNTUAABAAAAB4IIAAAAAAAAAAAAAAAAAAAAAAA=', 'base64')

const session = (facts = {}): HttpSession =>
  openSession(serverWith({page: 'windows', users: USERS}, {...WINDOWS, ...facts}))

const authorize = (on: HttpSession, scheme: string, token: Buffer) =>
  ask(on, '/', {headers: {Authorization: `${scheme} ${token.toString('base64')}`}})

function tokenOf(value: string): Buffer {
  return Buffer.from(value.slice(value.indexOf(' ') + 1), 'base64')
}

/** AUTHENTICATE_MESSAGE (MS-NLMP §2.2.1.3) with an NTLMv2 response. */
function authenticate(challenge: Buffer, user: string, domain: string, password: string): Buffer {
  const {serverChallenge, targetInfo} = parseChallenge(challenge)
  expect(targetInfo.get(AV.TIMESTAMP)).toHaveLength(8)
  const hash = ntHashV2(password, user, domain)
  const client = Buffer.alloc(8, 0xaa)
  const blob = Buffer.concat([Buffer.from('0101000000000000', 'hex'), Buffer.alloc(8, 1), client, Buffer.alloc(12)])
  const fields = [
    lmV2(hash, serverChallenge, client),
    Buffer.concat([ntProof(hash, serverChallenge, blob), blob]),
    Buffer.from(domain, 'utf16le'),
    Buffer.from(user, 'utf16le'),
    Buffer.from('LAPTOP7', 'utf16le'),
    Buffer.alloc(0),
  ]
  const header = Buffer.alloc(64)
  header.write('NTLMSSP\0', 'latin1')
  header.writeUInt32LE(3, 8)
  let offset = header.length
  for (const [index, field] of fields.entries()) {
    header.writeUInt16LE(field.length, 12 + index * 8)
    header.writeUInt16LE(field.length, 14 + index * 8)
    header.writeUInt32LE(offset, 16 + index * 8)
    offset += field.length
  }
  header.writeUInt32LE(0xa2_08_82_05, 60)
  return Buffer.concat([header, ...fields])
}

describe('Windows authentication', () => {
  it('is asked for by both names, on the page of IIS', () => {
    const refused = ask(session(), '/')
    expect(statusOf(refused)).toBe(401)
    expect(refused.reply).toContain('WWW-Authenticate: Negotiate\r\nWWW-Authenticate: NTLM\r\n')
    expect(headerOf(refused, 'Server')).toBe('Microsoft-IIS/10.0')
    expect(headerOf(refused, 'Content-Length')).toBe('1293')
    expect(credentialsOf(refused)).toEqual([])
  })

  it('challenges in the name of the listener, with the names of the machine', () => {
    const challenged = authorize(session(), 'NTLM', NEGOTIATE)
    expect(statusOf(challenged)).toBe(401)
    expect(headerNames(challenged)).toEqual(['Content-Type', 'Server', 'WWW-Authenticate', 'Date', 'Content-Length'])
    expect(headerOf(challenged, 'Server')).toBe('Microsoft-HTTPAPI/2.0')
    expect(headerOf(challenged, 'Content-Length')).toBe('341')
    expect(challenged.closed).toBe(false)
    const {targetInfo, version} = parseChallenge(tokenOf(headerOf(challenged, 'WWW-Authenticate')))
    const text = (id: number): string => targetInfo.get(id)?.toString('utf16le') ?? ''
    expect(text(AV.NB_DOMAIN_NAME)).toBe('CORP')
    expect(text(AV.NB_COMPUTER_NAME)).toBe('WEB01')
    expect(text(AV.DNS_COMPUTER_NAME)).toBe('web01.corp.example')
    expect(version).toMatchObject({major: 10, minor: 0, build: 20_348})
  })

  it('captures an NTLMv2 response that the password makes', () => {
    const on = session()
    const challenge = tokenOf(headerOf(authorize(on, 'NTLM', NEGOTIATE), 'WWW-Authenticate'))
    const {serverChallenge} = parseChallenge(challenge)
    const refused = authorize(on, 'NTLM', authenticate(challenge, 'Alice', 'CORP', 'Autumn'))
    expect(statusOf(refused)).toBe(401)
    const [credential] = credentialsOf(refused)
    expect(credential).toMatchObject({
      principal: 'Alice',
      domain: 'CORP',
      method: 'ntlmv2',
      outcome: 'failure',
      hash: {hashcatMode: 5600},
    })
    const [user, , domain, asked, proof, blob] = credential?.hash?.line.split(':') ?? []
    expect([user, domain, asked]).toEqual(['Alice', 'CORP', serverChallenge.toString('hex')])
    const right = ntProof(ntHashV2('Autumn', 'Alice', 'CORP'), serverChallenge, Buffer.from(blob ?? '', 'hex'))
    expect(proof).toBe(right.toString('hex'))
  })

  it('lets a honey credential in, and keeps the connection', () => {
    const on = session()
    const challenge = tokenOf(headerOf(authorize(on, 'NTLM', NEGOTIATE), 'WWW-Authenticate'))
    const accepted = authorize(on, 'NTLM', authenticate(challenge, 'SVC-WEB', 'CORP', 'Winter-2026'))
    expect(statusOf(accepted)).toBe(200)
    expect(credentialsOf(accepted)).toMatchObject([{principal: 'SVC-WEB', outcome: 'success'}])
    expect(statusOf(ask(on, '/'))).toBe(200)
    expect(statusOf(ask(session(), '/'))).toBe(401)
  })

  it('speaks SPNEGO where it is spoken to in it', () => {
    const on = session()
    const init = buildInit({mechanisms: [MECHANISM.NTLMSSP], token: NEGOTIATE})
    const value = headerOf(authorize(on, 'Negotiate', init), 'WWW-Authenticate')
    expect(value).toMatch(/^Negotiate /)
    const answered = parseNegotiationToken(tokenOf(value))
    if (answered.token === undefined) throw new Error('no token')
    const token = buildResponse({token: authenticate(answered.token, 'bob', '', 'x')})
    const refused = authorize(on, 'Negotiate', token)
    expect(statusOf(refused)).toBe(401)
    expect(credentialsOf(refused)).toMatchObject([{principal: 'bob', method: 'ntlmv2'}])
  })

  it('asks for NTLM of one who offers only its name, and keeps a Kerberos ticket as it came', () => {
    const offered = authorize(session(), 'Negotiate', buildInit({mechanisms: [MECHANISM.NTLMSSP]}))
    expect(parseNegotiationToken(tokenOf(headerOf(offered, 'WWW-Authenticate')))).toMatchObject({state: 1})
    const ticket = authorize(session(), 'Negotiate', buildInit({mechanisms: [MECHANISM.KRB5], token: Buffer.from('x')}))
    expect(statusOf(ticket)).toBe(401)
    expect(credentialsOf(ticket)).toMatchObject([{method: 'kerberos', outcome: 'failure'}])
  })

  it.each([
    ['garbage', Buffer.from('hello')],
    ['a challenge', Buffer.from('4e544c4d53535000020000000000000000000000', 'hex')],
    ['a response without a challenge', authenticateWithout()],
    ['a cut message', NEGOTIATE.subarray(0, 13)],
  ])('refuses %s and records it', (_, token) => {
    const refused = authorize(session(), 'NTLM', token)
    expect(statusOf(refused)).toBe(401)
    expect(refused.events.map(({event}) => event)).toContain('malformed')
  })

  it('is never the same challenge twice, and differs by machine', () => {
    const challenge = (facts: object): string =>
      headerOf(authorize(session(facts), 'NTLM', NEGOTIATE), 'WWW-Authenticate')
    expect(challenge({hostname: 'web02'})).not.toBe(challenge({hostname: 'web01'}))
  })

  it('is for IIS only', () => {
    expect(() => serverWith({page: 'windows', product: 'nginx'})).toThrow('page = windows is for iis, not for nginx')
    expect(headerOf(ask(serverWith({page: 'windows'}), '/'), 'Server')).toBe('Microsoft-IIS/10.0')
  })
})

function authenticateWithout(): Buffer {
  const message = Buffer.alloc(64)
  message.write('NTLMSSP\0', 'latin1')
  message.writeUInt32LE(3, 8)
  return message
}
