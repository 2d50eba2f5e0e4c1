/** The forms of the lines. For each mode, lines that these functions made of a known password were cracked with hashcat 6.2.6. */
import fc from 'fast-check'
import {describe, expect, it} from 'vitest'

import {
  cramMd5Line,
  mysqlNativeLine,
  postgresMd5Line,
  snmpV3Hash,
  snmpV3Line,
  vncLine,
} from '../../../../src/decoy/codecs/credentials/challenge-response.ts'
import {type DigestCapture, digestLine} from '../../../../src/decoy/codecs/credentials/digest.ts'
import {asReplyLine, preauthLine} from '../../../../src/decoy/codecs/credentials/kerberos.ts'
import {field} from '../../../../src/decoy/codecs/credentials/line.ts'
import {ntlmLine} from '../../../../src/decoy/codecs/credentials/ntlm.ts'
import type {AuthenticateMessage, NtlmV2Response} from '../../../../src/decoy/codecs/ntlm/authenticate.ts'

const hex = (text: string) => Buffer.from(text, 'hex')
const CHALLENGE = hex('0123456789abcdef')

/** Text as attackers send it: separators, escapes, controls and directions. */
const hostile = fc
  .array(fc.constantFrom('a', ':', '$', '*', '\n', '\r', '\0', '\x1b', '\u2028', '\u202e', '\ud800', 'ü', '$HEX['))
  .map((parts) => parts.join(''))
const CLEAN = /^[^\x00-\x1f\x7f-\x9f\u2028-\u202e]+$/

describe('a field', () => {
  it('is left alone where it is harmless', () => {
    expect(field('j.doe', ':')).toEqual({text: 'j.doe', exact: true})
    expect(field('HOST$', ':')).toEqual({text: 'HOST$', exact: true})
    expect(field('jürgen', ':')).toEqual({text: 'jürgen', exact: true})
  })

  it('is written in hexadecimal where it is not', () => {
    expect(field('a:b', ':')).toEqual({text: '$HEX[613a62]', exact: false})
    expect(field('a\nb', ':').text).toBe('$HEX[610a62]')
    expect(field('HOST$', '$').text).toBe('HEX[484f535424]')
    expect(field('$HEX[61]', ':').text).toBe('$HEX[244845585b36315d]')
  })

  it('never breaks out', () => {
    fc.assert(
      fc.property(hostile, fc.constantFrom(':', '$', '*', ':$', '*$'), (text, separators) => {
        const shown = field(`x${text}`, separators).text
        expect(shown).toMatch(CLEAN)
        for (const separator of separators) expect(shown).not.toContain(separator)
      }),
    )
  })
})

describe('NetNTLM', () => {
  const v2 = (size: number): NtlmV2Response => ({
    kind: 'ntlmv2',
    proof: hex('68cd0ab851e51c96aabc927bebef6a1c'),
    blob: Buffer.alloc(size, 1),
    lm: Buffer.alloc(24),
    timestamp: Buffer.alloc(8),
    clientChallenge: Buffer.alloc(8),
    pairs: null,
  })
  const line = (response: AuthenticateMessage['response'], user = 'User', domain = 'Domain') =>
    ntlmLine({user, domain, response}, CHALLENGE)

  it('version 2', () => {
    expect(line(v2(3))).toEqual({
      format: 'netntlmv2',
      hashcatMode: 5600,
      line: 'User::Domain:0123456789abcdef:68cd0ab851e51c96aabc927bebef6a1c:010101',
    })
  })

  it('version 1', () => {
    const lm = hex('98def7b87f88aa5dafe2df779688a172def11c7d5ccdef13')
    const nt = hex('67c43011f30298a2ad35ece64f16331c44bdbed927841f94')
    expect(line({kind: 'ntlmv1', lm, nt})).toEqual({
      format: 'netntlm',
      hashcatMode: 5500,
      line: `User::Domain:${lm.toString('hex')}:${nt.toString('hex')}:0123456789abcdef`,
    })
    expect(line({kind: 'ntlmv1-ess', lm, nt, clientChallenge: lm.subarray(0, 8)}, 'a:b')?.line).toMatch(
      /^\$HEX\[613a62\]::/,
    )
  })

  it('has no line where there is no response to crack', () => {
    expect(line({kind: 'anonymous'})).toBeNull()
    expect(line({kind: 'lm', lm: Buffer.alloc(24)})).toBeNull()
    expect(line(v2(5000))).toBeNull()
  })

  it.each([
    ['a name that hashcat cannot write in capitals', 'jürgen', 'D', 40],
    ['a name with a colon', 'a:b', 'D', 40],
    ['too long a name', 'a'.repeat(61), 'D', 40],
    ['too long a domain', 'a', 'D'.repeat(46), 40],
    ['too long a blob', 'a', 'D', 513],
  ])('claims no mode for %s', (_what, user, domain, size) => {
    const found = line(v2(size), user, domain)
    expect(found?.format).toBe('netntlmv2')
    expect(found).not.toHaveProperty('hashcatMode')
  })

  it('claims the mode up to the limits', () => {
    expect(line(v2(512), 'a'.repeat(60), 'D'.repeat(45))?.hashcatMode).toBe(5600)
  })

  it('is one line of five separators, whatever the names', () => {
    fc.assert(
      fc.property(hostile, hostile, (user, domain) => {
        const text = line(v2(40), user, domain)?.line ?? ''
        expect(text).toMatch(CLEAN)
        expect(text.split(':')).toHaveLength(6)
      }),
    )
  })
})

describe('Kerberos', () => {
  const cipher = (size: number) => Buffer.concat([Buffer.alloc(16, 0xcc), Buffer.alloc(size - 16, 0xee)])

  it('pre-authentication with RC4: the checksum comes last', () => {
    expect(preauthLine('j.doe', 'CORP', {etype: 23, cipher: cipher(52)})).toEqual({
      format: 'krb5pa-md5',
      hashcatMode: 7500,
      line: `$krb5pa$23$j.doe$CORP$$${'ee'.repeat(36)}${'cc'.repeat(16)}`,
    })
    expect(preauthLine('HOST$', 'CORP', {etype: 23, cipher: cipher(52)})?.hashcatMode).toBe(7500)
    expect(preauthLine('j.doe', 'CORP', {etype: 23, cipher: cipher(51)})).not.toHaveProperty('hashcatMode')
  })

  it.each([
    [18, 19_900],
    [17, 19_800],
  ])('pre-authentication with etype %i', (etype, hashcatMode) => {
    const data = {etype, cipher: Buffer.alloc(56, 0xab)}
    const line = `$krb5pa$${etype}$j.doe$CORP.EXAMPLE.COM$${'ab'.repeat(56)}`
    expect(preauthLine('j.doe', 'CORP.EXAMPLE.COM', data)).toEqual({format: 'krb5pa-sha1', hashcatMode, line})
    expect(preauthLine('HOST$', 'CORP', data)).not.toHaveProperty('hashcatMode')
    expect(preauthLine('j.doe', 'CORP', {etype, cipher: Buffer.alloc(57)})).not.toHaveProperty('hashcatMode')
    expect(preauthLine('j.doe', 'CORP', {etype, cipher: Buffer.alloc(52)})?.hashcatMode).toBe(hashcatMode)
  })

  it('AS-REP', () => {
    expect(asReplyLine('svc', 'CORP', {etype: 23, cipher: cipher(20)})).toEqual({
      format: 'krb5asrep',
      hashcatMode: 18_200,
      line: `$krb5asrep$23$svc@CORP:${'cc'.repeat(16)}$eeeeeeee`,
    })
  })

  it('has no line of other types', () => {
    expect(preauthLine('j.doe', 'CORP', {etype: 3, cipher: cipher(52)})).toBeNull()
    expect(asReplyLine('svc', 'CORP', {etype: 18, cipher: cipher(52)})).toBeNull()
  })
})

describe('one challenge, one digest', () => {
  it('MySQL', () => {
    const line = `$mysqlna$${'11'.repeat(20)}*${'22'.repeat(20)}`
    const found = mysqlNativeLine(Buffer.alloc(20, 0x11), Buffer.alloc(20, 0x22))
    expect(found).toEqual({format: 'mysqlna', hashcatMode: 11_200, line})
    expect(mysqlNativeLine(Buffer.alloc(20), Buffer.alloc(32))).not.toHaveProperty('hashcatMode')
  })

  it('PostgreSQL', () => {
    const digest = '2091bb7d4725d1ca85e8de6ec349baf6'
    expect(postgresMd5Line('postgres', hex('f0784ea5'), digest)).toMatchObject({
      hashcatMode: 11_100,
      line: `$postgres$postgres*f0784ea5*${digest}`,
    })
    expect(postgresMd5Line('a*b', hex('f0784ea5'), digest)?.line).toBe(`$postgres$HEX[612a62]*f0784ea5*${digest}`)
    expect(postgresMd5Line('a', hex('f0784ea5'), 'x*\n')).not.toHaveProperty('hashcatMode')
    expect(postgresMd5Line('a'.repeat(33), hex('f0784ea5'), digest)).not.toHaveProperty('hashcatMode')
  })

  it('CRAM-MD5', () => {
    const challenge = Buffer.from('<1@x>')
    const answer = Buffer.from(`j.doe ${'ab'.repeat(16)}`)
    const line = `$cram_md5$${challenge.toString('base64')}$${answer.toString('base64')}`
    expect(cramMd5Line(challenge, answer)).toEqual({format: 'cram-md5', hashcatMode: 10_200, line})
    expect(cramMd5Line(challenge, Buffer.from('j.doe abc'))).not.toHaveProperty('hashcatMode')
  })

  it('VNC', () => {
    const line = '$vnc$*84076F040550EEA9341967633B5F3855*DD96D21781A70DA49443279975404DD0'
    const found = vncLine(hex('84076f040550eea9341967633b5f3855'), hex('dd96d21781a70da49443279975404dd0'))
    expect(found).toEqual({format: 'vnc', line})
  })

  it('SNMPv3', () => {
    const capture = {
      packet: 7,
      message: Buffer.alloc(100, 0x30),
      engineId: Buffer.alloc(17, 0x80),
      digest: Buffer.alloc(12, 1),
    }
    const tail = `$7$${'30'.repeat(100)}$${'80'.repeat(17)}$${'01'.repeat(12)}`
    expect(snmpV3Line({hash: 'md5', ...capture})).toEqual({
      format: 'snmp',
      hashcatMode: 25_100,
      line: `$SNMPv3$1${tail}`,
    })
    expect(snmpV3Line({hash: 'sha1', ...capture})).toMatchObject({hashcatMode: 25_200, line: `$SNMPv3$2${tail}`})
    expect(snmpV3Line({hash: 'sha1', ...capture, engineId: Buffer.alloc(11)})).not.toHaveProperty('hashcatMode')
    expect(snmpV3Line({hash: 'md5-or-sha1', ...capture})).toMatchObject({
      hashcatMode: 25_000,
      line: `$SNMPv3$0${tail}`,
    })
    const longer = {...capture, digest: Buffer.alloc(24, 1)}
    expect(snmpV3Line({hash: 'sha256', ...longer})).toMatchObject({hashcatMode: 26_800})
    expect(snmpV3Line({hash: 'sha512', ...longer})).not.toHaveProperty('hashcatMode')
    expect([12, 16, 24, 32, 48, 20].map(snmpV3Hash)).toEqual([
      'md5-or-sha1',
      'sha224',
      'sha256',
      'sha384',
      'sha512',
      null,
    ])
  })
})

describe('digest authentication', () => {
  const ENDS = {server: '10.0.0.1', client: '10.0.0.2'}
  const BASE: DigestCapture = {
    user: '100',
    realm: 'asterisk',
    method: 'REGISTER',
    uri: 'sip:10.0.0.1',
    nonce: '2b01df0b',
    response: 'ad0520061ca07c120d7e8ce696a6df2d',
  }

  it('of SIP', () => {
    expect(digestLine(BASE, ENDS)).toEqual({
      format: 'sip',
      hashcatMode: 11_400,
      line: '$sip$*10.0.0.1*10.0.0.2*100*asterisk*REGISTER*sip*10.0.0.1**2b01df0b****MD5*ad0520061ca07c120d7e8ce696a6df2d',
    })
  })

  it('with protection and a port in the URI', () => {
    const protection = {qop: 'auth', nonceCount: '00000001', clientNonce: 'abcd'}
    const found = digestLine({...BASE, uri: 'sip:100@10.0.0.1:5060;transport=udp', protection}, ENDS)
    expect(found?.line).toContain('*sip*100@10.0.0.1*5060;transport=udp*2b01df0b*abcd*00000001*auth*MD5*')
    expect(found?.hashcatMode).toBe(11_400)
    const integrity = {...protection, qop: 'auth-int'}
    expect(digestLine({...BASE, protection: integrity}, ENDS)).not.toHaveProperty('hashcatMode')
  })

  it('of HTTP, without a scheme', () => {
    const found = digestLine({...BASE, method: 'GET', uri: '/admin?x=1'}, ENDS)
    expect(found).toMatchObject({hashcatMode: 11_400, line: expect.stringContaining('*GET**/admin?x=1**')})
  })

  it.each([
    ['an asterisk in the user', {user: 'a*b'}],
    ['a URI that hashcat would join otherwise', {uri: 'sip::x'}],
    ['too long an identity', {user: 'a'.repeat(110)}],
    ['too long a URI', {uri: `/${'a'.repeat(250)}`}],
    ['no digest', {response: 'x'}],
  ])('claims no mode for %s', (_what, change) => {
    expect(digestLine({...BASE, ...change}, ENDS)).not.toHaveProperty('hashcatMode')
  })
})
