import {describe, expect, it} from 'vitest'

import {parseChallenge} from '../../../../src/decoy/codecs/ntlm/challenge.ts'
import {MessageSecurity} from '../../../../src/decoy/codecs/ntlm/message-security.ts'
import {ntHashV2, ntProof} from '../../../../src/decoy/codecs/ntlm/responses.ts'
import {buildInit, buildResponse, parseNegotiationToken} from '../../../../src/decoy/codecs/spnego/negotiation.ts'
import {OPERATION} from '../../../../src/decoy/services/ldap/wire/operations.ts'
import {fakeRandom, negotiateMessage, windowsAnswer} from '../../codecs/ntlm/client.ts'
import {
  and,
  atLeast,
  equals,
  extended,
  message,
  not,
  or,
  pagedControl,
  present,
  replies,
  rule,
  saslBind,
  search,
  sicilyBind,
  simpleBind,
  substrings,
} from './client.ts'
import {type CONTROLLER, dial, HONEY, ldapService, OPTIONS, type TestClient} from './support.ts'

const BASE = 'dc=corp,dc=example'
const NTLM = '1.3.6.1.4.1.311.2.2.10'
const NO_SECURITY = (0xe208_8297 & ~0x30) >>> 0
const RANDOM = {clientChallenge: fakeRandom('client', 8), sessionKey: fakeRandom('session', 16)}
const identity = (password: string) => ({user: HONEY.name, domain: 'CORP', workstation: 'KALI', password})

const connect = async (): Promise<TestClient> => dial(await ldapService())

async function bound(port = 389): Promise<TestClient> {
  const client = dial(await ldapService(), {port})
  client.send(simpleBind(1, `CORP\\${HONEY.name}`, HONEY.password))
  return client
}

/** The relative names that a filter finds. */
async function found(filter: Buffer, scope = 2): Promise<string[]> {
  const list = replies((await bound()).send(search(2, {base: BASE, scope, filter, attributes: ['1.1']})))
  return list.filter(({tag}) => tag === OPERATION.SEARCH_ENTRY).map(({dn}) => dn.split(',')[0] ?? '')
}

describe('the rootDSE', () => {
  it('is told to everybody, with lengths of four octets', async () => {
    const client = await connect()
    const bytes = client.send(search(0x0102_0304))
    const [root, done] = replies(bytes)
    expect(bytes.subarray(0, 2).toString('hex')).toBe('3084')
    expect(root?.id).toBe(0x0102_0304)
    expect(root?.attributes.get('dsServiceName')).toEqual([
      'CN=NTDS Settings,CN=BER-DC01,CN=Servers,CN=Default-First-Site-Name,CN=Sites,CN=Configuration,DC=corp,DC=example',
    ])
    expect(root?.attributes.get('dnsHostName')).toEqual(['BER-DC01.corp.example'])
    expect(root?.attributes.get('namingContexts')).toHaveLength(5)
    expect(root?.attributes.get('currentTime')).toEqual(['20260304050607.0Z'])
    expect(root?.attributes.get('domainControllerFunctionality')).toEqual(['7'])
    expect(done?.code).toBe(0)
  })

  it('shows chosen attributes alone', async () => {
    const [root] = replies((await connect()).send(search(1, {attributes: ['defaultNamingContext', 'nosuch']})))
    expect([...(root?.attributes ?? [])]).toEqual([['defaultNamingContext', ['DC=corp,DC=example']]])
  })

  it('differs between two machines in what is theirs only', async () => {
    const read = async (facts: Partial<typeof CONTROLLER>) => {
      const [root] = replies(dial(await ldapService(OPTIONS, facts)).send(search(1)))
      return Object.fromEntries(root?.attributes ?? [])
    }
    const [first, second] = [
      await read({}),
      await read({
        hostname: 'MUC-DC02',
        domain: 'lab.test',
        seed: '44'.repeat(32),
        fleet: {seed: '55'.repeat(32), site: 'muc', controller: 'MUC-DC01'},
      }),
    ]
    const same = Object.keys(first).filter((name) => JSON.stringify(first[name]) === JSON.stringify(second[name]))
    expect(same.sort()).toEqual([
      'currentTime',
      'domainControllerFunctionality',
      'domainFunctionality',
      'forestFunctionality',
      'isGlobalCatalogReady',
      'isSynchronized',
      'supportedCapabilities',
      'supportedControl',
      'supportedLDAPPolicies',
      'supportedLDAPVersion',
      'supportedSASLMechanisms',
    ])
  })
})

describe('what a controller refuses', () => {
  it('is a search before the bind', async () => {
    const client = await connect()
    const [done] = replies(client.send(search(1, {base: BASE, scope: 2, attributes: ['cn']})))
    expect(done?.code).toBe(1)
    expect(done?.text).toBe(
      '000004DC: LdapErr: DSID-0C090C78, comment: In order to perform this operation a successful bind must be completed on the connection., data 0, v4f7c\0',
    )
    expect(client.events[0]).toMatchObject({
      event: 'query',
      data: {base: BASE, scope: 'subtree', filter: '(objectClass=*)', attributes: ['cn'], result: 1},
    })
  })

  it.each([
    ['CORP\\anna', 'anna', 'CORP'],
    ['anna@corp.example', 'anna', 'corp.example'],
    ['CN=Anna,CN=Users,DC=corp,DC=example', 'CN=Anna,CN=Users,DC=corp,DC=example', undefined],
    ['nonsense', 'nonsense', undefined],
  ])('is %s with a wrong password', async (name, principal, domain) => {
    const client = await connect()
    const [reply] = replies(client.send(simpleBind(1, name, 'Sommer-2025')))
    expect(reply?.code).toBe(49)
    expect(reply?.text).toBe(
      '80090308: LdapErr: DSID-0C09050E, comment: AcceptSecurityContext error, data 52e, v4f7c\0',
    )
    const [{credential} = {}] = client.events
    expect(credential).toMatchObject({principal, method: 'simple', secret: {text: 'Sommer-2025'}, outcome: 'failure'})
    expect(credential?.domain).toBe(domain)
  })

  it('is not a name without a password, which is nobody', async () => {
    const client = await connect()
    expect(replies(client.send(simpleBind(1, 'CORP\\anna', '')))[0]?.code).toBe(0)
    expect(replies(client.send(search(2, {base: BASE})))[0]?.code).toBe(1)
    expect(client.events.some(({event}) => event === 'auth.attempt')).toBe(false)
  })

  it('forgets who was bound when the next bind fails', async () => {
    const client = await bound()
    client.send(simpleBind(2, 'CORP\\anna', 'wrong'))
    expect(replies(client.send(search(3, {base: BASE})))[0]?.code).toBe(1)
  })

  it('is a change by whomever', async () => {
    const remove = message(5, Buffer.concat([Buffer.from([0x4a, BASE.length]), Buffer.from(BASE)]))
    expect(replies((await connect()).send(remove))[0]?.code).toBe(1)
    expect(replies((await bound()).send(remove))[0]).toMatchObject({
      code: 50,
      text: expect.stringContaining('INSUFF_ACCESS_RIGHTS'),
    })
  })

  it.each([
    ['ou=nothing,dc=corp,dc=example', 32, 'DC=corp,DC=example'],
    ['dc=elsewhere,dc=test', 10, ''],
    ['no dn at all', 34, ''],
  ])('is a search in %s', async (base, code, matched) => {
    expect(replies((await bound()).send(search(2, {base, scope: 2})))[0]).toMatchObject({code, matched})
  })

  it('is what it cannot read, with a notice', async () => {
    const client = await connect()
    const [notice] = replies(client.send(Buffer.from('300502010160ff', 'hex')))
    expect(notice).toMatchObject({id: 0, code: 2, text: expect.stringContaining('Error decoding ldap message')})
    expect(client.closed).toBe(true)
    expect(client.events.map(({event}) => event)).toEqual(['malformed'])
  })
})

describe('a honey user', () => {
  it.each([`CORP\\${HONEY.name}`, `${HONEY.name}@CORP.example`, `cn=${HONEY.name}, cn=users,${BASE}`])(
    'gets in as %s',
    async (name) => {
      const client = await connect()
      expect(replies(client.send(simpleBind(1, name, HONEY.password)))[0]?.code).toBe(0)
      expect(client.send(extended(2, '1.3.6.1.4.1.4203.1.11.3')).toString('latin1')).toContain(`u:CORP\\${HONEY.name}`)
      expect(client.events[0]?.credential?.outcome).toBe('success')
    },
  )

  it('finds accounts by whatever tools ask for', async () => {
    const roastable = await found(
      and(equals('objectCategory', 'person'), present('servicePrincipalName'), not(equals('cn', 'krbtgt'))),
    )
    expect(roastable).toHaveLength(1)
    const withoutPreauth = await found(rule('userAccountControl', '1.2.840.113556.1.4.803', '4194304'))
    expect(withoutPreauth).toHaveLength(1)
    expect(await found(equals('objectClass', 'computer'))).toHaveLength(7)
    expect(await found(substrings('sAMAccountName', 'ad', ['minis'], 'or'))).toEqual(['CN=Administrator'])
    expect(await found(and(atLeast('adminCount', '1'), equals('objectClass', 'group')))).toContain('CN=Domain Admins')
    expect(await found(or(equals('sAMAccountName', 'Guest'), equals('sAMAccountName', 'nobody')))).toEqual(['CN=Guest'])
    expect(await found(rule('memberOf', '1.2.840.113556.1.4.1941', `CN=Administrators,CN=Builtin,${BASE}`))).toContain(
      'CN=Administrator',
    )
    expect(await found(present('objectClass'), 0)).toEqual(['DC=corp'])
    expect((await found(present('objectClass'), 1)).length).toBeLessThan(15)
  })

  it('gets references to the other partitions, but not of the global catalog', async () => {
    const plan = {base: BASE, scope: 2, attributes: ['1.1']}
    const tags = (client: TestClient) =>
      replies(client.send(search(2, plan))).filter(({tag}) => tag === OPERATION.SEARCH_REFERENCE)
    expect(tags(await bound())).toHaveLength(3)
    expect(tags(await bound(3268))).toHaveLength(0)
    expect(replies((await bound(3268)).send(search(3, {scope: 2}))).length).toBeGreaterThan(50)
  })

  it('reads page by page', async () => {
    const client = await bound()
    const names: string[] = []
    let cookie: Buffer | null = Buffer.alloc(0)
    for (let id = 2; id < 40 && cookie !== null; id++) {
      const plan = {base: BASE, scope: 2, attributes: ['1.1'], controls: [pagedControl(10, cookie)]}
      const list = replies(client.send(search(id, plan)))
      names.push(...list.filter(({tag}) => tag === OPERATION.SEARCH_ENTRY).map(({dn}) => dn))
      const next: Buffer | null = list.at(-1)?.cookie ?? null
      cookie = next !== null && next.length > 0 ? next : null
    }
    expect(names).toEqual([...new Set(names)])
    expect(names).toHaveLength((await found(present('objectClass'))).length)
  })

  it('gets no more entries than it asks for', async () => {
    const list = replies((await bound()).send(search(2, {base: BASE, scope: 2, sizeLimit: 3})))
    expect(list.map(({code}) => code)).toEqual([null, null, null, 4])
  })

  it.each([
    ['kerberoast', present('servicePrincipalName')],
    ['as-rep-roast', rule('userAccountControl', '1.2.840.113556.1.4.803', '4194304')],
    ['privileged-accounts', equals('adminCount', '1')],
  ])('is recorded as %s by its filter', async (technique, filter) => {
    const client = await bound()
    client.send(search(2, {base: BASE, scope: 2, filter}))
    expect(client.events.at(-1)).toMatchObject({event: 'probe', data: {techniques: [technique]}})
  })
})

describe('NTLM', () => {
  async function spnego(password: string, flags: number) {
    const client = await connect()
    const negotiate = negotiateMessage(flags)
    const first = saslBind(1, 'GSS-SPNEGO', buildInit({mechanisms: [NTLM], token: negotiate}))
    const [asked] = replies(client.send(first))
    const token = parseNegotiationToken(asked?.credentials ?? Buffer.alloc(0)).token ?? Buffer.alloc(0)
    const {authenticate, exported} = windowsAnswer(identity(password), negotiate, token, RANDOM)
    const answer = client.send(saslBind(2, 'GSS-SPNEGO', buildResponse({token: authenticate})))
    return {client, asked, token, exported, answer: replies(answer)[0]}
  }

  it('is refused with a line that cracks', async () => {
    const {client, asked, token, answer} = await spnego('Sommer-2025', NO_SECURITY)
    expect(asked?.code).toBe(14)
    expect(parseChallenge(token).targetName).toBe('CORP')
    expect(answer).toMatchObject({code: 49, text: expect.stringMatching(/^8009030C: .*data 52e, v4f7c\0$/)})
    const {credential} = client.events[0] ?? {}
    expect(credential).toMatchObject({principal: HONEY.name, domain: 'CORP', method: 'ntlmv2', outcome: 'failure'})
    expect(credential?.hash?.hashcatMode).toBe(5600)
    expect(credential?.hash?.line).toMatch(
      new RegExp(`^${HONEY.name}::CORP:${parseChallenge(token).serverChallenge.toString('hex')}:`),
    )
    const [proof = '', blob = ''] = (credential?.hash?.line ?? '').split(':').slice(4)
    const hash = ntHashV2('Sommer-2025', HONEY.name, 'CORP')
    expect(ntProof(hash, parseChallenge(token).serverChallenge, Buffer.from(blob, 'hex')).toString('hex')).toBe(proof)
  })

  it('lets a honey user in, and seals what follows', async () => {
    const {client, answer, exported, token} = await spnego(HONEY.password, 0xe208_82b7)
    expect(answer?.code).toBe(0)
    const {flags} = parseChallenge(token)
    const [outgoing, incoming] = [
      new MessageSecurity(flags, exported, 'client-to-server'),
      new MessageSecurity(flags, exported, 'server-to-client'),
    ]
    const sealed = outgoing.seal(search(3, {base: BASE, attributes: ['dc']}))
    const prefix = Buffer.alloc(4)
    prefix.writeUInt32BE(sealed.length)
    const reply = client.send(Buffer.concat([prefix, sealed]))
    expect(reply.readUInt32BE(0)).toBe(reply.length - 4)
    const [entry] = replies(incoming.unseal(reply.subarray(4)))
    expect(entry?.attributes.get('dc')).toEqual(['corp'])
  })

  it('comes by way of Sicily as well', async () => {
    const client = await connect()
    expect(replies(client.send(sicilyBind(1, 9, Buffer.alloc(0))))[0]?.matched).toBe('NTLM')
    const negotiate = negotiateMessage(NO_SECURITY)
    const [asked] = replies(client.send(sicilyBind(2, 10, negotiate)))
    const challenge = Buffer.from(asked?.matched ?? '', 'latin1')
    const {authenticate} = windowsAnswer(identity(HONEY.password), negotiate, challenge, RANDOM)
    expect(replies(client.send(sicilyBind(3, 11, authenticate)))[0]?.code).toBe(0)
    expect(replies(client.send(search(4, {base: BASE})))[0]?.dn).toBe('DC=corp,DC=example')
  })

  it('has a challenge of its own on each connection', async () => {
    const service = await ldapService()
    const ask = () => replies(dial(service).send(sicilyBind(1, 10, negotiateMessage(NO_SECURITY))))[0]?.matched
    // The test's random octets begin anew for each connection; the challenge must be made of them.
    expect(ask()).toBe(ask())
    const client = dial(service)
    client.send(sicilyBind(1, 10, negotiateMessage(NO_SECURITY)))
    expect(replies(client.send(sicilyBind(2, 10, negotiateMessage(NO_SECURITY))))[0]?.matched).not.toBe(ask())
  })
})

it('goes on in TLS when asked to, once', async () => {
  const client = await connect()
  const [answer] = replies(client.send(extended(1, '1.3.6.1.4.1.1466.20037')))
  expect(answer?.code).toBe(0)
  expect(answer?.raw).toHaveLength(46)
  expect(client.actions.at(-1)?.type).toBe('upgrade')
  expect(replies(client.send(extended(2, '1.3.6.1.4.1.1466.20037')))[0]?.code).toBe(1)
})
