import fc from 'fast-check'
import {describe, expect, it} from 'vitest'

import {type ClientHello, parseClientHello} from '../../../src/decoy/tls/client-hello.ts'
import {highestVersion, ja3, ja3String, ja4} from '../../../src/decoy/tls/fingerprint.ts'
import {type Opening, OpeningReader} from '../../../src/decoy/tls/opening.ts'

const u16 = (value: number): Buffer => Buffer.from([value >> 8, value & 0xff])
const v8 = (...parts: Buffer[]): Buffer => Buffer.concat([Buffer.from([Buffer.concat(parts).length]), ...parts])
const v16 = (...parts: Buffer[]): Buffer => Buffer.concat([u16(Buffer.concat(parts).length), ...parts])
const extension = (type: number, data: Buffer): Buffer => Buffer.concat([u16(type), v16(data)])

/** Browser-like: GREASE in every list, two protocols, two versions. */
const BODY = Buffer.concat([
  u16(0x0303),
  Buffer.alloc(32, 9),
  v8(Buffer.alloc(32, 1)),
  v16(u16(0x1a1a), u16(0x1301), u16(0xc02f)),
  v8(Buffer.from([0])),
  v16(
    extension(0x2a2a, Buffer.alloc(0)),
    extension(0, v16(Buffer.concat([Buffer.from([0]), v16(Buffer.from('intranet.example'))]))),
    extension(10, v16(u16(0x3a3a), u16(29), u16(23))),
    extension(11, v8(Buffer.from([0]))),
    extension(13, v16(u16(0x0403), u16(0x0804))),
    extension(16, v16(v8(Buffer.from('h2')), v8(Buffer.from('http/1.1')))),
    extension(43, v8(u16(0x4a4a), u16(0x0304), u16(0x0303))),
  ),
])

function records(body: Buffer, size = 16_384): Buffer {
  const message = Buffer.concat([Buffer.from([1, 0]), u16(body.length), body])
  const parts: Buffer[] = []
  for (let offset = 0; offset < message.length; offset += size) {
    parts.push(Buffer.concat([Buffer.from([22, 3, 1]), v16(message.subarray(offset, offset + size))]))
  }
  return Buffer.concat(parts)
}

function read(bytes: Buffer, step: number): Opening | null {
  const reader = new OpeningReader()
  for (let offset = 0; offset < bytes.length; offset += step) {
    const opening = reader.add(bytes.subarray(offset, offset + step))
    if (opening !== null) return opening
  }
  return null
}

describe('a ClientHello', () => {
  it('is read', () => {
    const hello = parseClientHello(BODY)
    expect(hello).toMatchObject({
      legacyVersion: 0x0303,
      ciphers: [0x1a1a, 0x1301, 0xc02f],
      extensions: [0x2a2a, 0, 10, 11, 13, 16, 43],
      versions: [0x4a4a, 0x0304, 0x0303],
      groups: [0x3a3a, 29, 23],
      pointFormats: [0],
      signatureAlgorithms: [0x0403, 0x0804],
    })
    expect(hello?.serverName?.toString()).toBe('intranet.example')
    expect(hello?.alpn.map(String)).toEqual(['h2', 'http/1.1'])
  })

  it('is whole or null at every length', () => {
    for (let length = 0; length < BODY.length; length++) {
      const cut = parseClientHello(BODY.subarray(0, length))
      // Without extensions it is whole as well (RFC 5246).
      if (cut !== null) expect(cut.extensions).toEqual([])
    }
  })

  it('that names an extension twice is none', () => {
    const twice = Buffer.concat([
      BODY.subarray(0, 2 + 32 + 33 + 8 + 2),
      v16(extension(11, v8(Buffer.from([0]))), extension(11, v8(Buffer.from([0])))),
    ])
    expect(parseClientHello(twice)).toBeNull()
  })

  it('of any bytes never throws', () => {
    fc.assert(
      fc.property(fc.uint8Array({maxLength: 300}), (bytes) => {
        parseClientHello(Buffer.from(bytes))
      }),
      {numRuns: 2000},
    )
  })

  it('with any byte changed never throws', () => {
    fc.assert(
      fc.property(fc.nat(BODY.length - 1), fc.nat(255), (index, value) => {
        const changed = Buffer.from(BODY)
        changed.writeUInt8(value, index)
        const hello = parseClientHello(changed)
        if (hello !== null) expect(ja4(hello)).toMatch(/^t..[di]\d{4}.._[0-9a-f]{12}_[0-9a-f]{12}$/s)
      }),
      {numRuns: 2000},
    )
  })
})

describe('the opening of a connection', () => {
  it('is the same however it is cut, in segments and in records', () => {
    const whole = read(records(BODY), 100_000)
    expect(whole).toMatchObject({kind: 'tls', hello: {legacyVersion: 0x0303}})
    for (const size of [1, 3, 5, 64, 10_000]) {
      for (const step of [1, 7, 100_000]) {
        const opening = read(records(BODY, size), step)
        expect(opening?.hello).toEqual(whole?.hello)
      }
    }
  })

  it.each([
    ['GET / HTTP/1.0\r\n', 'http'],
    ['OPTIONS * HTTP/1.1\r\n', 'http'],
    ['SSH-2.0-x\r\n', 'garbage'],
    ['\x80\x2e\x01\x00\x02\x00', 'sslv2'],
    ['\x16\x03\x01\x00\x00\x00', 'tls'],
  ])('%j is %s', (text, kind) => {
    expect(read(Buffer.from(text, 'latin1'), 100)).toMatchObject({kind, hello: null})
  })

  it('waits for a fifth byte, and no longer than a large ClientHello', () => {
    const reader = new OpeningReader()
    expect(reader.add(Buffer.from('GET '))).toBeNull()
    expect(reader.bytes.toString()).toBe('GET ')
    const huge = records(Buffer.alloc(60_000))
    expect(read(huge, 1000)?.bytes.length).toBeLessThan(18_000)
  })
})

describe('fingerprints', () => {
  const hello = parseClientHello(BODY) as ClientHello

  it('leave GREASE out', () => {
    expect(ja3String(hello)).toBe('771,4865-49199,0-10-11-13-16-43,29-23,0')
    expect(ja3(hello)).toMatch(/^[0-9a-f]{32}$/)
    expect(highestVersion(hello)).toBe(0x0304)
    expect(ja4(hello)).toMatch(/^t13d0206h2_/)
  })

  it('JA4 is that of the published example of Chrome', () => {
    const list = (text: string): number[] => text.split(',').map((value) => Number.parseInt(value, 16))
    const chrome: ClientHello = {
      legacyVersion: 0x0303,
      versions: list('0304,0303'),
      ciphers: list('1301,1302,1303,c02b,c02f,c02c,c030,cca9,cca8,c013,c014,009c,009d,002f,0035'),
      extensions: list('001b,0000,0033,0010,4469,0017,002d,000d,0005,0023,0012,002b,ff01,000b,000a,0015'),
      signatureAlgorithms: list('0403,0804,0401,0503,0805,0501,0806,0601'),
      groups: [],
      pointFormats: [],
      alpn: [Buffer.from('h2'), Buffer.from('http/1.1')],
      serverName: Buffer.from('example.com'),
    }
    expect(ja4(chrome)).toBe('t13d1516h2_8daaf6152771_e5627efa2ab1')
  })

  it('JA4 of a hello without anything has zeroes', () => {
    const empty: ClientHello = {
      ...hello,
      versions: [],
      legacyVersion: 0x0301,
      ciphers: [],
      extensions: [],
      signatureAlgorithms: [],
      alpn: [Buffer.from([0xab])],
    }
    expect(ja4(empty)).toBe('t10i0000ab_000000000000_000000000000')
  })
})
