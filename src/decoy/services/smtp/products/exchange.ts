/**
 * The transport service of Exchange 2016 and 2019 with its default receive connectors: the front end on 25, the client
 * front end on 587, and the client proxy on 465, which has STARTTLS as the others and no TLS of its own.
 */
import type {Verdict} from '../addresses.ts'
import {mailDate} from '../clock.ts'
import type {Call} from '../state.ts'
import type {Given, Parameter} from '../wire/path.ts'
import {type Chunking, type Ending, type Finished, fine, lines, type Mta} from './mta.ts'

/** 36 MB on the front end, 35 MB for clients. */
const MAX_SIZE = 37_748_736
const CLIENT_SIZE = 36_700_160
/** Recipients of one message that the front end takes of somebody unknown. */
const MAX_RECIPIENTS = 200
/** `MaxProtocolErrors` and `MaxLogonFailures`. */
const MAX_ERRORS = 5
const MAX_LOGON_FAILURES = 3
/** `TarpitInterval`. */
const TARPIT_MS = 5000
const NO_HELLO = '503 5.5.2 Send hello first'
const VERBS = 'HELO EHLO STARTTLS RCPT DATA RSET MAIL QUIT HELP AUTH BDAT'

const sizeOf = ({role}: Call): number => (role === 'mx' ? MAX_SIZE : CLIENT_SIZE)

export function exchange(): Mta {
  return {
    name: 'exchange',
    implicitTls: new Set(),
    lineEnds: 'strict',
    maxSize: MAX_SIZE,
    extension: null,
    greeting: ({server, connection}) => {
      const date = mailDate(server.persona, connection.now(), {padded: false})
      return `220 ${server.host} Microsoft ESMTP MAIL Service ready at ${date}`
    },
    hello: ({argument, server, connection}) =>
      /[^A-Za-z0-9._[\]:-]/.test(argument)
        ? {reply: '501 5.5.4 Invalid domain name', accepted: false}
        : {reply: `250 ${server.host} Hello [${connection.peer.ip}]`, accepted: true},
    extensions,
    commands: {
      NOOP: () => '250 2.0.0 OK',
      HELP: () => lines(214, ['This server supports the following commands:', VERBS]),
      VRFY: ({client}) => (client.hello === null ? NO_HELLO : '252 2.1.5 Cannot VRFY user'),
    },
    ending: {QUIT: () => '221 2.0.0 Service closing transmission channel'},
    unknown: ({line}) => ({reply: `500 5.3.3 Unrecognized command '${verbOf(line)}'`, close: false}),
    gate: ({client}) => (client.hello === null ? NO_HELLO : null),
    reset: () => ({reply: '250 2.0.0 Resetting', done: true}),
    startTls: ({argument, client, server}) => {
      if (client.hello === null) return NO_HELLO
      if (client.secure) return '503 5.5.2 Only one STARTTLS command can be issued'
      if (argument !== '') return '501 5.5.4 Unrecognized parameter'
      return server.startTls ? null : "500 5.3.3 Unrecognized command 'STARTTLS'"
    },
    startTlsReply: '220 2.0.0 SMTP server ready',
    mail,
    mailReply: () => '250 2.1.0 Sender OK',
    rcpt,
    rcptReply: () => '250 2.1.5 Recipient OK',
    data: ({client, argument}) => {
      if (argument !== '') return '501 5.5.4 Unrecognized parameter'
      return noTransaction(client)
    },
    dataReply: '354 Start mail input; end with <CRLF>.<CRLF>',
    chunking: CHUNKING,
    accept,
    tooLarge: '552 5.3.4 Message size exceeds fixed maximum message size',
    bareLf: '',
    auth: {
      emptyNames: true,
      success: '235 2.7.0 Authentication successful',
      cancelled: '501 5.7.0 Authentication cancelled',
      failure: () => '535 5.7.3 Authentication unsuccessful',
      undecodable: () => '501 5.5.2 Cannot decode response',
    },
    authRefusal: (call, mechanism) => {
      const {client} = call
      if (client.hello === null) return NO_HELLO
      if (client.user !== null) return '503 5.5.2 Already authenticated'
      if (client.sender !== null) return '503 5.5.2 Bad sequence of commands'
      const offered =
        mechanism === 'NTLM' ||
        (mechanism === 'GSSAPI' && call.role !== 'mx') ||
        (mechanism === 'LOGIN' && client.secure)
      return offered ? null : '504 5.7.4 Unrecognized authentication type'
    },
    finish,
    // `ConnectionInactivityTimeout` of a receive connector.
    patience: {loginMs: 300_000, idleMs: 300_000},
    timeout: () => '451 4.7.0 Timeout waiting for client input',
  }
}

function extensions(call: Call): readonly string[] {
  const {client, server, role} = call
  const offered = server.startTls && !client.secure
  const secret = client.secure ? ' LOGIN' : ''
  const front = role === 'mx'
  return [
    `SIZE ${sizeOf(call)}`,
    'PIPELINING',
    'DSN',
    'ENHANCEDSTATUSCODES',
    ...(offered ? ['STARTTLS'] : []),
    ...(offered && front ? ['X-ANONYMOUSTLS'] : []),
    ...(front ? [`AUTH NTLM${secret}`, 'X-EXPS GSSAPI NTLM'] : [`AUTH GSSAPI NTLM${secret}`]),
    '8BITMIME',
    'BINARYMIME',
    'CHUNKING',
    ...(front ? ['XRDST'] : []),
  ]
}

const verbOf = (line: string): string =>
  (line.trimStart().split(/[ \t]/, 1)[0] ?? '').slice(0, 64).replace(/[^\x20-\x7e]/g, '?')

function noTransaction({sender, recipientCount}: Call['client']): string | null {
  if (sender === null) return '503 5.5.2 Need mail command'
  return recipientCount === 0 ? '503 5.5.2 Need rcpt command' : null
}

function mail(call: Call, given: Given | null): string | null {
  const {client, role, server} = call
  if (role !== 'mx' && client.user === null && !server.open) {
    return '530 5.7.57 SMTP; Client was not authenticated to send anonymous mail during MAIL FROM'
  }
  if (client.sender !== null) return '503 5.5.2 Sender already specified'
  if (given === null) return '501 5.5.4 Unrecognized parameter'
  const {path, parameters} = given
  if (path.fault !== null || (path.address !== '' && path.domain === null)) return '501 5.1.7 Invalid address'
  return parameters.map((parameter) => parameterFault(call, parameter)).find((fault) => fault !== null) ?? null
}

function parameterFault(call: Call, {key, value}: Parameter): string | null {
  switch (key) {
    case 'SIZE':
      if (value === null || !/^\d{1,20}$/.test(value)) return '501 5.5.4 Invalid arguments'
      return Number(value) > sizeOf(call) ? '552 5.3.4 Message size exceeds fixed maximum message size' : null
    case 'BODY':
      return /^(?:7BIT|8BITMIME|BINARYMIME)$/i.test(value ?? '') ? null : '501 5.5.4 Invalid arguments'
    case 'RET':
    case 'ENVID':
    case 'AUTH':
    case 'XOORG':
      return null
    default:
      return '501 5.5.4 Unrecognized parameter'
  }
}

function rcpt({client, server}: Call, given: Given | null, verdict: Verdict | null): string | null {
  if (client.sender === null) return '503 5.5.2 Need mail command'
  if (given === null) return '501 5.5.4 Unrecognized parameter'
  const {path, parameters} = given
  const bare = path.domain === null && path.local.toLowerCase() !== 'postmaster'
  if (path.address === '' || path.fault !== null || bare) return '501 5.1.3 Invalid address'
  if (parameters.some(({key}) => key !== 'NOTIFY' && key !== 'ORCPT')) return '501 5.5.4 Unrecognized parameter'
  if (client.recipientCount >= MAX_RECIPIENTS) return '452 4.5.3 Too many recipients'
  // Whether there is such a recipient comes out when the message is in: the front end does not know.
  if (server.open || client.user !== null || verdict?.kind !== 'foreign') return null
  return '550 5.7.54 SMTP; Unable to relay recipient in non-accepted domain'
}

const CHUNKING: Chunking = {
  refusal: (_, {size, odd}) => (size === null || odd ? {reply: '501 5.5.4 Invalid arguments', close: false} : null),
  taken: (bytes) => `250 2.6.0 CHUNK received OK, ${bytes} octets`,
  discarded: ({client}) => noTransaction(client) ?? '503 5.5.2 Bad sequence of commands',
  complete: ({reply}) => reply,
}

function accept(call: Call, {size, messageId}: {size: number; messageId: string | null}) {
  const {client, server, connection} = call
  if (!client.known && !client.foreign && !server.open) {
    return '550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup'
  }
  const random = connection.random(24)
  const hex = random.toString('hex', 0, 16)
  const guid = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
  const id = messageId ?? `<${guid}@${server.host}>`
  const internal = (BigInt(server.persona.integer('exchange queue', 2, 900)) << 32n) + BigInt(random.readUInt16BE(16))
  const seconds = (60 + (random.readUInt16BE(18) % 400)) / 1000
  const rate = (size / 1024 / seconds).toFixed(3)
  const reply = `250 2.6.0 ${id} [InternalId=${internal}, Hostname=${server.host}] ${size} bytes in ${seconds.toFixed(3)}, ${rate} KB/sec Queued mail for delivery`
  return {id, reply}
}

function finish({call, reply, logon}: Finished): Ending {
  const {client} = call
  if (logon) client.logonFailures++
  else if (/^50[0134]/.test(reply)) client.errors++
  const slow = logon || /^5(?:30|50)/.test(reply) ? TARPIT_MS : 0
  if (client.errors <= MAX_ERRORS && client.logonFailures < MAX_LOGON_FAILURES) return fine(reply, slow)
  const last = '421 4.7.0 Too many errors on this connection, closing transmission channel'
  return {reply: `${reply}\r\n${last}`, close: true, delayMs: slow}
}
