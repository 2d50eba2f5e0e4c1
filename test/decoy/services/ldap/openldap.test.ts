import {describe, expect, it} from 'vitest'
import {replies, search, simpleBind} from './client.ts'
import golden from './openldap-2.5.13.json' with {type: 'json'}
import {dial, LINUX, ldapService} from './support.ts'

const USERS = {users: ['admin:toor', 'anna:Winter-2024']}

describe('OpenLDAP', () => {
  it.each(golden.cases.map((each) => [each.name, each] as const))('answers as slapd does: %s', async (_, recorded) => {
    const client = dial(await ldapService(USERS, LINUX))
    const received = recorded.sent.map((hex) => client.send(Buffer.from(hex, 'hex')).toString('hex'))
    expect(received).toEqual(recorded.received)
    expect(client.closed).toBe(recorded.closed)
  })

  it('lets everybody read people, and nobody their passwords', async () => {
    const client = dial(await ldapService(USERS, LINUX))
    const found = replies(client.send(search(1, {base: 'ou=people,dc=corp,dc=example', scope: 2})))
    const people = found.filter(({attributes}) => attributes.has('uid'))
    expect(people.length).toBeGreaterThan(9)
    expect(people.every(({attributes}) => !attributes.has('userPassword'))).toBe(true)
    expect(people.some(({dn}) => dn === 'uid=anna,ou=people,dc=corp,dc=example')).toBe(true)
  })

  it('binds honey users, and records what others try', async () => {
    const client = dial(await ldapService(USERS, LINUX))
    const dn = 'uid=anna,ou=people,dc=corp,dc=example'
    expect(replies(client.send(simpleBind(1, dn, 'wrong')))[0]?.code).toBe(49)
    expect(replies(client.send(simpleBind(2, dn.toUpperCase(), 'Winter-2024')))[0]?.code).toBe(0)
    expect(client.events.map(({credential}) => [credential?.secret?.text, credential?.outcome])).toEqual([
      ['wrong', 'failure'],
      ['Winter-2024', 'success'],
    ])
  })

  it('shows what it could not read', async () => {
    const client = dial(await ldapService(USERS, LINUX))
    for (const hex of ['30', '85', '0102']) client.send(Buffer.from(hex, 'hex'))
    expect(client.events.map(({event, data}) => [event, data?.sample])).toEqual([
      ['malformed', expect.objectContaining({bytes: 2})],
    ])
    expect(client.closed).toBe(true)
  })

  it('has another directory on every machine, with the same people', async () => {
    const read = async (seed: string) => {
      const client = dial(await ldapService(USERS, {...LINUX, seed}))
      return replies(client.send(search(1, {base: 'dc=corp,dc=example', scope: 2, attributes: ['entryUUID']})))
    }
    const [first, second] = [await read('01'.repeat(32)), await read('02'.repeat(32))]
    expect(first.map(({dn}) => dn)).toEqual(second.map(({dn}) => dn))
    const identifiers = (list: typeof first) => list.flatMap(({attributes}) => attributes.get('entryUUID') ?? [])
    expect(identifiers(first).filter((each) => identifiers(second).includes(each))).toEqual([])
  })
})
