import {describe, expect, it} from 'vitest'

import {hmacMd5, ntHashV2} from '../../../../src/decoy/codecs/ntlm/responses.ts'
import {COMMAND, STATUS} from '../../../../src/decoy/services/smb/wire/constants.ts'
import {CONTROLLER, client, fileIdOf, insider, PASSWORD, readBody, WINDOWS} from './client.ts'

describe('logging in', () => {
  it('succeeds with honey credentials, and records what cracks', async () => {
    const inside = await client()
    inside.negotiate()
    expect(inside.logIn({user: 'backup', password: PASSWORD}).status).toBe(0)
    const {credential, data} = inside.events.find(({event}) => event === 'auth.attempt') ?? {}
    expect(credential).toMatchObject({principal: 'backup', domain: 'CORP', method: 'ntlmv2', outcome: 'success'})
    expect(data).toMatchObject({workstation: 'WS77', clientVersion: '10.0.19045', targetName: 'cifs/files'})
  })

  it('fails otherwise, with a line that the password solves', async () => {
    const stranger = await client(WINDOWS)
    stranger.negotiate()
    expect(stranger.logIn({user: 'backup', password: 'Sommer-2023'}).status).toBe(STATUS.LOGON_FAILURE)
    const {credential} = stranger.events.find(({event}) => event === 'auth.attempt') ?? {}
    expect(credential).toMatchObject({outcome: 'failure', hash: {format: 'netntlmv2', hashcatMode: 5600}})
    const [user = '', , domain = '', challenge = '', proof, blob = ''] = credential?.hash?.line.split(':') ?? []
    const key = ntHashV2('Sommer-2023', user, domain)
    expect(hmacMd5(key, Buffer.from(challenge, 'hex'), Buffer.from(blob, 'hex')).toString('hex')).toBe(proof)
  })

  it('draws another challenge for each login', async () => {
    const stranger = await client(WINDOWS)
    stranger.negotiate()
    for (const password of ['one', 'two']) stranger.logIn({user: 'backup', password})
    const challenges = stranger.events.flatMap(({credential}) => credential?.hash?.line.split(':')[3] ?? [])
    expect(challenges).toHaveLength(2)
    expect(challenges[0]).not.toBe(challenges[1])
  })

  it('again on a session keeps it, and ends it where it fails', async () => {
    const inside = await insider()
    expect(inside.logInAgain({user: 'backup', password: PASSWORD}).status).toBe(0)
    expect(inside.create('Scripts').status).toBe(0)
    expect(inside.logInAgain({user: 'backup', password: 'wrong'}).status).toBe(STATUS.LOGON_FAILURE)
    expect(inside.create('Scripts').status).toBe(STATUS.USER_SESSION_DELETED)
  })

  it.each([
    ['Windows', WINDOWS, {}, STATUS.ACCESS_DENIED],
    ['a controller', CONTROLLER, {}, 0],
    ['Samba', {}, {}, 0],
  ] as const)('without a name on %s', async (_, facts, options, status) => {
    const visitor = await client(facts, options)
    visitor.negotiate()
    expect(visitor.logInAnonymously().status).toBe(status)
  })

  it.each([
    ['Windows', WINDOWS, {}, 'nobodyx', STATUS.LOGON_FAILURE],
    ['Windows', WINDOWS, {}, 'guest', STATUS.ACCOUNT_DISABLED],
    ['Windows with guests', WINDOWS, {guest: true}, 'nobodyx', 0],
    ['Windows with guests', WINDOWS, {guest: true}, 'Administrator', STATUS.LOGON_FAILURE],
    ['Samba', {}, {}, 'nobodyx', 0],
    ['Samba without guests', {}, {guest: false}, 'nobodyx', STATUS.LOGON_FAILURE],
  ] as const)('on %s as somebody unknown: %#', async (_, facts, options, user, status) => {
    const visitor = await client(facts, options)
    visitor.negotiate()
    expect(visitor.logIn({user, password: 'guess'}).status).toBe(status)
    expect(visitor.events.at(-1)?.credential).toMatchObject({principal: user, outcome: 'failure'})
  })
})

describe('two deckies', () => {
  it('share nothing that a scanner reads, and one stays itself', async () => {
    const guid = async (seed: string) => {
      const {message} = (await client({...WINDOWS, seed})).negotiate()
      return message.subarray(72, 88).toString('hex')
    }
    expect(await guid('11'.repeat(32))).toBe(await guid('11'.repeat(32)))
    expect(await guid('11'.repeat(32))).not.toBe(await guid('22'.repeat(32)))
  })

  it('hold different bait', async () => {
    const content = async (seed: string) => {
      const inside = await insider({seed})
      return inside
        .ask(COMMAND.READ, readBody(fileIdOf(inside.create('Accounts and passwords.txt'))))
        .message.toString('utf8', 80)
    }
    expect(await content('11'.repeat(32))).not.toBe(await content('22'.repeat(32)))
  })

  it('keep the internal name to themselves', async () => {
    const inside = await insider()
    expect(Buffer.concat(inside.sent).toString('latin1')).not.toContain('decky')
  })
})
