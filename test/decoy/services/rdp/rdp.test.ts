import {describe, expect, it} from 'vitest'
import {parseAuthenticate} from '../../../../src/decoy/codecs/ntlm/authenticate.ts'
import {parseChallenge} from '../../../../src/decoy/codecs/ntlm/challenge.ts'
import {verifyResponse} from '../../../../src/decoy/codecs/ntlm/responses.ts'
import {buildTsRequest, parseTsRequest} from '../../../../src/decoy/services/rdp/credssp/ts-request.ts'
import {parseConnectionRequest} from '../../../../src/decoy/services/rdp/wire/x224.ts'
import {
  certificateOf,
  connectInitial,
  connectionRequest,
  type Login,
  logOn,
  passwordCredentials,
  rdpService,
  talk,
  wholeLogon,
  withoutTls,
} from './support.ts'

/** What nmap 7.93 matches as "Microsoft Terminal Services": 19 octets. */
const HYBRID = '030000130ed00000123400021f080002000000'
const REQUIRED = '030000130ed00000123400030008000500'.padEnd(38, '0')

describe('the negotiation', () => {
  it.each([
    ['TLS and CredSSP', 3, HYBRID],
    ['CredSSP with early authorization', 11, '030000130ed00000123400021f080008000000'],
    ['RDSTLS', 4, '030000130ed00000123400021f080004000000'],
  ])('selects the best for %s', async (_, protocols, answer) => {
    const client = talk(await rdpService())
    expect(client.send(connectionRequest(protocols)).toString('hex')).toBe(answer)
    expect(client.closed()).toBe(false)
  })

  it.each([
    ['TLS alone', 1],
    ['RDP alone', 0],
  ])('refuses %s: network level authentication is required', async (_, protocols) => {
    const client = talk(await rdpService())
    expect(client.send(connectionRequest(protocols)).toString('hex')).toBe(REQUIRED)
    expect(client.closed()).toBe(true)
    expect(client.events[0]?.data).toMatchObject({cookie: 'alice', selected: null})
  })

  it('resets clients that negotiate nothing', async () => {
    const client = talk(await rdpService())
    expect(client.send(connectionRequest(null))).toHaveLength(0)
    expect(client.closed()).toBe(true)
  })

  it('records a routing token, and the correlation of a request', async () => {
    const client = talk(await rdpService())
    client.send(connectionRequest(3, 'Cookie: msts=3640205228.15629.0000\r\n'))
    expect(client.events[0]?.data).toMatchObject({
      cookie: null,
      routingToken: 'Cookie: msts=3640205228.15629.0000',
      protocols: ['rdp', 'ssl', 'hybrid'],
      selected: 'hybrid',
    })
    const negotiation = Buffer.from(`0108080003000000${'0600240011'.padEnd(72, '1')}`, 'hex')
    const request = parseConnectionRequest(Buffer.concat([Buffer.from([50, 0xe0, 0, 0, 0, 0, 0]), negotiation]))
    expect(request.correlationId?.toString('hex')).toBe('1'.repeat(32))
  })

  it.each([
    ['HTTP', Buffer.from('GET / HTTP/1.0\r\n\r\n')],
    ['a TPKT packet that is too long', Buffer.from('0300ffff0ee000000000000100080003000000', 'hex')],
    ['another X.224 length', Buffer.from('030000130fe000000000000100080003000000', 'hex')],
    ['another X.224 PDU', Buffer.from('030000130ed000000000000100080003000000', 'hex')],
  ])('resets %s and records it', async (_, bytes) => {
    const client = talk(await rdpService())
    expect(client.send(bytes)).toHaveLength(0)
    expect(client.closed()).toBe(true)
    expect(client.events.map(({event}) => event)).toEqual(['malformed'])
  })
})

/** Negotiates, and logs on. */
async function attempt(login: Login, protocols = 3) {
  const client = talk(withoutTls(await rdpService()))
  client.send(connectionRequest(protocols))
  return {client, ...logOn(client, certificateOf(), login)}
}

describe('CredSSP', () => {
  it.each([6, 3])('says STATUS_LOGON_FAILURE to version %i, and captures the response', async (version) => {
    const {client, answer, challenge, authenticate} = await attempt({password: 'guess', version})
    expect(parseTsRequest(answer)).toEqual({version: 6, errorCode: 0xc000_006d})
    expect(client.closed()).toBe(true)
    const {credential, data} = client.events.at(-1) ?? {}
    expect(credential).toMatchObject({principal: 'alice', domain: 'CORP', method: 'ntlmv2', outcome: 'failure'})
    expect(data).toMatchObject({credssp: version, clientVersion: '10.0.19045'})
    const {serverChallenge, flags} = parseChallenge(challenge)
    const message = parseAuthenticate(authenticate, flags)
    expect(verifyResponse(message, serverChallenge, 'guess')).not.toBeNull()
    expect(credential?.hash?.hashcatMode).toBe(5600)
    if (message.response.kind !== 'ntlmv2') throw new TypeError('not version 2')
    const {proof, blob} = message.response
    const parts = [serverChallenge, proof, blob].map((part) => part.toString('hex'))
    expect(credential?.hash?.line).toBe(`alice::CORP:${parts.join(':')}`)
  })

  it.each([2, 5])('closes without a status with version %i', async (version) => {
    const {client, answer} = await attempt({password: 'guess', version})
    expect(answer).toHaveLength(0)
    expect(client.closed()).toBe(true)
  })

  it.each([2, 4, 5, 6])('proves in version %i that it has the same key', async (version) => {
    const {answer, incoming, binding} = await attempt({version})
    const {pubKeyAuth = Buffer.alloc(0)} = parseTsRequest(answer)
    expect(incoming.unseal(pubKeyAuth)).toEqual(binding.answer)
    if (version < 5) expect(binding.answer.subarray(1)).toEqual(binding.expected.subarray(1))
    else expect(binding.answer).toHaveLength(32)
  })

  it('refuses another key, and records that somebody is in the middle', async () => {
    const {client, answer} = await attempt({otherKey: true})
    expect(parseTsRequest(answer).errorCode).toBe(0x8009_030f)
    expect(client.events.at(-1)).toMatchObject({event: 'probe', data: {what: 'credssp-other-key'}})
  })

  it('takes names without case', async () => {
    const {client} = await attempt({user: 'ALICE'})
    expect(client.closed()).toBe(false)
  })

  it('describes the persona in its challenge', async () => {
    const {challenge} = await attempt({})
    const {targetName, version, targetInfo} = parseChallenge(challenge)
    expect([targetName, version.build]).toEqual(['CORP', 17_763])
    expect(targetInfo.get(3)?.toString('utf16le')).toBe('BER-TS01.corp.example')
  })

  it('closes on what is no TSRequest', async () => {
    const client = talk(withoutTls(await rdpService()))
    client.send(connectionRequest(3))
    client.send(Buffer.from('GET / HTTP/1.0\r\n\r\n'))
    expect(client.closed()).toBe(true)
    expect(client.events.at(-1)).toMatchObject({event: 'malformed', data: {stage: 'credssp'}})
  })

  it('refuses a client that has only Kerberos', async () => {
    const client = talk(withoutTls(await rdpService()))
    client.send(connectionRequest(3))
    // A GSS-API token of Kerberos, without SPNEGO.
    const ticket = Buffer.from('600d06092a864886f71201020201 00'.replace(' ', ''), 'hex')
    const answer = client.send(buildTsRequest({version: 6, token: ticket}))
    expect(parseTsRequest(answer).errorCode).toBe(0xc000_006d)
    expect(client.events.at(-1)?.credential).toMatchObject({method: 'kerberos', outcome: 'failure'})
  })
})

describe('TLS from the first byte', () => {
  it('leads to CredSSP, and then to the negotiation', async () => {
    const client = talk(withoutTls(await rdpService()))
    // The wrapper takes TLS away: what follows its first octet is already clear.
    client.send(Buffer.from([0x16]))
    expect(client.events).toEqual([])
    const {outgoing} = logOn(client, certificateOf())
    const authInfo = outgoing.seal(passwordCredentials('CORP', 'alice', 'Winter-2024'))
    client.send(buildTsRequest({version: 6, authInfo}))
    expect(client.send(connectionRequest(3)).toString('hex')).toBe(HYBRID)
    expect(client.send(connectInitial())).not.toHaveLength(0)
    expect(client.closed()).toBe(false)
  })
})

describe('a honey user', () => {
  it('gives the password away, and is told why the session ends', async () => {
    const client = await wholeLogon()
    const credentials = client.events.flatMap(({credential}) => credential ?? [])
    expect(credentials.map(({method, outcome}) => [method, outcome])).toEqual([
      ['ntlmv2', 'success'],
      ['password', 'success'],
    ])
    expect(credentials[1]).toMatchObject({principal: 'alice', domain: 'CORP', secret: {text: 'Winter-2024'}})
    expect(client.events.find(({data}) => data?.operation === 'conference')?.data).toMatchObject({
      clientName: 'ATTACKER-PC',
      clientBuild: 19_045,
      keyboardLayout: '0x00000407',
      desktop: '1280x800',
      channels: ['rdpdr', 'cliprdr'],
      productId: '00330-80000',
    })
    expect(client.events.find(({data}) => data?.operation === 'logon')?.data).toMatchObject({
      user: 'alice',
      clientAddress: '10.9.8.7',
    })
    // ERRINFO_LICENSE_NO_LICENSE_SERVER, and the disconnect provider ultimatum.
    expect(client.last().toString('hex')).toMatch(/2f00000001010000.*02f0802180$/)
    expect(client.closed()).toBe(true)
  })

  it('is authorized early where the client wants to know', async () => {
    const client = await wholeLogon()
    const seen = talk(withoutTls(await rdpService()))
    const replies = client.sent.map((piece) => seen.send(piece))
    expect(replies[3]?.toString('hex')).toBe('00000000')
  })

  it('is denied at a workstation, where somebody is signed in', async () => {
    const client = await wholeLogon({os: 'windows', distro: 'windows10', seed: '99'.repeat(32)})
    expect(client.last().toString('hex')).toMatch(/2f00000007000000.*02f0802180$/)
  })

  it('sends nothing that is no conference', async () => {
    const {sent} = await wholeLogon()
    const client = talk(withoutTls(await rdpService()))
    for (const piece of sent.slice(0, 4)) client.send(piece)
    const broken = Buffer.from(connectInitial())
    broken.fill(0xff, 40, 60)
    client.send(broken)
    expect(client.closed()).toBe(true)
    expect(client.events.at(-1)).toMatchObject({event: 'malformed', data: {stage: 'conference'}})
  })
})

describe('RDSTLS', () => {
  it('offers its one version and refuses who was not sent by a broker', async () => {
    const client = talk(withoutTls(await rdpService()))
    expect(client.send(connectionRequest(4)).subarray(19).toString('hex')).toBe('0100010001000100')
    const text = (value: string) => {
      const bytes = Buffer.from(`${value}\0`, 'utf16le')
      return Buffer.concat([Buffer.from([bytes.length, 0]), bytes])
    }
    const request = Buffer.concat([Buffer.from('010002000100', 'hex'), ...['g', 'bob', 'CORP', 'x'].map(text)])
    expect(client.send(request).toString('hex')).toBe('0100040001002e050000')
    expect(client.events.at(-1)?.credential).toMatchObject({principal: 'bob', domain: 'CORP', method: 'rdstls'})
  })
})

describe('two deckies', () => {
  it('share the product and nothing else', async () => {
    const one = await rdpService()
    const other = await rdpService({}, {hostname: 'BER-TS02', seed: '33'.repeat(32)})
    const identity = async (service: typeof one) => {
      const client = talk(withoutTls(service))
      client.send(connectionRequest(3))
      return parseTsRequest(client.send(buildTsRequest({version: 6, token: negotiate}))).token?.toString('utf16le')
    }
    const negotiate = Buffer.from('4e544c4d5353500001000000978208e2', 'hex')
    expect(await identity(one)).not.toBe(await identity(other))
  })
})
