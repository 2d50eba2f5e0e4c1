import {describe, expect, it} from 'vitest'
import {encodePdu, PDU, parsePdu} from '../../../../src/decoy/codecs/dcerpc/pdu.ts'
import {encodeUuid} from '../../../../src/decoy/codecs/dcerpc/uuid.ts'
import {parseAuthenticate} from '../../../../src/decoy/codecs/ntlm/authenticate.ts'
import {parseChallenge} from '../../../../src/decoy/codecs/ntlm/challenge.ts'
import {verifyResponse} from '../../../../src/decoy/codecs/ntlm/responses.ts'
import {fakeRandom, negotiateMessage, WINDOWS_CLIENT_FLAGS, windowsAnswer} from '../../codecs/ntlm/client.ts'
import {
  bind,
  EPM,
  lookup,
  MANAGEMENT,
  map,
  msrpcService,
  NDR64,
  OBJECT_EXPORTER,
  request,
  resultOf,
  SAMR,
  stubOf,
  talk,
} from './support.ts'

const ACCEPTED = 0
const REJECTED = 2
/** Result and reason of the one context of a bind ack. */
const verdict = (answer: Buffer): [number, number] => {
  const {body} = parsePdu(answer)
  return [body.readUInt16LE(body.length - 24), body.readUInt16LE(body.length - 22)]
}

async function bound(uuid = EPM, version = 3) {
  const client = talk(await msrpcService())
  expect(verdict(client.send(bind(uuid, version)))).toEqual([ACCEPTED, 0])
  return client
}

describe('the endpoint mapper', () => {
  it('lists what a domain controller has', async () => {
    const client = await bound()
    const stub = stubOf(client.send(lookup(500)))
    expect(stub.subarray(0, 20)).toEqual(Buffer.alloc(20))
    expect(stub.readUInt32LE(20)).toBeGreaterThan(30)
    expect(stub.toString('latin1')).toContain('MS NT Directory DRS Interface\0')
    expect(stub.includes(encodeUuid('e3514235-4b06-11d1-ab04-00c04fc2dcd2'))).toBe(true)
    expect(stub.toString('latin1')).toContain('\\\\BER-DC01\0')
    expect(client.events.at(-1)?.data).toMatchObject({interface: EPM, name: 'epmapper', opnum: 2, fault: null})
  })

  it('leaves the directory to controllers', async () => {
    const client = talk(await msrpcService({}, {archetype: null, os: 'windows', distro: 'windows10'}))
    client.send(bind(EPM, 3))
    expect(stubOf(client.send(lookup(500))).toString('latin1')).not.toContain('MS NT Directory')
  })

  it('goes on where a handle says, and knows its own only', async () => {
    const client = await bound()
    const all = stubOf(client.send(lookup(500))).readUInt32LE(20)
    let handle = Buffer.alloc(20)
    let seen = 0
    do {
      const stub = stubOf(client.send(lookup(7, handle)))
      seen += stub.readUInt32LE(20)
      handle = Buffer.from(stub.subarray(0, 20))
    } while (!handle.equals(Buffer.alloc(20)))
    expect(seen).toBe(all)
    expect(resultOf(client.send(lookup(7, Buffer.alloc(20, 9))))).toEqual({fault: 0x1c00_001a})
  })

  it('tells the port of an interface, or that it is not registered', async () => {
    const client = await bound()
    const found = stubOf(client.send(map(SAMR)))
    expect(found.readUInt32LE(20)).toBe(1)
    expect(found.includes(Buffer.from([7, 2, 0, 0xc2, 0x03]))).toBe(true)
    expect(found.includes(Buffer.from([9, 4, 0, 192, 168, 1, 7]))).toBe(true)
    const missing = stubOf(client.send(map('11111111-2222-3333-4444-555555555555')))
    expect([missing.readUInt32LE(20), missing.readUInt32LE(missing.length - 4)]).toEqual([0, 0x16c9_a0d6])
  })

  it.each([
    ['an operation that it has not', 77, Buffer.alloc(0), 0x1c01_0002],
    ['one that is not for everybody', 0, Buffer.alloc(0), 5],
    ['arguments that are none', 3, Buffer.alloc(3), 0x6f7],
  ])('refuses %s', async (_, operation, stub, fault) => {
    const client = await bound()
    expect(resultOf(client.send(request(operation, stub)))).toEqual({fault})
  })
})

describe('other interfaces', () => {
  it('tells names and addresses without a logon', async () => {
    const client = await bound(OBJECT_EXPORTER, 0)
    const stub = stubOf(client.send(request(5)))
    expect([stub.readUInt16LE(0), stub.readUInt16LE(2)]).toEqual([5, 7])
    expect(stub.toString('utf16le')).toContain('BER-DC01\0\u0007192.168.1.7\0')
    expect(stubOf((await bound(OBJECT_EXPORTER, 0)).send(request(3)))).toEqual(Buffer.alloc(4))
  })

  it('lists the interfaces of its own port', async () => {
    const client = await bound(MANAGEMENT, 1)
    const stub = stubOf(client.send(request(0)))
    expect(stub.includes(encodeUuid(EPM))).toBe(true)
    expect(stub.includes(encodeUuid(OBJECT_EXPORTER))).toBe(true)
    expect(stubOf(client.send(request(2))).readUInt32LE(4)).toBe(1)
  })

  it('does not have those of other ports, and records their names', async () => {
    const client = talk(await msrpcService())
    expect(verdict(client.send(bind(SAMR, 1)))).toEqual([REJECTED, 1])
    expect(client.events[0]?.data).toMatchObject({operation: 'rpc-bind', name: 'SAMR', accepted: false})
  })

  it('binds NDR64 alone, as a machine of 64 bits', async () => {
    const client = talk(await msrpcService())
    expect(verdict(client.send(bind(EPM, 3, {syntax: NDR64})))).toEqual([ACCEPTED, 0])
    expect(resultOf(client.send(lookup(1)))).toEqual({fault: 0x6f7})
  })
})

describe('NTLM', () => {
  async function logOn(password: string, level: number) {
    const client = talk(await msrpcService())
    const negotiate = negotiateMessage(WINDOWS_CLIENT_FLAGS)
    const trailer = (token: Buffer) => ({type: 10, level, contextId: 1, token})
    const ack = parsePdu(client.send(bind(OBJECT_EXPORTER, 0, {security: trailer(negotiate)})))
    const challenge = ack.security?.token ?? Buffer.alloc(0)
    const identity = {user: 'alice', domain: 'CORP', workstation: 'PC7', password}
    const random = {clientChallenge: fakeRandom('challenge', 8), sessionKey: fakeRandom('session', 16)}
    const {authenticate} = windowsAnswer(identity, negotiate, challenge, random)
    expect(client.send(encodePdu(PDU.AUTH3, 7, Buffer.alloc(4), {security: trailer(authenticate)}))).toHaveLength(0)
    return {client, challenge, authenticate, answer: resultOf(client.send(request(5)))}
  }

  it('captures a response that cracks, and refuses calls', async () => {
    const {client, challenge, authenticate, answer} = await logOn('guess', 2)
    expect(answer).toEqual({fault: 5})
    const {serverChallenge, flags} = parseChallenge(challenge)
    expect(verifyResponse(parseAuthenticate(authenticate, flags), serverChallenge, 'guess')).not.toBeNull()
    const credential = client.events.find(({event}) => event === 'auth.attempt')?.credential
    expect(credential).toMatchObject({principal: 'alice', method: 'ntlmv2', outcome: 'failure'})
    expect(credential?.hash?.hashcatMode).toBe(5600)
    expect(credential?.hash?.line).toContain(`alice::CORP:${serverChallenge.toString('hex')}:`)
  })

  it('serves honey users what it serves everybody, and no protected calls', async () => {
    expect('stub' in (await logOn('Winter-2024', 2)).answer).toBe(true)
    expect((await logOn('Winter-2024', 6)).answer).toEqual({fault: 5})
  })
})

describe('what is no RPC', () => {
  it('is refused as nmap 7.93 knows it from Windows', async () => {
    const client = talk(await msrpcService())
    // The first octets of an SMB 1 negotiation, and as much as they announce.
    const smb = Buffer.concat([Buffer.from('000000a4ff534d4272000000000801400000', 'hex'), Buffer.alloc(150)])
    const nak = '05000d03100000001800000000080140040001050000'.padEnd(48, '0')
    expect(client.send(smb).toString('hex')).toBe(nak)
    expect(client.closed()).toBe(true)
    expect(client.events.map(({event}) => event)).toEqual(['malformed'])
  })

  it.each([
    ['HTTP', Buffer.from('GET / HTTP/1.0\r\n\r\n')],
    ['a length of nothing', Buffer.from('001e00060100000100000000000007766572', 'hex')],
  ])('is closed on without a word: %s', async (_, bytes) => {
    const client = talk(await msrpcService())
    expect(client.send(bytes)).toHaveLength(0)
    expect(client.closed()).toBe(true)
  })

  it('is closed on in the middle of a session', async () => {
    const client = await bound()
    client.send(Buffer.from('GET / HTTP/1.0\r\n\r\n'))
    expect(client.closed()).toBe(true)
    expect(client.events.at(-1)?.event).toBe('malformed')
  })
})

describe('RPC over HTTP', () => {
  it('says so first, then is the same, on the port of its option', async () => {
    const client = talk(await msrpcService({http_port: 5930}), 5930)
    expect(client.greeting.toString()).toBe('ncacn_http/1.0')
    expect(verdict(client.send(bind(EPM, 3)))).toEqual([ACCEPTED, 0])
    expect(talk(await msrpcService()).greeting).toHaveLength(0)
  })
})

describe('two deckies', () => {
  it('differ in names, and in the numbers of local endpoints', async () => {
    const listed = async (facts: object) => {
      const client = talk(await msrpcService({}, facts))
      client.send(bind(EPM, 3))
      return /LRPC-[0-9a-f]+/.exec(stubOf(client.send(lookup(500))).toString('latin1'))?.[0]
    }
    expect(await listed({})).toBeDefined()
    expect(await listed({})).toBe(await listed({}))
    expect(await listed({})).not.toBe(await listed({seed: '77'.repeat(32)}))
  })
})
