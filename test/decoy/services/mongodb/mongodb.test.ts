import {deflateSync, zstdCompressSync} from 'node:zlib'
import {describe, expect, it} from 'vitest'

import {encodeDocument} from '../../../../src/decoy/codecs/bson/encode.ts'
import {
  Binary,
  type BsonDocument,
  document,
  type Fields,
  isArray,
  isDocument,
  ObjectId,
} from '../../../../src/decoy/codecs/bson/values.ts'
import {verifyScram} from '../../../../src/decoy/codecs/credentials/scram.ts'
import {MONGODB_VERSIONS} from '../../../../src/decoy/services/mongodb/definition.ts'
import {passwordOf} from '../../../../src/decoy/services/mongodb/scram.ts'
import {snappy, unsnappy} from '../../../../src/decoy/services/mongodb/snappy.ts'
import {
  bytesOf,
  connectTo,
  documentsIn,
  FACTS,
  header,
  logIn,
  type MongoClient,
  mongoService,
  opMsg,
  opQuery,
  ScramClient,
} from './support.ts'

const HONEY = {users: ['app:sec:ret']}

const plain = (answer: BsonDocument): Record<string, unknown> => Object.fromEntries(answer)

function batch(answer: BsonDocument): readonly BsonDocument[] {
  const cursor = answer.get('cursor')
  const found = isDocument(cursor) ? (cursor.get('firstBatch') ?? cursor.get('nextBatch')) : undefined
  if (!isArray(found)) throw new Error(`no batch in ${[...answer.keys()].join()}`)
  return found.filter(isDocument)
}

/** The line of evidence, taken apart and checked as a cracker would. */
function cracks(line: string, password: string): boolean {
  const [, , hash = '', user = '', iterations = '0', salt = '', authMessage = '', proof = ''] = line.split('$')
  const bytes = (text: string) => Buffer.from(text, 'base64')
  if (hash !== 'SHA-1' && hash !== 'SHA-256') throw new Error(hash)
  const name = bytes(user).toString()
  const exchange = {
    hash,
    user: name,
    salt: bytes(salt),
    iterations: Number(iterations),
    authMessage: bytes(authMessage).toString(),
    proof: bytes(proof),
  } as const
  return verifyScram(exchange, passwordOf(`SCRAM-${hash}`, name, password))
}

async function open(options: Fields = {}): Promise<{client: MongoClient; database: string}> {
  const client = connectTo(await mongoService({auth: false, ...(options as Record<string, string>)}))
  const names = client.ask({listDatabases: 1}).get('databases')
  const own = (isArray(names) ? names.filter(isDocument) : [])
    .map((each) => String(each.get('name')))
    .find((name) => !['admin', 'config', 'local'].includes(name))
  return {client, database: own ?? ''}
}

describe('greetings', () => {
  it.each([
    ['4.4.29', 9],
    ['7.0.9', 21],
  ] as const)('%s says what it is, in both ways of asking', async (version, wire) => {
    const client = connectTo(await mongoService({version}))
    expect(plain(client.ask({hello: 1}))).toMatchObject({isWritablePrimary: true, maxWireVersion: wire})
    const old = client.send(opQuery('admin.$cmd', {isMaster: 1, helloOk: true}))
    expect(old.bytes.readInt32LE(12)).toBe(1)
    expect(old.bytes.readInt32LE(8)).toBe(7)
    expect(plain(old.documents[0] ?? new Map())).toMatchObject({ismaster: true, helloOk: true, maxWireVersion: wire})
    const info = client.ask({buildInfo: 1})
    expect(info.get('version')).toBe(version)
    expect(info.get('gitVersion')).toMatch(/^[0-9a-f]{40}$/)
  })

  it('is the version that fits the distro', async () => {
    const of = async (distro: string) =>
      connectTo(await mongoService({}, {distro}))
        .ask({buildInfo: 1})
        .get('version')
    expect(await of('debian')).toBe('7.0.9')
    expect(await of('ubuntu20')).toBe('4.4.29')
  })

  it('only the older one answers everything in the old way', async () => {
    const status = opQuery('test.$cmd', {serverStatus: 1})
    const old = connectTo(await mongoService({version: '4.4.29', auth: false})).send(status)
    expect(old.bytes.toString('latin1')).toMatch(/version\0....\x34\.4\.29/s)
    const [answer] = connectTo(await mongoService({version: '7.0.9', auth: false})).send(status).documents
    expect(plain(answer ?? new Map())).toMatchObject({code: 352, codeName: 'UnsupportedOpQueryCommand'})
  })

  it('a browser is told so', async () => {
    const client = connectTo(await mongoService())
    const {bytes, closed} = client.send(Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n'))
    expect(bytes.toString()).toMatch(/^HTTP\/1\.0 200 OK\r\n.*Content-Length: 85\r\n\r\nIt looks like/s)
    expect(closed).toBe(true)
    expect(client.events).toMatchObject([{event: 'probe', data: {kind: 'http'}}])
  })

  it('a driver that waits for news is told after its while that there are none, and again', async () => {
    const client = connectTo(await mongoService())
    const version = client.ask({hello: 1}).get('topologyVersion') ?? null
    const wait = {hello: 1, topologyVersion: version, maxAwaitTimeMS: 10_000, $db: 'admin'}
    expect(client.send(opMsg(wait, 0x1_0000, 9)).bytes).toHaveLength(0)
    client.tick()
    const first = client.pushed()
    expect([first.readInt32LE(8), first.readUInt32LE(16)]).toEqual([9, 2])
    client.tick()
    const second = client.pushed()
    expect(second.readInt32LE(8)).toBe(first.readInt32LE(4))
  })
})

describe('logins', () => {
  const mechanisms = ['SCRAM-SHA-1', 'SCRAM-SHA-256'] as const

  it.each(mechanisms)('%s: captures a proof that cracks, and lets honey users in', async (mechanism) => {
    const service = await mongoService(HONEY)
    const stranger = connectTo(service)
    expect(plain(logIn(stranger, new ScramClient(mechanism, 'ro=o,t', 'hunter2')))).toMatchObject({
      code: 18,
      codeName: 'AuthenticationFailed',
      errmsg: 'Authentication failed.',
    })
    const [attempt] = stranger.events.filter(({event}) => event === 'auth.attempt')
    expect(attempt).toMatchObject({
      credential: {principal: 'ro=o,t', method: mechanism.toLowerCase(), outcome: 'failure'},
      data: {database: 'admin'},
    })
    const line = attempt?.credential?.hash?.line ?? ''
    expect(cracks(line, 'hunter2')).toBe(true)
    expect(cracks(line, 'hunter3')).toBe(false)

    const guesser = connectTo(service)
    expect(logIn(guesser, new ScramClient(mechanism, 'app', 'secret')).get('code')).toBe(18)
    expect(guesser.ask({listDatabases: 1}).get('code')).toBe(13)

    const known = connectTo(service)
    const scram = new ScramClient(mechanism, 'app', 'sec:ret')
    const answer = logIn(known, scram)
    expect(bytesOf(answer, 'payload').toString()).toBe(scram.serverFinal)
    expect(answer.get('done')).toBe(false)
    const empty = new Binary(Buffer.alloc(0))
    expect(known.ask({saslContinue: 1, conversationId: 1, payload: empty}).get('done')).toBe(true)
    expect(known.ask({listDatabases: 1}).get('databases')).toBeDefined()
    expect(known.events.find(({event}) => event === 'auth.attempt')?.credential?.outcome).toBe('success')
  })

  it('begins with the greeting, where the driver wants it', async () => {
    const client = connectTo(await mongoService(HONEY))
    const scram = new ScramClient('SCRAM-SHA-256', 'app', 'sec:ret')
    const asked = document({
      saslStart: 1,
      mechanism: scram.mechanism,
      payload: scram.first,
      db: 'admin',
      options: document({skipEmptyExchange: true}),
    })
    const greeting = client.ask({hello: 1, speculativeAuthenticate: asked, saslSupportedMechs: 'admin.app'})
    expect(greeting.get('saslSupportedMechs')).toEqual(mechanisms)
    const begun = greeting.get('speculativeAuthenticate')
    if (!isDocument(begun)) throw new Error('no speculation')
    const payload = scram.final(bytesOf(begun, 'payload'))
    expect(client.ask({saslContinue: 1, conversationId: 1, payload}).get('done')).toBe(true)
  })

  it('nonces are of the connection, salts of the user', async () => {
    const service = await mongoService()
    const first = (user: string) => {
      const scram = new ScramClient('SCRAM-SHA-256', user, 'x')
      const client = connectTo(service)
      client.ask({ping: 1})
      client.send(opMsg({saslStart: 1, mechanism: scram.mechanism, payload: scram.first, $db: 'admin'}))
      const text = bytesOf(
        client.ask({saslStart: 1, mechanism: scram.mechanism, payload: scram.first}),
        'payload',
      ).toString()
      return /^r=(.*),s=(.*),i=15000$/.exec(text)?.slice(1) ?? []
    }
    expect(first('a')[1]).toBe(first('a')[1])
    expect(first('a')[1]).not.toBe(first('b')[1])
    expect(Buffer.from(first('a')[1] ?? '', 'base64')).toHaveLength(28)
  })

  it('takes a password in clear where it is given one, and has no such mechanism', async () => {
    const client = connectTo(await mongoService({version: '7.0.9'}))
    const payload = new Binary(Buffer.from('\0root\0hunter2'))
    expect(plain(client.ask({saslStart: 1, mechanism: 'PLAIN', payload}))).toMatchObject({
      code: 334,
      codeName: 'MechanismUnavailable',
    })
    expect(client.events[0]?.credential).toMatchObject({principal: 'root', secret: {text: 'hunter2'}})
  })

  it('proofs of other exchanges, and rubbish, do not get in', async () => {
    const client = connectTo(await mongoService(HONEY))
    const scram = new ScramClient('SCRAM-SHA-256', 'app', 'sec:ret')
    const first = client.ask({saslStart: 1, mechanism: scram.mechanism, payload: scram.first})
    const payload = scram.final(bytesOf(first, 'payload'))
    // The nonce of this exchange is another one: what was right before is no more.
    client.ask({saslStart: 1, mechanism: scram.mechanism, payload: scram.first})
    expect(client.ask({saslContinue: 1, conversationId: 1, payload}).get('code')).toBe(18)
    // No line of evidence that nobody could crack.
    expect(client.events.filter(({event}) => event === 'auth.attempt')).toEqual([])
    expect(client.ask({saslContinue: 1, conversationId: 1, payload}).get('code')).toBe(17)
    for (const text of ['', 'n,,', 'p=x,,n=a,r=b', 'n,,r=b', 'y,,n=,r=b']) {
      const first = new Binary(Buffer.from(text))
      expect(client.ask({saslStart: 1, mechanism: 'SCRAM-SHA-1', payload: first}).get('code')).toBe(18)
    }
    expect(client.ask({find: 'users', $db: 'x'}).get('code')).toBe(13)
  })
})

describe('behind a login', () => {
  it.each([
    ['4.4.29', 'command'],
    ['7.0.9', 'Command'],
  ])('%s: nothing is told without one', async (version, word) => {
    const client = connectTo(await mongoService({version}))
    for (const name of ['listDatabases', 'find', 'serverStatus', 'hostInfo', 'insert', 'dropDatabase', 'usersInfo']) {
      expect(plain(client.ask({[name]: 'x'}))).toEqual(
        plain(
          document({
            ok: client.ask({x: 1}).get('ok'),
            errmsg: `${word} ${name} requires authentication`,
            code: 13,
            codeName: 'Unauthorized',
          }),
        ),
      )
    }
    expect(plain(client.ask({nosuch: 1}))).toMatchObject({
      code: 59,
      codeName: 'CommandNotFound',
      errmsg: "no such command: 'nosuch'",
    })
  })

  it('a command needs its database', async () => {
    const client = connectTo(await mongoService())
    expect(client.send(opMsg({ping: 1})).documents[0]?.get('code')).toBe(40_571)
  })
})

describe('what is inside', () => {
  it('answers queries of its bait', async () => {
    const {client, database} = await open()
    const ask = (fields: Fields) => batch(client.ask({...fields, $db: database}))
    expect(ask({listCollections: 1}).map((each) => each.get('name'))).toEqual([
      'customers',
      'orders',
      'settings',
      'users',
    ])
    const orders = ask({find: 'orders', filter: new Map()})
    expect(orders.length).toBeGreaterThan(20)
    expect(orders[0]?.get('_id')).toBeInstanceOf(ObjectId)
    const paid = ask({
      find: 'orders',
      filter: document({status: 'paid', total: document({$gt: 1000})}),
      sort: document({total: -1}),
    })
    const totals = paid.map((each) => Number((each.get('total') as {value?: number} | undefined)?.value))
    expect(totals).toEqual([...totals].sort((left, right) => right - left))
    expect(totals.every((total) => total > 1000)).toBe(true)
    const groups = ask({
      aggregate: 'orders',
      pipeline: [document({$group: document({_id: '$status', n: document({$sum: 1})})})],
      cursor: new Map(),
    })
    expect(groups.reduce((sum, each) => sum + Number(each.get('n')), 0)).toBe(orders.length)
    expect(client.ask({count: 'orders', query: document({status: 'paid'}), $db: database}).get('n')).toBe(
      orders.filter((each) => each.get('status') === 'paid').length,
    )
    const admin = ask({
      find: 'users',
      filter: document({username: document({$regex: '^ADM', $options: 'i'})}),
      projection: document({email: 1, _id: 0}),
    })
    expect(admin.map((each) => [...each.keys()])).toEqual([['email']])
  })

  it('hands out a result in batches', async () => {
    const {client, database} = await open()
    const answer = client.ask({find: 'orders', batchSize: 10, $db: database})
    const cursor = answer.get('cursor')
    const id = isDocument(cursor) ? cursor.get('id') : null
    expect(batch(answer)).toHaveLength(10)
    if (typeof id !== 'bigint') throw new Error('no cursor')
    expect(batch(client.ask({getMore: id, collection: 'orders', batchSize: 5, $db: database}))).toHaveLength(5)
    expect(client.ask({killCursors: 'orders', cursors: [id], $db: database}).get('cursorsKilled')).toEqual([id])
    expect(client.ask({getMore: id, collection: 'orders', $db: database}).get('code')).toBe(43)
  })

  it('keeps what an intruder does, for that intruder', async () => {
    const service = await mongoService({auth: false})
    const intruder = connectTo(service)
    const note = document({content: 'All your data is backed up. Pay 0.01 BTC'})
    expect(intruder.ask({insert: 'README', documents: [note], $db: 'READ__ME'}).get('n')).toBe(1)
    const again = connectTo(service)
    expect(batch(again.ask({find: 'README', $db: 'READ__ME'}))[0]?.get('content')).toMatch(/BTC/)
    again.ask({
      update: 'README',
      updates: [document({q: new Map(), u: document({$set: document({paid: false})})})],
      $db: 'READ__ME',
    })
    expect(batch(again.ask({find: 'README', $db: 'READ__ME'}))[0]?.get('paid')).toBe(false)
    again.ask({delete: 'README', deletes: [document({q: new Map(), limit: 0})], $db: 'READ__ME'})
    expect(batch(again.ask({find: 'README', $db: 'READ__ME'}))).toEqual([])
    const other = connectTo(service, {}, '192.168.1.99')
    expect(batch(other.ask({find: 'README', $db: 'READ__ME'}))).toEqual([])
    expect(batch(other.ask({listCollections: 1, $db: 'READ__ME'}))).toEqual([])
    expect(intruder.events.find(({event}) => event === 'command')).toMatchObject({
      data: {command: 'insert', database: 'READ__ME', body: {text: expect.stringContaining('0.01 BTC')}},
    })
    other.ask({dropDatabase: 1, $db: 'shop'})
    expect(other.events.at(-1)).toMatchObject({data: {command: 'dropDatabase', dangerous: true}})
  })

  it('has a full disk before it has a full memory', async () => {
    const {client} = await open()
    const large = document({x: 'x'.repeat(60_000)})
    const answers = Array.from({length: 5}, () => client.ask({insert: 'big', documents: [large], $db: 'x'}))
    expect(answers.map((answer) => answer.get('n'))).toEqual([1, 1, 1, 1, 0])
  })

  it('does not go on for ever over one question', async () => {
    const {client, database} = await open()
    const filter = document({$or: Array.from({length: 5000}, () => document({a: 1}))})
    expect(client.ask({find: 'orders', filter, $db: database}).get('codeName')).toBe('MaxTimeMSExpired')
  })

  it('tells of itself and its machine', async () => {
    const {client} = await open({version: '4.4.29'})
    expect(plain(client.ask({serverStatus: 1}))).toMatchObject({
      host: FACTS.hostname,
      version: '4.4.29',
      process: 'mongod',
    })
    const system = client.ask({hostInfo: 1}).get('system')
    expect(isDocument(system) && system.get('hostname')).toBe(FACTS.hostname)
    expect(client.ask({whatsmyuri: 1}).get('you')).toBe('192.168.1.77:40000')
    expect(client.ask({getParameter: 1, featureCompatibilityVersion: 1}).get('featureCompatibilityVersion')).toEqual(
      document({version: '4.4'}),
    )
    expect(client.ask({getLog: 'startupWarnings'}).get('log')?.toString()).toContain('Access control is not enabled')
  })
})

describe('messages', () => {
  const compressed = (compressor: number, body: Buffer, size: number): Buffer => {
    const head = Buffer.alloc(9)
    head.writeInt32LE(2013)
    head.writeInt32LE(size, 4)
    head.writeUInt8(compressor, 8)
    return header(2012, Buffer.concat([head, body]))
  }
  const ping = opMsg({ping: 1, $db: 'admin'}).subarray(16)

  it.each([
    ['noop', 0, ping],
    ['snappy', 1, snappy(ping)],
    ['zlib', 2, deflateSync(ping)],
    ['zstd', 3, zstdCompressSync(ping)],
  ] as const)('compressed by %s are answered likewise, once that was agreed', async (name, id, body) => {
    const client = connectTo(await mongoService())
    expect(client.send(compressed(id, body, ping.length)).bytes.readInt32LE(12)).toBe(name === 'noop' ? 2012 : 2013)
    client.ask({hello: 1, compression: [name]})
    const {bytes} = client.send(compressed(id, body, ping.length))
    expect([bytes.readInt32LE(12), bytes.readInt32LE(16), bytes.readUInt8(24)]).toEqual([2012, 2013, id])
  })

  it('a bomb, or a message that is not what it says, ends the connection', async () => {
    const bomb = deflateSync(Buffer.alloc(50_000_000))
    const bad = [
      compressed(2, bomb, 40_000_000),
      compressed(2, bomb, 1000),
      compressed(1, Buffer.from('ffffffff0f', 'hex'), 100),
      compressed(1, snappy(ping), ping.length + 1),
      compressed(9, ping, ping.length),
      header(2013, Buffer.from([0xff, 0, 0, 0, 0, 5, 0, 0, 0, 0])),
      header(4711, Buffer.alloc(4)),
      Buffer.from('0f000000000000000000000000000000', 'hex'),
      Buffer.from('ffffff7f000000000000000000000000', 'hex'),
      Buffer.from('1603010035010000310303aa5a5a5a5a5a5a', 'hex'),
    ]
    for (const bytes of bad) {
      const client = connectTo(await mongoService())
      expect(client.send(bytes)).toMatchObject({closed: true, documents: []})
      expect(client.events.at(-1)?.event).toMatch(/malformed|probe/)
    }
  })

  it('a document that cannot be read is answered', async () => {
    const client = connectTo(await mongoService())
    const deep = Array.from({length: 300}).reduce<BsonDocument>((inner) => document({a: inner}), new Map())
    const broken = Buffer.from('0000000000ff00000000', 'hex')
    for (const body of [broken, Buffer.concat([Buffer.alloc(5), encodeDocument(deep)])]) {
      const {documents, closed} = client.send(header(2013, body))
      expect([documents[0]?.get('code'), closed]).toEqual([22, false])
    }
    expect(client.ask({ping: 1}).get('ok')).toBeDefined()
  })

  it('without an answer wanted, there is none', async () => {
    const {client} = await open()
    expect(client.send(opMsg({insert: 'x', documents: [new Map()], $db: 'x'}, 2)).bytes).toHaveLength(0)
    expect(batch(client.ask({find: 'x', $db: 'x'}))).toHaveLength(1)
  })

  it('old queries of documents', async () => {
    const {client, database} = await open({version: '4.4.29'})
    expect(client.send(opQuery(`${database}.users`, {})).documents[0]?.get('username')).toBe('admin')
    const guarded = connectTo(await mongoService({version: '4.4.29'}))
    expect(guarded.send(opQuery('test.users', {})).documents[0]?.get('code')).toBe(13)
  })

  it('snappy that copies what was written before', () => {
    // A literal of four, and a copy of eight from four back.
    expect(unsnappy(Buffer.from('0c0c61626364 1104'.replace(' ', ''), 'hex'), 100).toString()).toBe('abcdabcdabcd')
    expect(() => unsnappy(Buffer.from('0c0c616263641109', 'hex'), 100)).toThrow('past the end')
  })
})

it.each(MONGODB_VERSIONS)('%s: two deckies and two installs share nothing', async (version) => {
  const of = async (seed: string) => {
    const client = connectTo(await mongoService({version, auth: false}, {seed}))
    const scram = new ScramClient('SCRAM-SHA-256', 'a', 'b')
    const {bytes} = client.send(opMsg({listDatabases: 1, $db: 'admin'}))
    const salt = client.ask({saslStart: 1, mechanism: scram.mechanism, payload: scram.first})
    const hello = client.ask({hello: 1}).get('topologyVersion')
    const first = documentsIn(bytes)[0]?.get('databases')
    const name = isArray(first)
      ? first
          .filter(isDocument)
          .map((each) => String(each.get('name')))
          .find((each) => !/^(?:admin|config|local)$/.test(each))
      : ''
    return [
      bytesOf(salt, 'payload').toString(),
      JSON.stringify(isDocument(hello) ? hello.get('processId') : null),
      JSON.stringify(batch(client.ask({find: 'users', $db: name ?? ''})).map((each) => [...each])),
    ]
  }
  const [one, two, again] = [await of('11'.repeat(32)), await of('12'.repeat(32)), await of('11'.repeat(32))]
  expect(again).toEqual(one)
  for (const [index, token] of one.entries()) expect(two[index]).not.toBe(token)
})
