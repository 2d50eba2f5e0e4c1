/** Version 3: who gets in, and what is kept of those who try. */
import {createHash, createHmac} from 'node:crypto'
import {describe, expect, it} from 'vitest'

import {BerReader} from '../../../../src/decoy/codecs/ber/reader.ts'
import type {Service} from '../../../../src/decoy/service.ts'
import {decrypt, encrypt, localizedKey, type Privacy} from '../../../../src/decoy/services/snmp/usm-keys.ts'
import {openMessage} from '../../../../src/decoy/services/snmp/wire/message.ts'
import {PDU} from '../../../../src/decoy/services/snmp/wire/pdu.ts'
import {
  FLAG,
  offsetOf,
  readScopedPdu,
  readUsmMessage,
  type UsmMessage,
  writeScopedPdu,
  writeUsmMessage,
} from '../../../../src/decoy/services/snmp/wire/usm-message.ts'
import {NULL} from '../../../../src/decoy/services/snmp/wire/values.ts'
import {OID, usmRequest} from './corpus.ts'
import {agent, machine, tell} from './support.ts'

const PASSWORD = 'Winter-2024'
const USERS = {users: [`admin:${PASSWORD}`]}
const EMPTY = Buffer.alloc(0)

function read(reply: Buffer | null): UsmMessage {
  if (reply === null) throw new Error('no reply')
  return readUsmMessage(openMessage(reply).fields)
}

interface Login {
  readonly user?: string
  readonly password?: string
  readonly hash?: string
  readonly size?: number
  readonly privacy?: Privacy
  /** Seconds that the client's clock is off. */
  readonly off?: number
}

/** As a manager does: learns the engine, then sends a request with a digest. */
function logIn(service: Service, {user = 'admin', password = PASSWORD, hash = 'sha1', size = 12, ...more}: Login = {}) {
  const engine = read(tell(service, usmRequest()).reply)
  const time = engine.time + (more.off ?? 0)
  const key = localizedKey(hash, Buffer.from(password), engine.engineId)
  const pdu = {type: PDU.GET, requestId: 99, first: 0, second: 0, varbinds: [{oid: OID.NAME, value: NULL}]}
  const scoped = {contextEngineId: engine.engineId, contextName: EMPTY, pdu}
  const salt = more.privacy === undefined ? EMPTY : Buffer.alloc(8, 3)
  const sealing = {privacy: more.privacy ?? 'aes', key, boots: engine.boots, time, salt} as const
  const bytes = writeUsmMessage({
    ...engine,
    messageId: 20,
    flags: FLAG.REPORTABLE | FLAG.AUTHENTICATED | (more.privacy === undefined ? 0 : FLAG.PRIVATE),
    time,
    user: Buffer.from(user),
    authentication: Buffer.alloc(size),
    privacy: salt,
    scoped: more.privacy === undefined ? scoped : null,
    encrypted: more.privacy === undefined ? EMPTY : encrypt(sealing, writeScopedPdu(scoped)),
  })
  const digest = createHmac(hash, key).update(bytes).digest().subarray(0, size)
  digest.copy(bytes, offsetOf(bytes, read(bytes).authentication))
  return {...tell(service, bytes), key, engine, bytes}
}

const reportOf = (reply: Buffer | null): string | undefined => read(reply).scoped?.pdu.varbinds[0]?.oid
const stat = (number: number): string => `1.3.6.1.6.3.15.1.1.${number}.0`

describe('keys', () => {
  it('are those of the examples of RFC 3414, A.3', () => {
    const engine = Buffer.from('000000000000000000000002', 'hex')
    const password = Buffer.from('maplesyrup')
    expect(localizedKey('md5', password, engine).toString('hex')).toBe('526f5eed9fcce26f8964c2930787d82b')
    expect(localizedKey('sha1', password, engine).toString('hex')).toBe('6695febc9288e36282235fc7151f128497b38f3f')
  })

  it.each(['aes', 'des'] as const)('%s decrypts what it encrypted', (privacy) => {
    const sealing = {privacy, key: Buffer.alloc(20, 7), boots: 3, time: 99, salt: Buffer.alloc(8, 1)}
    const plain = Buffer.from('0123456789abcdef')
    expect(decrypt(sealing, encrypt(sealing, plain))).toEqual(plain)
    expect(encrypt(sealing, plain)).not.toEqual(plain)
  })
})

describe('discovery', () => {
  it('tells the engine, its boots and its time, and is recorded', () => {
    const {reply, events} = tell(agent(), usmRequest())
    const {engineId, boots, time} = read(reply)
    expect(engineId).toHaveLength(17)
    expect(boots).toBeGreaterThan(0)
    expect(time).toBeGreaterThan(60)
    expect(reportOf(reply)).toBe(stat(4))
    expect(events).toMatchObject([{event: 'probe', data: {what: 'engine discovery'}}])
  })

  it.each([
    ['cisco', '80000009035897bd112233'],
    ['printer', '8000000b033cd92b112233'],
    ['ups', '8000013e0300c0b7112233'],
  ])('shows the vendor and address of a %s', (name, engine) => {
    expect(read(tell(machine(name), usmRequest()).reply).engineId.toString('hex')).toBe(engine)
  })

  it('shows no two machines the same engine', () => {
    const engines = ['01', '02', '03'].map((seed) =>
      read(tell(agent({seed: seed.repeat(32)}), usmRequest()).reply).engineId.toString('hex'),
    )
    expect(new Set(engines).size).toBe(3)
  })
})

describe('an attempt', () => {
  it('of an unknown user is refused, and cracks', () => {
    const {reply, events, bytes, engine} = logIn(agent(), {user: 'monitor', privacy: 'aes'})
    expect(reportOf(reply)).toBe(stat(3))
    const [attempt] = events
    expect(attempt).toMatchObject({
      event: 'auth.attempt',
      credential: {principal: 'monitor', outcome: 'failure', hash: {hashcatMode: 25_000}},
      data: {level: 'authpriv'},
    })
    const [, , kind, , message = '', engineId = '', digest = ''] = attempt?.credential?.hash?.line.split('$') ?? []
    expect([kind, engineId]).toEqual(['0', engine.engineId.toString('hex')])
    expect(Buffer.from(message, 'hex')).toHaveLength(bytes.length)
    expect(crack(Buffer.from(message, 'hex'), engineId, digest, [PASSWORD, 'other'])).toBe(PASSWORD)
  })

  it.each([
    ['md5', 12, 25_000],
    ['sha224', 16, 26_700],
    ['sha256', 24, 26_800],
    ['sha384', 32, 26_900],
    ['sha512', 48, 27_300],
  ])('with %s is kept for its own mode', (hash, size, mode) => {
    const {events} = logIn(agent(), {user: 'monitor', hash, size})
    expect(events[0]?.credential?.hash?.hashcatMode).toBe(mode)
  })

  it('with a wrong password is told so', () => {
    const {reply, events} = logIn(agent({}, USERS), {password: 'Sommer-2024'})
    expect(reportOf(reply)).toBe(stat(5))
    expect(events).toMatchObject([{credential: {principal: 'admin', outcome: 'failure'}}])
  })

  it('without a password is not served', () => {
    const service = agent({}, USERS)
    const engine = read(tell(service, usmRequest()).reply)
    const {reply, events} = tell(service, usmRequest({engineId: engine.engineId, user: Buffer.from('admin')}))
    expect(read(reply).scoped?.pdu.first).toBe(16)
    expect(events).toMatchObject([{credential: {outcome: 'failure'}, data: {level: 'noauth'}}])
  })

  it('with an old message is told the time', () => {
    const {reply} = logIn(agent({}, USERS), {off: -1000})
    expect(reportOf(reply)).toBe(stat(2))
    expect(read(reply).flags & FLAG.AUTHENTICATED).toBe(FLAG.AUTHENTICATED)
  })
})

describe('a honey user', () => {
  it.each(['md5', 'sha1'])('gets in with %s, and its answer is signed', (hash) => {
    const {reply, events, key} = logIn(agent({}, USERS), {hash})
    expect(events[0]).toMatchObject({event: 'auth.attempt', credential: {outcome: 'success'}})
    const {scoped, authentication} = read(reply)
    expect(scoped?.pdu.varbinds[0]?.value.content.toString()).toBe('vm')
    const bytes = Buffer.from(reply ?? EMPTY)
    const at = offsetOf(bytes, read(bytes).authentication)
    const digest = Buffer.from(authentication)
    bytes.fill(0, at, at + 12)
    expect(createHmac(hash, key).update(bytes).digest().subarray(0, 12)).toEqual(digest)
  })

  it.each(['aes', 'des'] as const)('gets an encrypted answer to what it encrypted with %s', (privacy) => {
    const {reply, key} = logIn(agent({}, USERS), {privacy})
    const {encrypted, boots, time, privacy: salt} = read(reply)
    const plain = decrypt({privacy, key, boots, time, salt}, encrypted)
    expect(readScopedPdu(new BerReader(plain ?? EMPTY)).pdu.varbinds[0]?.value.content.toString()).toBe('vm')
  })

  it('is recorded once for a source', () => {
    const service = agent({}, USERS)
    const attempts = () => logIn(service).events.filter(({event}) => event === 'auth.attempt').length
    expect([attempts(), attempts()]).toEqual([1, 0])
  })
})

/** What a cracking tool does with a line: RFC 3414 A.2 from scratch. */
function crack(message: Buffer, engine: string, digest: string, words: readonly string[]): string | undefined {
  return words.find((word) => {
    const long = Buffer.from(word.repeat(Math.ceil(1_048_576 / word.length)).slice(0, 1_048_576))
    const sha1 = (...parts: Buffer[]) => createHash('sha1').update(Buffer.concat(parts)).digest()
    const master = sha1(long)
    const key = sha1(master, Buffer.from(engine, 'hex'), master)
    return createHmac('sha1', key).update(message).digest('hex').startsWith(digest)
  })
}
