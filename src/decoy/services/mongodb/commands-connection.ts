/** Commands that begin a connection, and logins. */
import {Binary, type BsonDocument, document, isArray, isDocument} from '../../codecs/bson/values.ts'
import {scramLine} from '../../codecs/credentials/scram.ts'
import {type Call, type CommandEntry, ok} from './call.ts'
import {COMPRESSORS, type Compressor} from './compression.ts'
import {CommandError} from './errors.ts'
import {clientEvent, loginEvent, plainLoginEvent} from './evidence.ts'
import {MAX_BSON} from './releases.ts'
import {beginScram, MECHANISMS, NONCE_SIZE} from './scram.ts'

const MAX_SASL_PAYLOAD = 8192
const CONVERSATION = 1

/** @throws CommandError: that is all a client is told. */
function refuse(): never {
  throw new CommandError('AuthenticationFailed', 'Authentication failed.')
}

const hello =
  (primary: 'ismaster' | 'isWritablePrimary') =>
  (call: Call): BsonDocument => {
    const {server, client, command, now} = call
    const {body} = command
    const metadata = body.get('client')
    if (isDocument(metadata)) call.events.push(clientEvent(metadata, client.connection))
    const compression = negotiated(call)
    return ok({
      ...(body.get('helloOk') === true ? {helloOk: true} : {}),
      [primary]: true,
      topologyVersion: document({processId: server.processId(now), counter: 0n}),
      maxBsonObjectSize: MAX_BSON,
      maxMessageSizeBytes: 48_000_000,
      maxWriteBatchSize: 100_000,
      localTime: new Date(now),
      logicalSessionTimeoutMinutes: 30,
      connectionId: client.id,
      minWireVersion: 0,
      maxWireVersion: server.facts.release.wireVersion,
      readOnly: false,
      ...(compression.length > 0 ? {compression} : {}),
      ...(typeof body.get('saslSupportedMechs') === 'string' ? {saslSupportedMechs: [...MECHANISMS]} : {}),
      ...speculation(call),
    })
  }

function negotiated({client, command}: Call): readonly Compressor[] {
  const asked = command.body.get('compression')
  if (!isArray(asked)) return client.compressors
  client.compressors = COMPRESSORS.filter((each) => asked.includes(each))
  return client.compressors
}

/** A login that begins with the greeting; where it cannot, nothing is said of it. */
function speculation(call: Call): {speculativeAuthenticate?: BsonDocument} {
  const asked = call.command.body.get('speculativeAuthenticate')
  if (!isDocument(asked)) return {}
  const database = asked.get('db')
  try {
    const answer = startSasl(call, asked, typeof database === 'string' ? database : 'admin')
    return {speculativeAuthenticate: answer}
  } catch (error) {
    if (error instanceof CommandError) return {}
    throw error
  }
}

function startSasl(call: Call, body: BsonDocument, database: string): BsonDocument {
  const {client, server} = call
  const payload = payloadOf(body)
  const asked = body.get('mechanism')
  const name = typeof asked === 'string' ? asked : ''
  const mechanism = MECHANISMS.find((each) => each === name)
  if (mechanism === undefined) {
    if (name === 'PLAIN') call.events.push(...plainLoginEvent(payload, database, client.connection))
    throw unknownMechanism(server.facts.release.major, name)
  }
  const options = body.get('options')
  const {persona} = server.facts
  const nonce = client.connection.random(NONCE_SIZE)
  const conversation = beginScram(mechanism, payload, {persona, database, nonce}) ?? refuse()
  client.conversation = conversation
  client.concluding = !(isDocument(options) && options.get('skipEmptyExchange') === true)
  return document({
    conversationId: CONVERSATION,
    done: false,
    payload: new Binary(Buffer.from(conversation.serverFirst)),
  })
}

function payloadOf(body: BsonDocument): Buffer {
  const payload = body.get('payload')
  const bytes =
    payload instanceof Binary ? payload.bytes : typeof payload === 'string' ? Buffer.from(payload, 'base64') : refuse()
  return bytes.length <= MAX_SASL_PAYLOAD ? bytes : refuse()
}

function unknownMechanism(major: number, name: string): CommandError {
  const shown = `Received authentication for mechanism ${name.slice(0, 256)} which is`
  return major < 5
    ? new CommandError('BadValue', `${shown} unknown or not enabled`)
    : new CommandError('MechanismUnavailable', `${shown} not enabled`)
}

function continueSasl(call: Call): BsonDocument {
  const {client, server, command} = call
  const {conversation} = client
  const payload = payloadOf(command.body)
  if (conversation === null) {
    if (!client.concluding || client.user === null || payload.length > 0) {
      throw new CommandError('ProtocolError', 'No SASL session state found')
    }
    client.concluding = false
    return ok({conversationId: CONVERSATION, done: true, payload: new Binary(Buffer.alloc(0))})
  }
  client.conversation = null
  const exchange = conversation.finish(payload) ?? refuse()
  const signature = server.keys.signature(conversation, exchange)
  call.events.push(loginEvent(conversation, scramLine(exchange), signature !== null, client.connection))
  if (signature === null) return refuse()
  client.user = {name: conversation.user, database: conversation.database}
  const done = !client.concluding
  return ok({conversationId: CONVERSATION, done, payload: new Binary(Buffer.from(signature))})
}

const connectionStatus = ({client}: Call): BsonDocument => {
  const {user} = client
  const users = user === null ? [] : [document({user: user.name, db: user.database})]
  const roles = user === null ? [] : [document({role: 'root', db: 'admin'})]
  return ok({authInfo: document({authenticatedUsers: users, authenticatedUserRoles: roles})})
}

export const CONNECTION_COMMANDS: Readonly<Record<string, CommandEntry>> = {
  hello: {perform: hello('isWritablePrimary'), open: true},
  isMaster: {perform: hello('ismaster'), open: true},
  ismaster: {perform: hello('ismaster'), open: true},
  ping: {perform: () => ok(), open: true},
  whatsmyuri: {
    perform: ({client}) => ok({you: `${client.connection.peer.ip}:${client.connection.peer.port}`}),
    open: true,
  },
  buildInfo: {perform: ({server}) => new Map([...server.facts.release.buildInfo, ...ok()]), open: true},
  buildinfo: {perform: ({server}) => new Map([...server.facts.release.buildInfo, ...ok()]), open: true},
  saslStart: {
    perform: (call) => new Map([...startSasl(call, call.command.body, call.command.database), ...ok()]),
    open: true,
  },
  saslContinue: {perform: continueSasl, open: true},
  authenticate: {perform: refuse, open: true},
  logout: {
    perform: ({client}) => {
      client.user = null
      return ok()
    },
    open: true,
  },
  connectionStatus: {perform: connectionStatus, open: true},
  endSessions: {perform: () => ok(), open: true},
  startSession: {perform: () => ok({timeoutMinutes: 30}), open: true},
  refreshSessions: {perform: () => ok()},
  getLastError: {perform: (call) => lastError(call), open: true},
  getlasterror: {perform: (call) => lastError(call), open: true},
}

const lastError = (call: Call): BsonDocument => {
  // Gone since 5.1.
  if (!call.server.facts.release.legacy) {
    throw new CommandError('CommandNotFound', `no such command: '${String([...call.command.body.keys()][0])}'`)
  }
  return ok({connectionId: call.client.id, n: 0, syncMillis: 0, writtenTo: null, err: null})
}
