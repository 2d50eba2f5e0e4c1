import {describe, expect, it} from 'vitest'

import {accountsOf} from '../../../../src/decoy/active-directory/accounts.ts'
import {BerReader} from '../../../../src/decoy/codecs/ber/reader.ts'
import {parseAsReply} from '../../../../src/decoy/codecs/kerberos/as-reply.ts'
import {ETYPE, NAME_TYPE, PADATA, USAGE} from '../../../../src/decoy/codecs/kerberos/constants.ts'
import {decrypt, stringToKey} from '../../../../src/decoy/codecs/kerberos/encryption.ts'
import type {KdcRequest} from '../../../../src/decoy/codecs/kerberos/kdc-request.ts'
import {parseKrbError} from '../../../../src/decoy/codecs/kerberos/krb-error.ts'
import {encryptTimestamp, parseEtypeInfo2} from '../../../../src/decoy/codecs/kerberos/preauthentication.ts'
import {type PaData, readList, readPaData} from '../../../../src/decoy/codecs/kerberos/types.ts'
import {apRequest, kdcRequest, passwordRequest, timestampData} from '../../codecs/kerberos/client.ts'
import {HONEY, NOW} from '../ldap/support.ts'
import {ask, connectionTo, controller, kerberosService, REALM} from './support.ts'

const ALL = [ETYPE.AES256_CTS_HMAC_SHA1_96, ETYPE.AES128_CTS_HMAC_SHA1_96, ETYPE.RC4_HMAC]
const random = (size: number): Buffer => Buffer.alloc(size, 9)

const request = (user: string, more: Partial<KdcRequest> = {}): KdcRequest => ({
  type: 'as',
  padata: [],
  options: 0x4080_0010,
  client: {type: NAME_TYPE.PRINCIPAL, parts: [user]},
  realm: REALM,
  server: {type: NAME_TYPE.SRV_INST, parts: ['krbtgt', REALM]},
  till: NOW + 86_400_000,
  nonce: 12_345,
  etypes: ALL,
  ...more,
})

/** A request of somebody who gave this password. */
function withPassword(
  user: string,
  password: string,
  etype: number = ETYPE.AES256_CTS_HMAC_SHA1_96,
  at = NOW,
): KdcRequest {
  const key = stringToKey(etype, password, `${REALM}${user}`)
  return request(user, {padata: [timestampData(encryptTimestamp(key, at, random))]})
}

async function codeOf(asked: KdcRequest): Promise<number> {
  return parseKrbError(ask(await kerberosService(), kdcRequest(asked)).reply).code
}

const bait = accountsOf(controller(), [])?.all.filter(({kind}) => kind === 'service') ?? []
const [roastable, open] = [bait.find(({spns}) => spns.length > 0), bait.find(({spns}) => spns.length === 0)]

describe('an AS-REQ without preauthentication', () => {
  it('is told which keys a user has', async () => {
    const {reply, events} = ask(await kerberosService(), kdcRequest(request('Administrator')))
    const error = parseKrbError(reply)
    expect(error).toMatchObject({code: 25, realm: REALM, now: NOW})
    const data = readList(new BerReader(error.data ?? Buffer.alloc(0)).sequence(), readPaData)
    expect(data.map(({type}) => type)).toEqual([19, 2, 16, 15])
    const [info] = data as [PaData]
    expect(parseEtypeInfo2(info.value)).toEqual([
      {etype: 18, salt: `${REALM}Administrator`},
      {etype: 17, salt: `${REALM}Administrator`},
      {etype: 23},
    ])
    expect(events[0]).toMatchObject({
      event: 'request',
      data: {user: 'Administrator', realm: REALM, etypes: ALL, error: 25},
    })
  })

  it.each([
    [6, request('nobody')],
    [18, request('krbtgt')],
    [18, request('Guest')],
    [14, request('Administrator', {etypes: [ETYPE.DES_CBC_MD5]})],
    [68, request('Administrator', {realm: 'OTHER.TEST'})],
    [7, request('Administrator', {server: {type: 2, parts: ['host', 'nowhere']}})],
    [25, request(HONEY.name.toUpperCase(), {realm: 'corp'})],
    [
      25,
      request(`${HONEY.name}@corp.example`, {
        client: {type: NAME_TYPE.ENTERPRISE, parts: [`${HONEY.name}@corp.example`]},
      }),
    ],
  ])('is answered with %i', async (code, asked) => {
    expect(await codeOf(asked)).toBe(code)
  })

  it('gets bait to crack for the account that needs none', async () => {
    const name = open?.name ?? ''
    const {reply, events} = ask(await kerberosService(), kdcRequest(request(name, {etypes: [ETYPE.RC4_HMAC]})))
    const {encrypted} = parseAsReply(reply)
    const key = stringToKey(ETYPE.RC4_HMAC, open?.password ?? '', '')
    expect(decrypt(key, USAGE.AS_REP, encrypted.cipher)[0]).toBe(0x79)
    expect(events[0]).toMatchObject({
      event: 'probe',
      data: {
        technique: 'as-rep-roast',
        hash: {hashcatMode: 18_200, line: expect.stringContaining(`$krb5asrep$23$${name}@${REALM}:`)},
      },
    })
  })
})

describe('preauthentication', () => {
  it.each([
    [ETYPE.RC4_HMAC, 7500],
    [ETYPE.AES128_CTS_HMAC_SHA1_96, 19_800],
    [ETYPE.AES256_CTS_HMAC_SHA1_96, 19_900],
  ])('fails with etype %i, and leaves a line of mode %i that cracks', async (etype, mode) => {
    const {reply, events} = ask(
      await kerberosService(),
      kdcRequest(withPassword('Administrator', 'Sommer-2025', etype)),
    )
    expect(parseKrbError(reply).code).toBe(24)
    const [{credential} = {}] = events
    expect(credential).toMatchObject({
      principal: 'Administrator',
      domain: REALM,
      outcome: 'failure',
      hash: {hashcatMode: mode},
    })
    const hex = credential?.hash?.line.split('$').at(-1) ?? ''
    const bytes = Buffer.from(hex, 'hex')
    // The line of RC4 has the checksum at its end, the wire at its beginning.
    const cipher = etype === ETYPE.RC4_HMAC ? Buffer.concat([bytes.subarray(-16), bytes.subarray(0, -16)]) : bytes
    const key = stringToKey(etype, 'Sommer-2025', `${REALM}Administrator`)
    expect(decrypt(key, USAGE.ENC_TIMESTAMP, cipher).toString('latin1')).toContain('20260304050607Z')
  })

  it('of somebody unknown is recorded, too', async () => {
    const {reply, events} = ask(await kerberosService(), kdcRequest(withPassword('nobody', 'Sommer-2025')))
    expect(parseKrbError(reply).code).toBe(6)
    expect(events[0]).toMatchObject({
      event: 'auth.attempt',
      credential: {principal: 'nobody', hash: {hashcatMode: 19_900}},
    })
  })

  it('gets a honey user a ticket, and nobody else', async () => {
    const {reply, events} = ask(await kerberosService(), kdcRequest(withPassword(HONEY.name, HONEY.password)))
    const {encrypted, client, ticket} = parseAsReply(reply)
    expect(client.parts).toEqual([HONEY.name])
    expect(ticket.server.parts).toEqual(['krbtgt', REALM])
    const key = stringToKey(encrypted.etype, HONEY.password, `${REALM}${HONEY.name}`)
    expect(decrypt(key, USAGE.AS_REP, encrypted.cipher)[0]).toBe(0x79)
    expect(events[0]?.credential?.outcome).toBe('success')
    const {name = '', password} = open ?? {}
    expect(await codeOf(withPassword(name, password ?? ''))).toBe(12)
  })

  it('fails with a clock that is wrong', async () => {
    const late = withPassword(HONEY.name, HONEY.password, ETYPE.AES256_CTS_HMAC_SHA1_96, NOW - 3_600_000)
    expect(await codeOf(late)).toBe(37)
  })
})

describe('a TGS-REQ', () => {
  const forged = {realm: REALM, server: {type: 2, parts: ['krbtgt', REALM]}, encrypted: {etype: 18, cipher: random(64)}}
  const authenticator = {etype: 18, cipher: random(64)}
  const granting = (ticket: typeof forged, parts: readonly string[]): KdcRequest => ({
    ...request(HONEY.name),
    type: 'tgs',
    client: null,
    server: {type: 2, parts},
    padata: [{type: PADATA.TGS_REQ, value: apRequest(ticket, authenticator)}],
  })

  it('with a forged ticket fails its integrity', async () => {
    expect(await codeOf(granting(forged, ['host', 'nowhere']))).toBe(31)
  })

  it('with a ticket of its own is told which services there are', async () => {
    const service = await kerberosService()
    const {ticket} = parseAsReply(ask(service, kdcRequest(withPassword(HONEY.name, HONEY.password))).reply)
    const own = {...forged, encrypted: ticket.encrypted}
    expect(parseKrbError(ask(service, kdcRequest(granting(own, ['host', 'nowhere']))).reply).code).toBe(7)
    const {events} = ask(service, kdcRequest(granting(own, (roastable?.spns[0] ?? '').split('/'))))
    expect(events[0]).toMatchObject({event: 'probe', data: {technique: 'kerberoast', as: HONEY.name}})
  })
})

describe('over UDP', () => {
  it('never says more than it was asked', async () => {
    const service = await kerberosService()
    for (const asked of [request('nobody'), request('Administrator'), request(open?.name ?? '')]) {
      const message = kdcRequest(asked)
      const answer = service.udp?.(88).datagram(message, connectionTo(88))
      const [reply = Buffer.alloc(0)] = answer?.replies ?? []
      expect(reply.length).toBeLessThanOrEqual(message.length)
      expect(parseKrbError(reply).code).toBe(asked.client?.parts[0] === 'nobody' ? 6 : 52)
      expect(answer?.events).toHaveLength(1)
    }
  })

  it('records what it cannot read', async () => {
    const answer = (await kerberosService()).udp?.(88).datagram(Buffer.from('GET /'), connectionTo(88))
    expect(answer).toMatchObject({replies: [], events: [{event: 'malformed'}]})
  })
})

it('refuses to change passwords', async () => {
  const sealed = {etype: 18, cipher: random(64)}
  const ticket = {realm: REALM, server: {type: 2, parts: ['kadmin', 'changepw']}, encrypted: sealed}
  const message = passwordRequest(1, apRequest(ticket, sealed), sealed)
  const {reply, events} = ask(await kerberosService(), message, 464)
  const error = parseKrbError(reply.subarray(6))
  expect(error.code).toBe(60)
  expect(error.data?.readUInt16BE(0)).toBe(3)
  expect(events[0]).toMatchObject({event: 'request', data: {operation: 'change-password', server: 'kadmin/changepw'}})
})

it('closes on what is no Kerberos', async () => {
  const {closed, events} = ask(await kerberosService(), Buffer.from('GET / HTTP/1.0'))
  expect(closed).toBe(true)
  expect(events.map(({event}) => event)).toEqual(['malformed'])
})

it('answers its own tests, on every port', async () => {
  const service = await kerberosService()
  for (const port of [88, 464]) {
    const framed = service.selfTest(port, 'tcp')
    const {reply} = ask(service, framed.send.subarray(4), port)
    const prefix = Buffer.alloc(4)
    prefix.writeUInt32BE(reply.length)
    expect(framed.accepts(Buffer.concat([prefix, reply]))).toBe(true)
    const datagram = service.selfTest(port, 'udp')
    const answer = service.udp?.(port).datagram(datagram.send, connectionTo(port))
    expect(datagram.accepts(Buffer.concat(answer?.replies ?? []))).toBe(true)
  }
})

it('has the accounts of its fleet: other fleets have others', async () => {
  const names = (seed: string) =>
    accountsOf(controller({fleet: {seed, site: 'ber', controller: 'BER-DC01'}}), [])?.all.map(
      ({name, rid, password}) => `${name} ${rid} ${password}`,
    ) ?? []
  expect(names('01'.repeat(32))).toEqual(names('01'.repeat(32)))
  const [first, second] = [names('01'.repeat(32)), names('02'.repeat(32))]
  expect(first.filter((each) => second.includes(each)).length).toBeLessThan(first.length / 2)
})
