import {createHash} from 'node:crypto'
import {describe, expect, it} from 'vitest'

import type {Service} from '../../../../src/decoy/service.ts'
import {ASTERISK, ask, FREEPBX, HONEY, lines, register, request, sipService} from './support.ts'

const statusOf = (text: string): string => text.split('\r\n')[0]?.slice('SIP/2.0 '.length) ?? ''
const NOW = Date.parse('2026-03-04T05:06:07.089Z')
const OPTIONS = (uri: string): Buffer => request({method: 'OPTIONS', uri})

describe('chan_sip', () => {
  it('answers OPTIONS for an extension, header by header', async () => {
    const service = await sipService({...ASTERISK, ...HONEY})
    const {text} = ask(service, OPTIONS('sip:201@192.168.1.5'))
    const expected = [
      'SIP/2.0 200 OK',
      'Via: SIP/2.0/UDP 192.168.1.77:5062;branch=z9hG4bK-1;received=192.168.1.77;rport=40000',
      'From: "x"<sip:2001@192.168.1.5>;tag=9f',
      'To: "x"<sip:2001@192.168.1.5>;tag=asXXXXXXXX',
      'Call-ID: 77@192.168.1.77',
      'CSeq: 1 OPTIONS',
      'Server: Asterisk PBX 16.28.0~dfsg-0+deb11u4',
      'Allow: INVITE, ACK, CANCEL, OPTIONS, BYE, REFER, SUBSCRIBE, NOTIFY, INFO, PUBLISH, MESSAGE',
      'Supported: replaces, timer',
      'Contact: <sip:192.168.1.5:5060>',
      'Accept: application/sdp',
      'Content-Length: 0',
      '\r\n',
    ]
    expect(text.replace(/tag=as[0-9a-f]{8}/, 'tag=asXXXXXXXX')).toBe(expected.join('\r\n'))
    expect(statusOf(ask(service, OPTIONS('sip:999@192.168.1.5')).text)).toBe('404 Not Found')
  })

  /** Of an Asterisk 16.2.1 of Debian, as its users publish it. */
  it('challenges as published traces show it', async () => {
    const service = await sipService({product: 'asterisk', version: '16.2.1~dfsg-1+deb10u1'})
    const {text} = ask(
      service,
      lines(
        'REGISTER sip:10.5.3.27 SIP/2.0',
        'Via: SIP/2.0/UDP 10.5.3.236:39184;branch=z9hG4bK7f9e1bd30a21ec0a;rport',
        'Contact: <sip:test1@10.5.3.236:39184>;expires=60',
        'Max-Forwards: 70',
        'To: <sip:test1@10.5.3.27>',
        'From: <sip:test1@10.5.3.27>;tag=e2e43fbf6c4b4988',
        'Call-ID: ffa430da06081f17',
        'CSeq: 13497 REGISTER',
        'User-Agent: ua demo v0.5.0 (x86_64/linux)',
        'Content-Length: 0',
      ),
      {peer: {ip: '10.5.3.236', port: 39_184}},
    )
    expect(text.replace(/as[0-9a-f]{8}/, 'as00ecea5f').replace(/nonce="[0-9a-f]{8}"/, 'nonce="1e0d4a3d"')).toBe(
      [
        'SIP/2.0 401 Unauthorized',
        'Via: SIP/2.0/UDP 10.5.3.236:39184;branch=z9hG4bK7f9e1bd30a21ec0a;received=10.5.3.236;rport=39184',
        'From: <sip:test1@10.5.3.27>;tag=e2e43fbf6c4b4988',
        'To: <sip:test1@10.5.3.27>;tag=as00ecea5f',
        'Call-ID: ffa430da06081f17',
        'CSeq: 13497 REGISTER',
        'Server: Asterisk PBX 16.2.1~dfsg-1+deb10u1',
        'Allow: INVITE, ACK, CANCEL, OPTIONS, BYE, REFER, SUBSCRIBE, NOTIFY, INFO, PUBLISH, MESSAGE',
        'Supported: replaces, timer',
        'WWW-Authenticate: Digest algorithm=MD5, realm="asterisk", nonce="1e0d4a3d"',
        'Content-Length: 0',
        '\r\n',
      ].join('\r\n'),
    )
  })

  it('says 403 to a wrong password, whether the extension exists or not', async () => {
    const service = await sipService({...ASTERISK, ...HONEY})
    for (const user of ['2001', '205', '999']) expect(statusOf(register(service, user, 'x').text)).toBe('403 Forbidden')
  })

  it('tells extensions apart where enumeration = yes, and is chan_sip then', async () => {
    const service = await sipService({...FREEPBX, ...HONEY, enumeration: true})
    expect(statusOf(ask(service, request({user: '205'})).text)).toBe('401 Unauthorized')
    expect(statusOf(ask(service, request({user: '999'})).text)).toBe('404 Not found')
    expect(ask(service, request({user: '205'})).text).toContain('Server: FPBX-16.0.33(18.13.0)\r\nAllow: INVITE, ACK')
  })
})

describe('chan_pjsip', () => {
  /** Of FreePBX 16.0.33, as it is published. */
  it('answers OPTIONS as published traces show it', async () => {
    const service = await sipService(FREEPBX)
    const {text} = ask(
      service,
      lines(
        'OPTIONS sip:127.0.0.1 SIP/2.0',
        'Via: SIP/2.0/UDP 127.0.0.1:56940;branch=z9hG4bK.1c882828;rport;alias',
        'From: sip:sipsak@127.0.0.1;tag=464eb44f',
        'To: sip:asterisk@127.0.0.1',
        'Call-ID: 1179563087@127.0.0.1',
        'CSeq: 1 OPTIONS',
      ),
      {peer: {ip: '127.0.0.1', port: 56_940}},
    )
    expect(text).toBe(
      [
        'SIP/2.0 200 OK',
        'Via: SIP/2.0/UDP 127.0.0.1:56940;rport=56940;received=127.0.0.1;branch=z9hG4bK.1c882828;alias',
        'Call-ID: 1179563087@127.0.0.1',
        'From: <sip:sipsak@127.0.0.1>;tag=464eb44f',
        'To: <sip:asterisk@127.0.0.1>;tag=z9hG4bK.1c882828',
        'CSeq: 1 OPTIONS',
        'Accept: application/sdp, application/dialog-info+xml, application/simple-message-summary, application/xpidf+xml, application/cpim-pidf+xml, application/pidf+xml, application/pidf+xml, application/dialog-info+xml, application/simple-message-summary, message/sipfrag;version=2.0',
        'Allow: OPTIONS, SUBSCRIBE, NOTIFY, PUBLISH, INVITE, ACK, BYE, CANCEL, UPDATE, PRACK, REGISTER, REFER, MESSAGE',
        'Supported: 100rel, timer, replaces, norefersub',
        'Accept-Encoding: text/plain',
        'Accept-Language: en',
        'Server: FPBX-16.0.33(18.13.0)',
        'Content-Length:  0',
        '\r\n',
      ].join('\r\n'),
    )
  })

  it('challenges with opaque and qop, and again after a wrong password', async () => {
    const service = await sipService({...FREEPBX, ...HONEY})
    const challenge =
      /^WWW-Authenticate: Digest {2}realm="asterisk",nonce="\d{10}\/[0-9a-f]{32}",opaque="[0-9a-f]{16}",algorithm=MD5,qop="auth"$/m
    expect(ask(service, request()).text.replaceAll('\r', '')).toMatch(challenge)
    expect(statusOf(register(service, '2001', 'wrong').text)).toBe('401 Unauthorized')
  })

  it('says that a nonce is stale once its time is over', async () => {
    const service = await sipService({...FREEPBX, ...HONEY})
    let now = NOW
    const later = {now: () => (now += 40_000)}
    const {text, events} = register(service, '2001', 'Winter-2024', later)
    expect(text).toContain(',stale=true,')
    expect(events.at(-1)?.credential?.outcome).toBe('failure')
  })
})

describe.each([
  ['asterisk', ASTERISK],
  ['freepbx', FREEPBX],
] as const)('%s', (_, product) => {
  const open = async (more = {}): Promise<Service> => sipService({...product, ...HONEY, ...more})

  it('registers honey credentials and nobody else', async () => {
    const service = await open()
    const {text, events} = register(service, '2001', 'Winter-2024')
    expect(statusOf(text)).toBe('200 OK')
    expect(text).toMatch(/Contact: <sip:2001@192\.168\.1\.77:5062>;expires=(?:600|599)\r\n/)
    expect(text).toContain('Date: Wed, 04 Mar 2026 05:06:07 GMT')
    expect(events.at(-1)).toMatchObject({event: 'auth.attempt', credential: {principal: '2001', outcome: 'success'}})
    expect(statusOf(register(service, '205', '').text)).not.toBe('200 OK')
    expect(statusOf(register(await sipService(product), '2001', 'Winter-2024').text)).not.toBe('200 OK')
  })

  it('leaves a line for hashcat 11400 that the right password computes', async () => {
    const {events} = register(await open(), '205', 'guessed')
    const {credential} = events.at(-1) ?? {}
    expect(credential?.hash?.hashcatMode).toBe(11_400)
    const fields = credential?.hash?.line.split('*') ?? []
    const [, , , user, realm, method, scheme, resource, , nonce, cnonce, nc, qop, , response] = fields
    expect([user, realm, method]).toEqual(['205', 'asterisk', 'REGISTER'])
    const md5 = (text: string): string => createHash('md5').update(text).digest('hex')
    const middle = qop === '' ? '' : `:${nc}:${cnonce}:${qop}`
    const computed = md5(
      `${md5(`${user}:${realm}:guessed`)}:${nonce}${middle}:${md5(`${method}:${scheme}:${resource}`)}`,
    )
    expect(response).toBe(computed)
  })

  it('challenges calls, and records who was to be called', async () => {
    const {text, events} = ask(await open(), request({method: 'INVITE', uri: 'sip:0049301234567@192.168.1.5'}))
    expect(statusOf(text)).toBe('401 Unauthorized')
    expect(events[0]).toMatchObject({event: 'request', data: {method: 'INVITE', dialled: '0049301234567', status: 401}})
  })

  it('takes the calls of strangers where guests = yes', async () => {
    const service = await open({guests: true})
    const call = (called: string): string =>
      ask(service, request({method: 'INVITE', user: 'anonymous', uri: `sip:${called}@192.168.1.5`})).text
    expect(call('205')).toMatch(/^SIP\/2\.0 100 Trying\r\n[\s\S]*\r\n\r\nSIP\/2\.0 480 Temporarily [uU]navailable\r\n/)
    expect(call('999')).toMatch(/^SIP\/2\.0 100 Trying\r\n[\s\S]*\r\n\r\nSIP\/2\.0 404 Not Found\r\n/)
    expect(statusOf(ask(service, request({method: 'INVITE', user: '205'})).text)).toBe('401 Unauthorized')
  })

  it('knows no call that a request might belong to', async () => {
    const service = await open()
    expect(statusOf(ask(service, request({method: 'BYE'})).text)).toMatch(/^481 /)
    expect(ask(service, request({method: 'ACK'})).text).toBe('')
  })

  it('never says more to an unproven source than it was told', async () => {
    const service = await open()
    const [unasked, long] = [request(), request({more: [`User-Agent: ${'x'.repeat(600)}`]})]
    for (const bytes of [unasked, long, OPTIONS('sip:201@192.168.1.5'), request({method: 'INVITE'})]) {
      const {replies} = ask(service, bytes, {proven: false})
      expect(replies.reduce((sum, {length}) => sum + length, 0)).toBeLessThanOrEqual(bytes.length)
    }
    expect(ask(service, long, {proven: false}).text).toContain('Server: ')
  })

  it('does not answer what it cannot read, nor answers', async () => {
    const service = await open()
    const cases = {
      'no via': request()
        .toString('latin1')
        .replace(/^Via.*\r\n/m, ''),
      'no call-id': request()
        .toString('latin1')
        .replace(/^Call-ID.*\r\n/m, ''),
      'no request': 'GET / HTTP/1.1\r\nHost: x\r\n\r\n',
      'bad content-length': request().toString('latin1').replace('Content-Length: 0', 'Content-Length: -1'),
    }
    for (const [reason, text] of Object.entries(cases)) {
      const {replies, events} = ask(service, Buffer.from(text, 'latin1'))
      expect(replies).toEqual([])
      expect(events).toMatchObject([{event: 'malformed', data: {reason}}])
    }
    const response = ask(service, lines('SIP/2.0 200 OK', 'Via: SIP/2.0/UDP x'))
    expect(response).toMatchObject({text: '', events: [{event: 'probe'}]})
  })

  it('names the tools that look for telephone systems', async () => {
    const {events} = ask(await open(), request({more: ['User-Agent: friendly-scanner']}))
    expect(events[0]).toMatchObject({data: {scanner: 'friendly-scanner'}})
  })

  it('reads compact headers and folded ones', async () => {
    const {text} = ask(
      await open(),
      lines(
        'OPTIONS sip:192.168.1.5 SIP/2.0',
        'v: SIP/2.0/UDP 192.168.1.77;branch=z9hG4bK1',
        'f: <sip:a@b>;tag=1',
        't: <sip:a@b>',
        'i: 1',
        'CSeq: 1',
        '  OPTIONS',
        'l: 0',
      ),
    )
    expect(text).toContain('CSeq: 1 OPTIONS\r\n')
  })
})

describe('the product', () => {
  it('fits the distribution and the archetype', async () => {
    const server = async (facts = {}, options = {}): Promise<string> =>
      /^Server: (.*)\r$/m.exec(ask(await sipService(options, facts), OPTIONS('sip:192.168.1.5')).text)?.[1] ?? ''
    expect(await server()).toMatch(/^Asterisk PBX 16\.28\.0~dfsg-0\+deb11u\d$/)
    expect(await server({distro: 'ubuntu22'})).toBe('Asterisk PBX 18.10.0~dfsg+~cs6.10.40431411-2')
    expect(await server({distro: 'centos7'})).toMatch(/^FPBX-\d/)
    expect(await server({archetype: 'voip-pbx'})).toMatch(/^FPBX-\d/)
    await expect(server({}, {product: 'freepbx', version: '16.0.40'})).rejects.toThrow(/names the Asterisk below it/)
    await expect(server({}, {product: 'asterisk', version: '16.0(18.1)'})).rejects.toThrow(/has no version/)
  })

  it('has a realm of the operator’s', async () => {
    const {text} = ask(await sipService({realm: 'pbx.corp.example'}), request())
    expect(text).toContain('realm="pbx.corp.example"')
  })

  it('shares no nonce, tag or set of extensions between two deckies', async () => {
    const texts = await Promise.all(
      ['11', '22'].map(async (seed) => ask(await sipService({}, {seed: seed.repeat(32)}), request()).text),
    )
    const tokens = texts.map((text) => [...text.matchAll(/(?:nonce="|tag=as)([0-9a-f]{8})/g)].map(([, token]) => token))
    expect(tokens[0]).toHaveLength(2)
    expect(tokens[0]?.filter((token) => tokens[1]?.includes(token))).toEqual([])
  })

  it('names the port that it was given', async () => {
    const {text} = ask(await sipService({...ASTERISK, port: 5080}), OPTIONS('sip:192.168.1.5'))
    expect(text).toContain('Contact: <sip:192.168.1.5:5080>')
  })
})
