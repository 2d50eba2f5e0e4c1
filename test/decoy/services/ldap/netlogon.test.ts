import {expect, it} from 'vitest'

import {SERVICES} from '../../../../src/catalog/service-catalog.ts'
import {DEFAULT_LIMITS} from '../../../../src/decoy/limits.ts'
import type {Connection} from '../../../../src/decoy/service.ts'
import {and, equals, replies, search} from './client.ts'
import {CONTROLLER, ldapService, NOW} from './support.ts'

const CONNECTION: Connection = {
  peer: {ip: '192.168.1.77', port: 40_000},
  local: {ip: CONTROLLER.ip, port: 389},
  limits: DEFAULT_LIMITS,
  now: () => NOW,
  random: (size) => Buffer.alloc(size, 7),
}

async function ping(domain: string) {
  const service = await ldapService()
  const version = Buffer.from([0x16, 0, 0, 0])
  const filter = and(equals('DnsDomain', domain), equals('Host', 'KALI'), equals('NtVer', version))
  const datagram = search(1, {filter, attributes: ['Netlogon']})
  const handler = service.udp?.(389)
  if (handler === undefined) throw new TypeError('ldap answers datagrams')
  return handler.datagram(datagram, CONNECTION)
}

it('tells clients which controller serves their domain', async () => {
  const answer = await ping('corp.example')
  const [entry, done] = replies(Buffer.concat(answer.replies))
  expect(done?.code).toBe(0)
  const value = entry?.raw.subarray(entry.raw.indexOf('netlogon') + 8 + 8) ?? Buffer.alloc(0)
  expect(value.readUInt16LE(0)).toBe(23)
  expect(value.toString('latin1')).toContain('\x08BER-DC01\xc0\x18')
  expect(value.toString('latin1')).toContain('\x04CORP\x00')
  expect(answer.events[0]).toMatchObject({event: 'query', data: {transport: 'udp', attributes: ['Netlogon']}})
})

it('says nothing of domains that are not its own', async () => {
  expect(replies(Buffer.concat((await ping('other.test')).replies)).map(({code}) => code)).toEqual([0])
})

it('records a datagram that it cannot read', async () => {
  const handler = (await ldapService()).udp?.(389)
  expect(handler?.datagram(Buffer.from('nonsense'), CONNECTION)).toMatchObject({
    replies: [],
    events: [{event: 'malformed'}],
  })
})

it('has the ports of a controller where it is one', () => {
  const ports = (options: Record<string, boolean | number>) =>
    SERVICES.get('ldap')
      ?.ports(options)
      .map(({port, protocol}) => `${port}/${protocol}`)
  expect(ports({controller: true})).toEqual(['389/tcp', '636/tcp', '389/udp', '3268/tcp', '3269/tcp'])
  expect(ports({controller: false, port: 1389})).toEqual(['1389/tcp', '636/tcp'])
})
