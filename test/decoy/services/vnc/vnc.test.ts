import {describe, expect, it} from 'vitest'
import type {PersonaFacts} from '../../../../src/decoy/persona.ts'
import {Persona} from '../../../../src/decoy/persona.ts'
import {vncResponse} from '../../../../src/decoy/services/vnc/challenge.ts'
import {signInScreen} from '../../../../src/decoy/services/vnc/screen/desktop.ts'
import {dial, FACTS, NOW, vncService} from './support.ts'

const CHALLENGE = Buffer.alloc(16, 7)
const WRONG = Buffer.alloc(16)
const VERSION = 'RFB 003.008\n'

/** Signs in; the session is in when this returns. */
async function signedIn(options = {}, facts: Partial<PersonaFacts> = {}, limits = {}) {
  const client = dial(await vncService({product: 'x11vnc', password: 'hunter2', ...options}, facts), {limits})
  client.send(VERSION)
  client.send(Buffer.from([2]))
  client.send(vncResponse('hunter2', CHALLENGE))
  const init = client.send(Buffer.from([1]))
  return {client, init}
}

const key = (keysym: number, down = 1): Buffer => {
  const bytes = Buffer.from([4, down, 0, 0, 0, 0, 0, 0])
  bytes.writeUInt32BE(keysym, 4)
  return bytes
}
const request = (width: number, height: number, incremental = 0): Buffer => {
  const bytes = Buffer.from([3, incremental, 0, 0, 0, 0, 0, 0, 0, 0])
  bytes.writeUInt16BE(width, 6)
  bytes.writeUInt16BE(height, 8)
  return bytes
}

describe('the challenge', () => {
  // FIPS 46-3's own example under the key whose octets, mirrored, spell this password: DES(133457799bbcdff1) of
  // 0123456789abcdef is 85e813540f0ab405.
  it('is answered by DES with mirrored bits', () => {
    const key = [0x13, 0x34, 0x57, 0x79, 0x9b, 0xbc, 0xdf, 0xf1]
    const mirrored = key.map((octet) =>
      Number.parseInt(octet.toString(2).padStart(8, '0').split('').reverse().join(''), 2),
    )
    const block = Buffer.from('0123456789abcdef', 'hex')
    const response = vncResponse(Buffer.from(mirrored).toString('latin1'), Buffer.concat([block, block]))
    expect(response.toString('hex')).toBe('85e813540f0ab405'.repeat(2))
  })

  it('knows eight characters of a password', () => {
    expect(vncResponse('password-that-is-long', CHALLENGE)).toEqual(vncResponse('password', CHALLENGE))
    expect(vncResponse('password', CHALLENGE)).not.toEqual(vncResponse('Password', CHALLENGE))
  })
})

/** What x11vnc 0.9.16 of Debian 12 answered to these clients, recorded on loopback with `-rfbauth`. */
describe('as x11vnc 0.9.16', () => {
  it.each([
    ['RFB 003.008\n', '0102', `0000000100000016${Buffer.from('password check failed!').toString('hex')}`],
    ['RFB 003.007\n', '0102', '00000001'],
    ['RFB 003.889\n', '0102', `0000000100000016${Buffer.from('password check failed!').toString('hex')}`],
  ])('lists its type for %j and refuses', async (version, types, refusal) => {
    const client = dial(await vncService({product: 'x11vnc'}))
    expect(client.greeting.toString()).toBe(VERSION)
    expect(client.send(version).toString('hex')).toBe(types)
    expect(client.send(Buffer.from([2]))).toEqual(CHALLENGE)
    expect(client.send(WRONG).toString('hex')).toBe(refusal)
    expect(client.closed).toBe(true)
  })

  it.each(['RFB 003.003\n', 'RFB 003.005\n'])('names the type itself for %j', async (version) => {
    const client = dial(await vncService({product: 'x11vnc'}))
    expect(client.send(version).toString('hex')).toBe(`00000002${CHALLENGE.toString('hex')}`)
    expect(client.send(WRONG).toString('hex')).toBe('00000001')
    expect(client.closed).toBe(true)
  })

  it.each([
    ['RFB 999.999\n', 'probe'],
    ['GET / HTTP/1.0\r\n\r\n', 'malformed'],
  ])('closes on %j without a word, and records it', async (sent, event) => {
    const client = dial(await vncService({product: 'x11vnc'}))
    expect(client.send(sent)).toHaveLength(0)
    expect(client.closed).toBe(true)
    expect(client.events.map((each) => each.event)).toEqual([event])
  })

  it('closes when another type is chosen', async () => {
    const client = dial(await vncService({product: 'x11vnc'}))
    client.send(VERSION)
    expect(client.send(Buffer.from([1]))).toHaveLength(0)
    expect(client.closed).toBe(true)
    expect(client.events).toMatchObject([{event: 'probe', data: {type: 1}}])
  })
})

describe('as other servers', () => {
  it.each([
    ['realvnc', 'Authentication failure'],
    ['tightvnc', 'Authentication failed from 192.168.1.77'],
    ['ultravnc', 'authentication rejected'],
  ])('%s gives its own reason', async (product, reason) => {
    const client = dial(await vncService({product}))
    client.send(VERSION)
    client.send(Buffer.from([2]))
    const reply = client.send(WRONG)
    expect(reply.readUInt32BE()).toBe(1)
    expect(reply.subarray(8).toString()).toBe(reason)
    expect(reply.readUInt32BE(4)).toBe(reason.length)
  })

  it('offers VNC authentication inside of Tight', async () => {
    const client = dial(await vncService({product: 'tightvnc', password: 'hunter2'}))
    expect(client.send(VERSION)).toEqual(Buffer.from([2, 2, 16]))
    expect(client.send(Buffer.from([16])).toString('latin1')).toBe('\0\0\0\0\0\0\0\x01\0\0\0\x02STDVVNCAUTH_')
    expect(client.send(Buffer.from([0, 0, 0, 2]))).toEqual(CHALLENGE)
    expect(client.send(vncResponse('hunter2', CHALLENGE)).readUInt32BE()).toBe(0)
    expect(client.send(Buffer.from([1])).toString('latin1')).toMatch(/HEXTILE_$/)
  })

  it('lets UltraVNC viewers say who they are', async () => {
    const client = dial(await vncService({product: 'ultravnc'}))
    expect(client.send(VERSION)).toEqual(Buffer.from([2, 17, 2]))
    expect(client.send(Buffer.from([17])).toString('hex')).toBe('ffffffff0102')
    expect(client.send(Buffer.from([2]))).toEqual(CHALLENGE)
  })

  it('RealVNC tells other major versions what it speaks', async () => {
    const client = dial(await vncService({product: 'realvnc'}))
    expect(client.send('RFB 004.001\n').toString('latin1')).toContain(
      'Client needs protocol version 4.1, server has 3.8',
    )
  })

  it.each([
    ['linux', 'debian', ['x11vnc']],
    ['windows', 'windows11', ['tightvnc', 'ultravnc']],
    ['embedded', 'embedded', ['realvnc']],
  ] as const)('a %s machine has one that fits', async (os, distro, names) => {
    const client = dial(await vncService({}, {os, distro}))
    client.send(VERSION)
    client.send(Buffer.from([2]))
    const reason = client.send(WRONG).subarray(8).toString()
    const reasons = {
      x11vnc: 'password check failed!',
      tightvnc: 'Authentication failed from 192.168.1.77',
      ultravnc: 'authentication rejected',
      realvnc: 'Authentication failure',
    }
    expect(names.map((name) => reasons[name])).toContain(reason)
  })
})

describe('a login', () => {
  it('leaves a line that cracks to the password', async () => {
    const client = dial(await vncService({product: 'x11vnc', password: 'hunter2'}))
    client.send(VERSION)
    client.send(Buffer.from([2]))
    client.send(vncResponse('letmein', CHALLENGE))
    const [attempt] = client.events
    expect(attempt).toMatchObject({event: 'auth.attempt', credential: {method: 'vnc', outcome: 'failure'}})
    const [, challenge = '', response = ''] = attempt?.credential?.hash?.line.split('*') ?? []
    expect(attempt?.credential?.hash).toMatchObject({format: 'vnc', line: `$vnc$*${challenge}*${response}`})
    expect(vncResponse('letmein', Buffer.from(challenge, 'hex'))).toEqual(Buffer.from(response, 'hex'))
  })

  it('never succeeds without a honey password', async () => {
    const client = dial(await vncService({product: 'x11vnc'}))
    client.send(VERSION)
    client.send(Buffer.from([2]))
    expect(client.send(vncResponse('', CHALLENGE)).readUInt32BE()).toBe(1)
  })
})

describe('a source that fails', () => {
  async function tries(
    product: string,
    count: number,
    now: number,
    service = vncService({product, password: 'right'}),
  ) {
    const made = await service
    const seen: string[] = []
    for (let attempt = 0; attempt < count; attempt++) {
      const client = dial(made, {now})
      const version = client.send(VERSION)
      seen.push(Buffer.concat([client.greeting, version]).toString('latin1'))
      client.send(Buffer.from([2]))
      client.send(WRONG)
    }
    return {seen, service: Promise.resolve(made)}
  }

  it('is locked out by RealVNC at once, and let in again after ten seconds, then twenty', async () => {
    const {seen, service} = await tries('realvnc', 8, NOW)
    const locked = `RFB 003.003\n\0\0\0\0\0\0\0\x1aToo many security failures`
    // The sixth gets through, and sets the clock.
    expect(seen.map((text) => text === locked)).toEqual([...Array(6).fill(false), true, true])
    expect((await tries('realvnc', 2, NOW + 10_001, service)).seen.map((text) => text === locked)).toEqual([
      false,
      true,
    ])
    expect((await tries('realvnc', 1, NOW + 25_000, service)).seen).toEqual([locked])
  })

  it.each([
    ['tightvnc', 'Your connection has been rejected', 6],
    ['ultravnc', 'Your connection has been rejected.', 5],
  ])('is rejected by %s after the versions', async (product, text, after) => {
    const {seen} = await tries(product, after + 1, NOW)
    expect(seen.map((each) => each.endsWith(text))).toEqual([...Array(after).fill(false), true])
  })

  it('is never locked out by x11vnc', async () => {
    expect(new Set((await tries('x11vnc', 20, NOW)).seen).size).toBe(1)
  })

  it('does not lock out another', async () => {
    const {service} = await tries('realvnc', 8, NOW)
    expect(dial(await service, {now: NOW, ip: '192.168.1.78'}).greeting.toString()).toBe(VERSION)
  })
})

describe('the desktop', () => {
  it('has a size, a format and a name', async () => {
    const {init} = await signedIn()
    const picture = signInScreen(new Persona(FACTS), NOW)
    expect([init.readUInt16BE(0), init.readUInt16BE(2)]).toEqual([picture.width, picture.height])
    expect(init.toString('latin1')).toMatch(/FRONTDESK-2:0$/)
  })

  it('is sent raw, in the format that the client set', async () => {
    const {client} = await signedIn()
    const format = Buffer.from([0, 0, 0, 0, 8, 8, 0, 1, 0, 7, 0, 7, 0, 3, 0, 3, 6, 0, 0, 0])
    client.send(format)
    const update = client.send(request(16, 4))
    expect(update.subarray(0, 16).toString('hex')).toBe('00000001000000000010000400000000')
    expect(update).toHaveLength(16 + 64)
  })

  it('is sent as hextile and says the same as raw', async () => {
    const {client} = await signedIn()
    const whole = request(65_535, 65_535)
    const raw = client.send(whole)
    client.send(Buffer.from([2, 0, 0, 2, 0, 0, 0, 5, 0, 0, 0, 0]))
    const hextile = client.send(whole)
    expect(hextile.readInt32BE(12)).toBe(5)
    expect(hextile.length).toBeLessThan(raw.length / 10)
    expect(decodeHextile(hextile)).toEqual(raw.subarray(16))
  })

  it('stands still: only a whole request is answered', async () => {
    const {client} = await signedIn()
    expect(client.send(request(16, 16, 1))).toHaveLength(0)
    expect(client.send(Buffer.concat([request(16, 16), request(32, 8)])).readUInt16BE(8)).toBe(32)
  })

  it('records keys, clicks and the clipboard', async () => {
    const {client} = await signedIn()
    const text = Buffer.from('s3cret')
    for (const letter of 'adminx') client.send(Buffer.concat([key(letter.charCodeAt(0)), key(letter.charCodeAt(0), 0)]))
    client.send(key(0xff08))
    client.send(key(0xff0d))
    client.send(Buffer.from([5, 1, 0, 10, 0, 20]))
    client.send(Buffer.from([5, 1, 0, 11, 0, 20]))
    client.send(Buffer.concat([Buffer.from([6, 0, 0, 0, 0, 0, 0, 6]), text]))
    client.send(key(0x61))
    const last = client.session.end()
    expect(client.events.slice(2)).toMatchObject([
      {event: 'command', data: {line: {text: 'admin'}}},
      {event: 'request', data: {action: 'click', x: 10, y: 20}},
      {event: 'request', data: {action: 'clipboard', text: {text: 's3cret'}}},
    ])
    expect(last).toMatchObject([{event: {data: {line: {text: 'a'}}}}, {type: 'close'}])
  })

  it('skips a clipboard larger than it keeps', async () => {
    const {client} = await signedIn()
    client.send(
      Buffer.concat([Buffer.from([6, 0, 0, 0, 0, 1, 0, 0]), Buffer.alloc(0x10000, 'x'), key(0x62), key(0xff0d)]),
    )
    expect(client.events.slice(2)).toMatchObject([
      {data: {action: 'clipboard', length: 0x10000, text: {bytes: 4096}}},
      {event: 'command', data: {line: {text: 'b'}}},
    ])
  })

  it.each([[Buffer.from([99])], [Buffer.from([0, 0, 0, 0, 8, 8, 0, 0, 0, 7, 0, 7, 0, 3, 0, 3, 6, 0, 0, 0])]])(
    'gives up on %j',
    async (bytes) => {
      const {client} = await signedIn()
      client.send(bytes)
      expect(client.closed).toBe(true)
      expect(client.events.at(-1)?.event).toBe('malformed')
    },
  )

  it('gives up after so many commands', async () => {
    const {client} = await signedIn({}, {}, {commands: 3})
    for (let line = 0; line < 3; line++) client.send(key(0xff0d))
    expect(client.closed).toBe(true)
  })

  it('differs between deckies and between systems', () => {
    const other = {...FACTS, seed: '33'.repeat(32), hostname: 'LOBBY-1'}
    const pictures = [
      FACTS,
      other,
      {...FACTS, os: 'windows'},
      {...FACTS, os: 'windows_server'},
      {...FACTS, os: 'embedded'},
    ]
    const seen = pictures.map((facts) => {
      const picture = signInScreen(new Persona(facts as PersonaFacts), NOW)
      return `${picture.width} ${picture.palette.join()} ${Buffer.from(picture.cells).toString('base64')}`
    })
    expect(new Set(seen).size).toBe(pictures.length)
  })
})

/** A cursor over the body of an update. */
class Reader {
  readonly #bytes: Buffer
  #at: number

  constructor(bytes: Buffer, at: number) {
    this.#bytes = bytes
    this.#at = at
  }

  take(size: number): Buffer {
    this.#at += size
    return this.#bytes.subarray(this.#at - size, this.#at)
  }

  byte(): number {
    return this.take(1).readUInt8()
  }
}

function decodeHextile(update: Buffer): Buffer {
  const [width, height] = [update.readUInt16BE(8), update.readUInt16BE(10)]
  const out = Buffer.alloc(width * height * 4)
  const reader = new Reader(update, 16)
  for (let top = 0; top < height; top += 16) {
    for (let left = 0; left < width; left += 16) {
      const fill = (x: number, y: number, w: number, h: number, pixel: () => Buffer): void => {
        for (let row = y; row < y + h; row++) {
          for (let column = x; column < x + w; column++) pixel().copy(out, ((top + row) * width + left + column) * 4)
        }
      }
      decodeTile(reader, Math.min(16, width - left), Math.min(16, height - top), fill)
    }
  }
  return out
}

type Fill = (x: number, y: number, width: number, height: number, pixel: () => Buffer) => void

/** Tiles of this server always name their colours. */
function decodeTile(reader: Reader, width: number, height: number, fill: Fill): void {
  const flags = reader.byte()
  if ((flags & 1) !== 0) {
    fill(0, 0, width, height, () => reader.take(4))
    return
  }
  const background = reader.take(4)
  fill(0, 0, width, height, () => background)
  if ((flags & 8) === 0) return
  const foreground = reader.take(4)
  for (let left = reader.byte(); left > 0; left--) {
    const [place, size] = [reader.byte(), reader.byte()]
    fill(place >> 4, place & 15, (size >> 4) + 1, (size & 15) + 1, () => foreground)
  }
}
