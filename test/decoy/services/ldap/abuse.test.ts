import {parseChallenge} from '../../../../src/decoy/codecs/ntlm/challenge.ts'
import {FLAG} from '../../../../src/decoy/codecs/ntlm/flags.ts'
import {buildInit, buildResponse} from '../../../../src/decoy/codecs/spnego/negotiation.ts'
import {abuse, abuseInside} from '../../../support/abuse.ts'
import {abuseUdp} from '../../../support/abuse-udp.ts'
import {fakeRandom, negotiateMessage, windowsAnswer} from '../../codecs/ntlm/client.ts'
import {
  and,
  equals,
  extended,
  not,
  pagedControl,
  present,
  replies,
  rule,
  saslBind,
  search,
  sicilyBind,
  simpleBind,
} from './client.ts'
import {dial, HONEY, LINUX, ldapService} from './support.ts'

const BASE = 'dc=corp,dc=example'
const NEGOTIATE = negotiateMessage((0xe208_8297 & ~(FLAG.SIGN | FLAG.SEAL)) >>> 0)
/** Of the suite's first random octets, which are those of the test's own connections. */
const [asked] = replies(dial(await ldapService()).send(sicilyBind(1, 10, NEGOTIATE)))
const CHALLENGE = Buffer.from(asked?.matched ?? '', 'latin1')
parseChallenge(CHALLENGE)
const {authenticate} = windowsAnswer(
  {user: HONEY.name, domain: 'CORP', workstation: 'KALI', password: HONEY.password},
  NEGOTIATE,
  CHALLENGE,
  {clientChallenge: fakeRandom('client', 8), sessionKey: fakeRandom('session', 16)},
)
const NTLM = '1.3.6.1.4.1.311.2.2.10'
const SMALL = {base: BASE, scope: 2, attributes: ['cn', 'memberOf']} as const

abuse({
  name: 'ldap',
  port: 389,
  service: () => ldapService(),
  dialogues: [
    [
      search(1),
      simpleBind(2, 'CORP\\helpdesk', 'wrong'),
      simpleBind(3, 'CORP\\helpdesk', HONEY.password),
      search(4, {
        ...SMALL,
        filter: and(present('servicePrincipalName'), not(rule('userAccountControl', '1.2.840.113556.1.4.803', '2'))),
      }),
      search(5, {...SMALL, controls: [pagedControl(7, Buffer.alloc(0))]}),
      extended(6, '1.3.6.1.4.1.4203.1.11.3'),
    ],
    [sicilyBind(1, 10, NEGOTIATE), sicilyBind(2, 11, authenticate), search(3, {base: BASE})],
    [
      saslBind(1, 'GSS-SPNEGO', buildInit({mechanisms: [NTLM], token: NEGOTIATE})),
      saslBind(2, 'GSS-SPNEGO', buildResponse({token: authenticate})),
    ],
    [extended(1, '1.3.6.1.4.1.1466.20037')],
  ],
  served: (reply) => reply.includes('NTDS Settings'),
})

abuse({
  name: 'openldap',
  port: 389,
  service: () => ldapService({users: ['anna:Winter-2024']}, LINUX),
  dialogues: [
    [
      search(1, {attributes: ['+']}),
      simpleBind(2, `uid=anna,ou=people,${BASE}`, 'Winter-2024'),
      search(3, {...SMALL, scope: 1}),
      extended(4, '1.3.6.1.4.1.4203.1.11.3'),
    ],
    [saslBind(1, 'DIGEST-MD5', Buffer.from('x')), extended(2, '1.3.6.1.4.1.1466.20037')],
  ],
  served: (reply) => reply.includes('namingContexts'),
})

const QUICK = {
  service: () => ldapService(),
  dialogues: [
    [
      search(1),
      simpleBind(2, 'CORP\\helpdesk', HONEY.password),
      search(3, {...SMALL, controls: [pagedControl(7, Buffer.alloc(0))]}),
      extended(4, '1.3.6.1.4.1.4203.1.11.3'),
    ],
    [extended(1, '1.3.6.1.4.1.1466.20037'), search(2, {base: BASE})],
  ],
}

abuse({...QUICK, name: 'the global catalog', port: 3268, served: (reply) => reply.includes('NTDS Settings')})
abuseInside({...QUICK, name: 'ldaps', port: 636})
abuseInside({...QUICK, name: 'the global catalog over TLS', port: 3269})

const ping = (...more: Buffer[]): Buffer =>
  search(1, {filter: and(equals('DnsDomain', 'corp.example'), ...more), attributes: ['Netlogon']})

abuseUdp({
  name: 'cldap',
  port: 389,
  service: () => ldapService(),
  datagrams: [
    ping(equals('Host', 'KALI'), equals('NtVer', Buffer.from([0x16, 0, 0, 0]))),
    ping(equals('User', 'KALI$'), equals('AAC', Buffer.from([0x80, 0, 0, 0])), equals('NtVer', Buffer.alloc(4, 1))),
    search(1),
    search(2, {attributes: ['defaultNamingContext', 'currentTime']}),
    simpleBind(3, 'CORP\\helpdesk', 'wrong'),
  ],
})
