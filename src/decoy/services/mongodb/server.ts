import {encodeDocument} from '../../codecs/bson/encode.ts'
import {document} from '../../codecs/bson/values.ts'
import {NEVER_IDLE} from '../../deadlines.ts'
import {honeyPairs} from '../../honey-users.ts'
import type {CreateService, SelfTest, Service} from '../../service.ts'
import {MONGODB_PORT, MONGODB_VERSIONS} from './definition.ts'
import {MongoServer} from './mongo-server.ts'
import {MongoSession} from './mongo-session.ts'
import {releaseOf} from './releases.ts'
import {HEADER, OPCODE} from './wire.ts'

const SELF_TEST: SelfTest = {
  send: pingMessage(),
  accepts: (reply) => reply.length >= HEADER && reply.readInt32LE(12) === OPCODE.MSG && reply.includes('ok\0'),
}

function pingMessage(): Buffer {
  const body = encodeDocument(document({ping: 1, $db: 'admin'}))
  const head = Buffer.alloc(HEADER + 5)
  head.writeInt32LE(head.length + body.length)
  head.writeInt32LE(1, 4)
  head.writeInt32LE(OPCODE.MSG, 12)
  return Buffer.concat([head, body])
}

export const createService: CreateService = (persona, options): Service => {
  const server = new MongoServer({
    persona,
    release: releaseOf(persona, MONGODB_VERSIONS.find((each) => each === options.version) ?? null),
    port: typeof options.port === 'number' ? options.port : MONGODB_PORT,
    auth: options.auth !== false,
    users: new Map(honeyPairs(options.users)),
  })
  return {
    tcp: () => ({
      kind: 'protocol',
      patience: NEVER_IDLE,
      session: (connection) => new MongoSession(server, connection),
    }),
    selfTest: () => SELF_TEST,
  }
}
