import {describe, expect, it} from 'vitest'
import {DEFAULT_LIMITS} from '../../../../src/decoy/limits.ts'
import {Authenticator, type AuthPolicy, type AuthStep} from '../../../../src/decoy/services/ssh/authenticator.ts'
import {byte, string, uint32, WireError} from '../../../../src/decoy/services/ssh/wire.ts'
import type {ServiceEvent} from '../../../../src/events/event.ts'

const POLICY: AuthPolicy = {
  methods: ['publickey', 'password'],
  users: new Map([['root', Buffer.from('toor')]]),
  banner: null,
  timingSecret: Buffer.alloc(8, 1),
}

function login(policy: Partial<AuthPolicy> = {}) {
  const events: ServiceEvent[] = []
  const connection = {
    peer: {ip: '10.0.0.2', port: 4000},
    local: {ip: '10.0.0.1', port: 22},
    limits: DEFAULT_LIMITS,
    now: () => 0,
    random: (size: number) => Buffer.alloc(size, 0x80),
  }
  const authenticator = new Authenticator({...POLICY, ...policy}, connection, (event) => events.push(event))
  return {events, handle: (payload: Buffer): AuthStep[] => authenticator.handle(payload)}
}

function request(user: Buffer | string, method: string, rest: Buffer = Buffer.alloc(0)): Buffer {
  return Buffer.concat([byte(50), string(user), string('ssh-connection'), string(method), rest])
}

const password = (user: Buffer | string, secret: Buffer | string): Buffer =>
  request(user, 'password', Buffer.concat([byte(0), string(secret)]))

const types = (steps: readonly AuthStep[]): string[] => steps.map(({type}) => type)

describe('Authenticator', () => {
  it('accepts only the honey credential', () => {
    expect(login().handle(password('root', 'toor'))).toMatchObject([{type: 'accept', user: 'root'}])
    for (const [user, secret] of [
      ['root', 'toor '],
      ['root', ''],
      ['admin', 'toor'],
      ['Root', 'toor'],
    ] as const) {
      expect(types(login().handle(password(user, secret)))).toEqual(['send'])
    }
  })

  it('accepts nothing where the fleet file lists nothing', () => {
    expect(types(login({users: new Map()}).handle(password('root', 'toor')))).toEqual(['send'])
  })

  it('takes as long for an unknown user as for a known one', () => {
    const [known] = login().handle(password('root', 'x'))
    const [unknown] = login().handle(password('nobody-here', 'x'))
    for (const step of [known, unknown]) {
      expect(step?.afterMs).toBeGreaterThan(1000)
      expect(step?.afterMs).toBeLessThan(6000)
    }
  })

  it('delays a user by one floor times powers of two, and no other by the same', () => {
    const floor = (user: string): number => {
      const [step] = login().handle(request(user, 'none'))
      return step?.afterMs ?? 0
    }
    for (const user of ['root', 'admin', 'nobody-here']) {
      expect(floor(user)).toBeGreaterThanOrEqual(5)
      expect(floor(user)).toBeLessThan(9.3)
      const [step] = login().handle(password(user, 'x'))
      const doublings = Math.log2((step?.afterMs ?? 0) / floor(user))
      expect(doublings).toBeCloseTo(Math.round(doublings), 6)
    }
    expect(floor('root')).not.toBe(floor('admin'))
  })

  it('answers an empty password and a change of it at once', () => {
    const {handle} = login()
    expect(handle(password('root', ''))[0]?.afterMs).toBeLessThan(10)
    const change = request('root', 'password', Buffer.concat([byte(1), string('toor'), string('new')]))
    const [step] = handle(change)
    expect(step).toMatchObject({type: 'send'})
    expect(step?.afterMs).toBeLessThan(10)
  })

  it('hangs up after six failures, of which a first "none" is none', () => {
    const {handle} = login()
    expect(types(handle(request('root', 'none')))).toEqual(['send'])
    for (let attempt = 1; attempt < 6; attempt++)
      expect(types(handle(password('root', String(attempt))))).toEqual(['send'])
    expect(handle(password('root', '6'))).toMatchObject([
      {type: 'disconnect', text: 'Too many authentication failures'},
    ])
  })

  it('hangs up when the user changes', () => {
    const {handle, events} = login()
    handle(password('root', 'x'))
    expect(handle(password('admin', 'y'))).toMatchObject([
      {
        type: 'disconnect',
        text: 'Change of username or service not allowed: (root,ssh-connection) -> (admin,ssh-connection)',
      },
    ])
    expect(events).toHaveLength(2)
  })

  it('keeps the very bytes of names and passwords', () => {
    const {handle, events} = login()
    handle(password(Buffer.from([0xff, 0x41, 0x0a]), Buffer.from([0xc3, 0x28, 0])))
    expect(events[0]?.credential).toMatchObject({
      principal: '\\xffA\\x0a',
      secret: {base64: 'wygA', text: '\\xc3(\\x00'},
    })
  })

  it('bounds what it keeps of a password of 200 kB', () => {
    const {handle, events} = login()
    handle(password('root', 'x'.repeat(200_000)))
    expect(events[0]?.credential?.secret).toMatchObject({bytes: 200_000, truncated: true})
  })

  it('records a key by its fingerprint, also one bound to the host key', () => {
    const {handle, events} = login()
    const key = Buffer.concat([byte(0), string('ssh-ed25519'), string('blob')])
    handle(request('root', 'publickey', key))
    handle(request('root', 'publickey-hostbound-v00@openssh.com', Buffer.concat([key, string('host key')])))
    expect(events.map(({credential}) => credential)).toMatchObject([
      {method: 'publickey', fingerprint: expect.stringMatching(/^SHA256:[A-Za-z0-9+/]{43}$/)},
      {method: 'publickey', fingerprint: events[0]?.credential?.fingerprint},
    ])
  })

  it('asks and checks by keyboard-interactive', () => {
    const {handle, events} = login({methods: ['keyboard-interactive']})
    const [prompt] = handle(request('root', 'keyboard-interactive', Buffer.concat([string(''), string('')])))
    expect(prompt).toMatchObject({type: 'send'})
    expect(prompt?.type === 'send' && prompt.payload.includes('Password: ')).toBe(true)
    expect(types(handle(Buffer.concat([byte(61), uint32(1), string('toor')])))).toEqual(['accept'])
    expect(events[0]?.credential).toMatchObject({method: 'keyboard-interactive', outcome: 'success'})
  })

  it('answers a method it does not offer', () => {
    const {handle} = login({methods: ['publickey']})
    expect(types(handle(password('root', 'toor')))).toEqual(['send'])
    expect(types(handle(request('root', 'gssapi-with-mic', Buffer.alloc(8))))).toEqual(['send'])
  })

  it('shows the banner once', () => {
    const {handle} = login({banner: 'Keep out\n'})
    expect(types(handle(request('root', 'none')))).toEqual(['send', 'send'])
    expect(types(handle(request('root', 'none')))).toEqual(['send'])
  })

  it('calls a request cut short malformed', () => {
    const whole = request('root', 'publickey', Buffer.concat([byte(1), string('ssh-rsa'), string('blob')]))
    expect(() => login().handle(whole.subarray(0, -4))).toThrow(WireError)
  })
})
