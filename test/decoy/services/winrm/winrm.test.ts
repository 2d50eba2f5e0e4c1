import {describe, expect, it} from 'vitest'
import {parseAuthenticate} from '../../../../src/decoy/codecs/ntlm/authenticate.ts'
import {parseChallenge} from '../../../../src/decoy/codecs/ntlm/challenge.ts'
import {MessageSecurity} from '../../../../src/decoy/codecs/ntlm/message-security.ts'
import {verifyResponse} from '../../../../src/decoy/codecs/ntlm/responses.ts'
import {decryptBody, ENCRYPTED_TYPE, encryptBody} from '../../../../src/decoy/services/winrm/encryption.ts'
import {SOAP_TYPE} from '../../../../src/decoy/services/winrm/soap.ts'
import {fakeRandom, negotiateMessage, WINDOWS_CLIENT_FLAGS, windowsAnswer} from '../../codecs/ntlm/client.ts'
import {header, NOW, post, soap, type Talk, talk, winrmService} from './support.ts'

const DATE = new Date(NOW).toUTCString()
const text = (bytes: Buffer): string => bytes.toString('latin1')
const IDENTIFY = '<wsmid:Identify/>'

/** NTLM over two requests; what the client then seals and unseals with. */
function logOn(client: Talk, password = 'Winter-2024') {
  const negotiate = negotiateMessage(WINDOWS_CLIENT_FLAGS)
  const first = client.send(post([`Authorization: Negotiate ${negotiate.toString('base64')}`]))
  const challenge = Buffer.from(header(first, 'WWW-Authenticate')?.split(' ')[1] ?? '', 'base64')
  const identity = {user: 'alice', domain: 'CORP', workstation: 'PC7', password}
  const random = {clientChallenge: fakeRandom('challenge', 8), sessionKey: fakeRandom('session', 16)}
  const {authenticate, exported} = windowsAnswer(identity, negotiate, challenge, random)
  const answer = client.send(post([`Authorization: Negotiate ${authenticate.toString('base64')}`]))
  const security = (direction: 'client-to-server' | 'server-to-client') =>
    new MessageSecurity(WINDOWS_CLIENT_FLAGS, exported, direction)
  const session = {outgoing: security('client-to-server'), incoming: security('server-to-client')}
  return {first, answer, challenge, authenticate, session}
}

const bodyOf = (answer: Buffer): Buffer => answer.subarray(answer.indexOf('\r\n\r\n') + 4)

describe('without credentials', () => {
  it('is nothing but an HTTP listener', async () => {
    const answer = text(talk(await winrmService()).send(Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n')))
    expect(answer).toMatch(
      /^HTTP\/1\.1 404 Not Found\r\nContent-Type: text\/html; charset=us-ascii\r\nServer: Microsoft-HTTPAPI\/2\.0\r\n/,
    )
    expect(answer).toContain('Content-Length: 315\r\n')
  })

  it('takes only POST', async () => {
    const answer = text(talk(await winrmService()).send(Buffer.from('GET /wsman HTTP/1.1\r\nHost: x\r\n\r\n')))
    const head = `HTTP/1.1 405 \r\nAllow: POST\r\nServer: Microsoft-HTTPAPI/2.0\r\nDate: ${DATE}\r\n`
    expect(answer).toBe(`${head}Connection: close\r\nContent-Length: 0\r\n\r\n`)
  })

  it.each([
    [5985, {}, ['Negotiate', 'Kerberos']],
    [5986, {}, ['Negotiate', 'Kerberos', 'Basic realm="WSMAN"']],
    [5985, {basic: true}, ['Negotiate', 'Kerberos', 'Basic realm="WSMAN"']],
    [5986, {basic: false}, ['Negotiate', 'Kerberos']],
  ])('asks on %i with %j for %j', async (port, options, schemes) => {
    const answer = text(talk(await winrmService(options), port).send(post([])))
    const offers = schemes.map((scheme) => `WWW-Authenticate: ${scheme}\r\n`).join('')
    const head = `HTTP/1.1 401 \r\nServer: Microsoft-HTTPAPI/2.0\r\n${offers}Date: ${DATE}\r\n`
    expect(answer).toBe(`${head}Connection: close\r\nContent-Length: 0\r\n\r\n`)
  })

  it('names its vendor to who identifies, but not the system', async () => {
    const answer = text(talk(await winrmService()).send(post(['WSMANIDENTIFY: unauthenticated'], IDENTIFY)))
    expect(answer).toMatch(/^HTTP\/1\.1 200 \r\nContent-Type: application\/soap\+xml;charset=UTF-8\r\n/)
    expect(answer).toContain('<wsmid:ProductVersion>OS: 0.0.0 SP: 0.0 Stack: 3.0</wsmid:ProductVersion>')
  })

  it('has TLS on the port of its option', async () => {
    const service = await winrmService({tls_port: 443})
    expect(['tls' in (service.tcp?.(443) ?? {}), 'tls' in (service.tcp?.(5986) ?? {})]).toEqual([true, false])
  })
})

describe('NTLM', () => {
  it('captures a response that cracks', async () => {
    const client = talk(await winrmService())
    const {first, answer, challenge, authenticate} = logOn(client, 'guess')
    expect(text(first)).toMatch(/^HTTP\/1\.1 401 \r\n/)
    expect(header(first, 'Connection')).toBeUndefined()
    expect(text(answer)).toMatch(/^HTTP\/1\.1 401 /)
    const {serverChallenge, flags} = parseChallenge(challenge)
    expect(verifyResponse(parseAuthenticate(authenticate, flags), serverChallenge, 'guess')).not.toBeNull()
    const attempts = client.events.filter(({event}) => event === 'auth.attempt')
    expect(attempts.map(({credential}) => credential)).toMatchObject([
      {principal: 'alice', domain: 'CORP', method: 'ntlmv2', outcome: 'failure', hash: {hashcatMode: 5600}},
    ])
    expect(attempts[0]?.credential?.hash?.line).toContain(serverChallenge.toString('hex'))
  })

  it('records what is broken, and asks again', async () => {
    const client = talk(await winrmService())
    expect(text(client.send(post(['Authorization: Negotiate AAAA'])))).toMatch(/^HTTP\/1\.1 401 /)
    expect(client.events.map(({event}) => event)).toContain('malformed')
  })
})

describe('a honey user', () => {
  const sealed = (session: ReturnType<typeof logOn>['session'], xml: string) =>
    post([`Content-Type: ${ENCRYPTED_TYPE}`], encryptBody(Buffer.from(xml), SOAP_TYPE, session))

  it('runs commands, which are recorded and refused', async () => {
    const client = talk(await winrmService())
    const {answer, session} = logOn(client)
    expect(text(answer)).toMatch(/^HTTP\/1\.1 200 \r\n/)
    const unseal = (bytes: Buffer) => decryptBody(bodyOf(bytes), session).toString()
    const created = unseal(client.send(sealed(session, soap('Create'))))
    expect(created).toContain('<rsp:Owner>CORP\\alice</rsp:Owner><rsp:ClientIP>192.168.1.77</rsp:ClientIP>')
    const command =
      '<rsp:CommandLine><rsp:Command>whoami</rsp:Command><rsp:Arguments>/all &amp; dir</rsp:Arguments></rsp:CommandLine>'
    const refused = client.send(sealed(session, soap('Command', command)))
    expect(text(refused)).toMatch(/^HTTP\/1\.1 500 \r\n/)
    expect(unseal(refused)).toContain('w:QuotaLimit')
    expect(client.events.find(({event}) => event === 'command')?.data).toMatchObject({
      command: {text: 'whoami /all & dir'},
    })
  })

  it('is denied PowerShell, and whatever else', async () => {
    const client = talk(await winrmService())
    const {session} = logOn(client)
    const resource = 'http://schemas.microsoft.com/powershell/Microsoft.PowerShell'
    const answer = client.send(sealed(session, soap('Create', '<creationXml xmlns="z">AAAA</creationXml>', resource)))
    const fault = decryptBody(bodyOf(answer), session).toString()
    expect(fault).toContain('Code="5" Machine="BER-APP01.corp.example"')
    expect(fault).toContain('<a:RelatesTo>uuid:1234</a:RelatesTo>')
    expect(client.events.at(-1)?.data).toMatchObject({operation: 'Create', resource, payload: {text: 'AAAA'}})
  })

  it('learns the system when identifying', async () => {
    const client = talk(await winrmService())
    const {session} = logOn(client)
    const answer = decryptBody(bodyOf(client.send(sealed(session, IDENTIFY))), session).toString()
    expect(answer).toContain('OS: 10.0.20348 SP: 0.0 Stack: 3.0')
  })

  it('may not speak in clear over HTTP', async () => {
    const client = talk(await winrmService())
    logOn(client)
    expect(text(client.send(post([], soap('Create'))))).toMatch(/^HTTP\/1\.1 500 \r\n/)
    expect(client.closed()).toBe(true)
  })

  it('is cut off where the seal is wrong', async () => {
    const client = talk(await winrmService())
    const {session} = logOn(client)
    const request = sealed(session, soap('Create'))
    request.writeUInt8((request.at(-30) ?? 0) ^ 1, request.length - 30)
    expect(text(client.send(request))).toMatch(/^HTTP\/1\.1 400 \r\n/)
    expect(client.events.at(-1)?.event).toBe('malformed')
  })

  it('may use Basic over HTTPS, where the password is in the header', async () => {
    const client = talk(await winrmService(), 5986)
    const basic = (login: string) => `Authorization: Basic ${Buffer.from(login).toString('base64')}`
    const command = '<Command>ipconfig</Command>'
    const answer = client.send(post([basic('CORP\\alice:Winter-2024')], soap('Command', command)))
    expect(text(answer)).toContain('w:InvalidSelectors')
    expect(text(client.send(post([basic('alice:no')], IDENTIFY)))).toMatch(/^HTTP\/1\.1 401 /)
    const credentials = client.events.flatMap(({credential}) => credential ?? [])
    expect(credentials.map(({secret, outcome}) => [secret?.text, outcome])).toEqual([
      ['Winter-2024', 'success'],
      ['no', 'failure'],
    ])
  })
})

describe('two deckies', () => {
  it('differ in what a challenge says of them', async () => {
    const challenges = await Promise.all(
      [{}, {hostname: 'BER-APP02', seed: '55'.repeat(32)}].map(async (facts) => {
        const {challenge} = logOn(talk(await winrmService({}, facts)))
        return parseChallenge(challenge).targetInfo.get(3)?.toString('utf16le')
      }),
    )
    expect(challenges).toEqual(['BER-APP01.corp.example', 'BER-APP02.corp.example'])
  })
})
