import {deflateSync} from 'node:zlib'

import {document} from '../../../../src/decoy/codecs/bson/values.ts'
import {MONGODB_PORT} from '../../../../src/decoy/services/mongodb/definition.ts'
import {abuse} from '../../../support/abuse.ts'
import {bytesOf, connectTo, header, mongoService, opMsg, opQuery, ScramClient} from './support.ts'

const service = () => mongoService({users: ['app:secret'], version: '4.4.29'})

/** With the nonces that the suite draws, which are those of the client here. */
async function login(): Promise<Buffer[]> {
  const scram = new ScramClient('SCRAM-SHA-256', 'app', 'secret')
  const client = connectTo(await service())
  const start = opMsg({saslStart: 1, mechanism: scram.mechanism, payload: scram.first, $db: 'admin'})
  const [begun] = client.send(start).documents
  if (begun === undefined) throw new Error('no answer')
  return [
    start,
    opMsg({saslContinue: 1, conversationId: 1, payload: scram.final(bytesOf(begun, 'payload')), $db: 'admin'}),
  ]
}

const hello = opMsg({
  hello: 1,
  client: document({driver: document({name: 'x', version: '1'})}),
  compression: ['zlib'],
  $db: 'admin',
})
const ping = opMsg({ping: 1, $db: 'admin'}).subarray(16)
const squeezed = Buffer.concat([
  Buffer.from('dd070000', 'hex'),
  Buffer.from([ping.length, 0, 0, 0, 2]),
  deflateSync(ping),
])
const note = opMsg({insert: 'README', documents: [document({content: 'pay', n: 1n, at: new Date(0)})], $db: 'READ_ME'})

abuse({
  name: 'mongodb',
  port: MONGODB_PORT,
  service,
  dialogues: [
    [
      hello,
      ...(await login()),
      opMsg({
        find: 'users',
        filter: document({role: document({$in: ['admin']})}),
        sort: document({username: 1}),
        $db: 'shop',
      }),
      Buffer.concat([
        note,
        opMsg({aggregate: 'README', pipeline: [document({$match: new Map()})], cursor: new Map(), $db: 'READ_ME'}),
      ]),
      header(2012, squeezed),
      opMsg({dropDatabase: 1, $db: 'READ_ME'}),
    ],
    [opQuery('admin.$cmd', {isMaster: 1}), opQuery('test.$cmd', {serverStatus: 1}), opQuery('shop.users', {})],
    [hello, opMsg({saslStart: 1, mechanism: 'PLAIN', payload: 'AHJvb3QAeA==', $db: '$external'}), note],
  ],
  served: (reply) => reply.length > 20 && reply.readInt32LE(12) === 2013,
})
