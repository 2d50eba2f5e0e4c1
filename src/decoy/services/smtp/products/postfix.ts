/** Postfix's smtpd; what it says was recorded from 3.7.11 of Debian 12, with Dovecot behind AUTH. */
import {isUtf8} from 'node:buffer'

import type {Verdict} from '../addresses.ts'
import type {Call} from '../state.ts'
import type {Given} from '../wire/path.ts'
import {type Accepted, type Chunking, type Ending, type Finished, fine, type Mta} from './mta.ts'

const IMPLICIT_TLS = new Set(['smtps'] as const)
/** Dovecot's `auth_failure_delay`. */
const LOGON_DELAY_MS = 2000
/** `message_size_limit`. */
const MAX_SIZE = 10_240_000
const MAX_RECIPIENTS = 1000
const SOFT_ERRORS = 10
const HARD_ERRORS = 20
const ERROR_DELAY_MS = 1000
/** `smtpd_junk_command_limit`: what is above counts as errors. */
const JUNK_COMMANDS = 100
const JUNK = new Set(['NOOP', 'VRFY', 'ETRN', 'RSET'])
const TLS_FIRST = '530 5.7.0 Must issue a STARTTLS command first'
const OK = '250 2.0.0 Ok'
const RULES = '221 2.7.0 Error: I can break rules, too. Goodbye.'
const NOTIFY = /^(?:NEVER|(?:SUCCESS|FAILURE|DELAY)(?:,(?:SUCCESS|FAILURE|DELAY))*)$/i

export interface PostfixOptions {
  /** `[major, minor]`. */
  readonly version: readonly [number, number]
  /** ` (Debian/GNU)`, ` (Ubuntu)`, or nothing. */
  readonly vendor: string
}

export function postfix({version, vendor}: PostfixOptions): Mta {
  const since = (major: number, minor: number): boolean =>
    version[0] > major || (version[0] === major && version[1] >= minor)
  const modern = since(3, 6)
  return {
    name: 'postfix',
    implicitTls: IMPLICIT_TLS,
    lineEnds: 'lenient',
    maxSize: MAX_SIZE,
    extension: '+',
    greeting: ({server}) => `220 ${server.host} ESMTP Postfix${vendor}`,
    hello: ({command, argument, server}) =>
      argument === ''
        ? {reply: `501 Syntax: ${command} hostname`, accepted: false}
        : {reply: `250 ${server.host}`, accepted: true},
    extensions: (call) => [
      'PIPELINING',
      `SIZE ${MAX_SIZE}`,
      'VRFY',
      'ETRN',
      ...(call.server.startTls && !call.client.secure ? ['STARTTLS'] : []),
      ...(needsTls(call) ? [] : ['AUTH PLAIN LOGIN']),
      'ENHANCEDSTATUSCODES',
      '8BITMIME',
      'DSN',
      ...(since(3, 0) ? ['SMTPUTF8'] : []),
      ...(since(3, 4) ? ['CHUNKING'] : []),
    ],
    commands: {NOOP: () => OK, VRFY: verify, ETRN: turn},
    ending: {QUIT: () => '221 2.0.0 Bye'},
    unknown: (call) => unknown(call, modern),
    gate: (call) => (needsTls(call) ? TLS_FIRST : null),
    reset: (call) => {
      if (needsTls(call)) return {reply: TLS_FIRST, done: false}
      return call.argument === '' ? {reply: OK, done: true} : {reply: '501 5.5.4 Syntax: RSET', done: false}
    },
    startTls: ({argument, client, server}) => {
      if (argument !== '') return '501 5.5.4 Syntax: STARTTLS'
      if (client.secure) return '554 5.5.1 Error: TLS already active'
      return server.startTls ? null : '502 5.5.1 Error: command not implemented'
    },
    startTlsReply: '220 2.0.0 Ready to start TLS',
    mail,
    mailReply: () => '250 2.1.0 Ok',
    rcpt,
    rcptReply: () => '250 2.1.5 Ok',
    data: ({client, argument}) => {
      if (client.chunks !== 'none') return '503 5.5.1 Error: DATA after BDAT'
      if (client.recipientCount === 0) return noRecipients(client)
      return argument === '' ? null : '501 5.5.4 Syntax: DATA'
    },
    dataReply: '354 End data with <CR><LF>.<CR><LF>',
    chunking: since(3, 4) ? CHUNKING : null,
    accept: (call) => {
      const id = queueId(call)
      return {id, reply: `${OK}: queued as ${id}`}
    },
    tooLarge: '552 5.3.4 Error: message file too big',
    bareLf: '521 5.5.2 bare <LF> received',
    auth: {
      emptyNames: false,
      success: '235 2.7.0 Authentication successful',
      cancelled: '501 5.7.0 Authentication aborted',
      failure: (_, prompt) => `535 5.7.8 Error: authentication failed: ${modern ? '(reason unavailable)' : prompt}`,
      undecodable: (_, initial) =>
        `535 5.7.8 Error: authentication failed: Invalid base64 data in ${initial ? 'initial' : 'continued'} response`,
    },
    authRefusal: (call, mechanism) => {
      const {client, argument} = call
      if (needsTls(call)) return TLS_FIRST
      if (client.sender !== null) return '503 5.5.1 Error: MAIL transaction in progress'
      if (client.user !== null) return '503 5.5.1 Error: already authenticated'
      if (argument === '' || argument.split(/[ \t]+/).length > 2) return '501 5.5.4 Syntax: AUTH mechanism'
      if (mechanism === 'PLAIN' || mechanism === 'LOGIN') return null
      return '535 5.7.8 Error: authentication failed: Invalid authentication mechanism'
    },
    finish,
    // `smtpd_timeout`.
    patience: {loginMs: 300_000, idleMs: 300_000},
    timeout: ({server}) => `421 4.4.2 ${server.host} Error: timeout exceeded`,
  }
}

/** Debian's example of a submission port demands encryption. */
const needsTls = ({role, client, server}: Call): boolean => role === 'submission' && server.startTls && !client.secure

/** As the resolver has it that knows no name of the peer. */
const peerName = ({connection}: Call): string =>
  `${connection.peer.ip === '127.0.0.1' ? 'localhost' : 'unknown'}[${connection.peer.ip}]`

const noRecipients = ({sender}: Call['client']): string =>
  sender === null ? '503 5.5.1 Error: need RCPT command' : '554 5.5.1 Error: no valid recipients'

function mail({client}: Call, given: Given | null): string | null {
  if (client.chunks !== 'none') return '503 5.5.1 Error: MAIL after BDAT'
  if (client.sender !== null) return '503 5.5.1 Error: nested MAIL command'
  if (given === null) return '501 5.5.4 Syntax: MAIL FROM:<address>'
  const {fault} = given.path
  if (fault !== null && fault !== 'no local part') return '501 5.1.7 Bad sender address syntax'
  for (const {key, value, raw} of given.parameters) {
    if (key === 'SIZE') {
      if (value === null || !/^\d{1,20}$/.test(value)) return '501 5.5.4 Bad message size syntax'
      client.declaredSize = Number(value)
    } else if (!isMailParameter(key, value)) return `555 5.5.4 Unsupported option: ${raw}`
  }
  return client.declaredSize > MAX_SIZE ? '552 5.3.4 Message size exceeds fixed limit' : null
}

function isMailParameter(key: string, value: string | null): boolean {
  switch (key) {
    case 'BODY':
      return /^(?:7BIT|8BITMIME)$/i.test(value ?? '')
    case 'SMTPUTF8':
      return value === null
    case 'RET':
      return /^(?:FULL|HDRS)$/i.test(value ?? '')
    case 'ENVID':
    case 'AUTH':
      return value !== null && value !== ''
    default:
      return false
  }
}

function rcpt(call: Call, given: Given | null, verdict: Verdict | null): string | null {
  const {client} = call
  if (client.chunks !== 'none') return '503 5.5.1 Error: RCPT after BDAT'
  if (client.sender === null) return '503 5.5.1 Error: need MAIL command'
  if (given === null) return '501 5.5.4 Syntax: RCPT TO:<address>'
  if (given.path.fault !== null || given.path.address === '') return '501 5.1.3 Bad recipient address syntax'
  for (const {key, value, raw} of given.parameters) {
    if (key === 'NOTIFY' && value !== null) {
      if (!NOTIFY.test(value)) return '501 5.5.4 Error: Bad NOTIFY parameter syntax'
    } else if (key !== 'ORCPT' || value === null) return `555 5.5.4 Unsupported option: ${raw}`
  }
  const refusal = policy(call, given.path.address, verdict)
  if (refusal !== null) return refusal
  return client.recipientCount >= MAX_RECIPIENTS ? '452 4.5.3 Error: too many recipients' : null
}

/** What Debian's configuration lets nobody do without a password. */
function policy(call: Call, address: string, verdict: Verdict | null): string | null {
  const {client, server, role} = call
  if (server.open) return null
  if (role !== 'mx' && client.user === null) return `554 5.7.1 <${peerName(call)}>: Client host rejected: Access denied`
  if (verdict?.kind === 'foreign' && client.user === null) return `454 4.7.1 <${address}>: Relay access denied`
  if (verdict?.kind !== 'unknown') return null
  return `550 5.1.1 <${address}>: Recipient address rejected: User unknown in local recipient table`
}

function verify(call: Call): string {
  if (needsTls(call)) return TLS_FIRST
  const words = call.argument.split(/[ \t]+/).filter((word) => !/^SMTPUTF8$/i.test(word))
  const [word = ''] = words
  if (word === '') return '501 5.5.4 Syntax: VRFY address [SMTPUTF8]'
  if (words.length > 1) return '501 5.1.3 Bad recipient address syntax'
  const address = word.replace(/^<(.*)>$/, '$1')
  const at = address.lastIndexOf('@')
  const path = {local: at === -1 ? address : address.slice(0, at), domain: at === -1 ? null : address.slice(at + 1)}
  return policy(call, address, call.server.addresses.judge(path, '+')) ?? `252 2.0.0 ${word}`
}

/** `fast_flush_domains` is what is relayed to: nothing. */
function turn(call: Call): string {
  if (call.argument === '') return '500 Syntax: ETRN domain'
  return needsTls(call) ? TLS_FIRST : `459 <${call.argument}>: service unavailable`
}

function unknown({line, command}: Call, modern: boolean): {reply: string; close: boolean} {
  if (!isUtf8(Buffer.from(line, 'latin1'))) return {reply: '500 5.5.2 Error: bad UTF-8 syntax', close: false}
  if (line.trim() === '') return {reply: '500 5.5.2 Error: bad syntax', close: false}
  const http = command === 'GET' || command === 'POST' || command === 'CONNECT'
  // What begins with no letter, or looks like a header field, comes from no mail program.
  const foreign = (modern && /^[^A-Z]/.test(command)) || /^[\x21-\x39\x3b-\x7e]+:/.test(line)
  if (http || foreign) return {reply: RULES, close: true}
  return {reply: `${modern ? '500' : '502'} 5.5.2 Error: command not recognized`, close: false}
}

const CHUNKING: Chunking = {
  refusal: (_, {size, odd}) =>
    size === null || odd ? {reply: '521 5.5.4 Syntax: BDAT count [LAST]', close: true} : null,
  taken: (bytes) => `${OK}: ${bytes} bytes`,
  discarded: ({client}, bytes) =>
    client.chunks === 'failed' ? `551 5.0.0 Discarded ${bytes} bytes after earlier error` : noRecipients(client),
  complete: ({id}: Accepted, {total}) => `${OK}: ${total} bytes queued as ${id}`,
}

/** Microseconds of the moment and the file's inode, hexadecimal (`enable_long_queue_ids = no`). */
function queueId({server, connection}: Call): string {
  const random = connection.random(4)
  const micros = (connection.now() % 1000) * 1000 + (random.readUInt16BE(0) % 1000)
  const inode = server.persona.integer('mail queue inode', 0x2_0000, 0xf_0000) + (random.readUInt16BE(2) % 0x400)
  return `${micros.toString(16).padStart(5, '0')}${inode.toString(16)}`.toUpperCase()
}

function finish({call, reply, logon}: Finished): Ending {
  const {client, server} = call
  if (JUNK.has(call.command) && ++client.idle > JUNK_COMMANDS) client.errors++
  else if (/^[45]/.test(reply)) client.errors++
  else if (reply.includes(' queued as ')) client.errors = 0
  const slow = logon ? LOGON_DELAY_MS : 0
  if (client.errors >= HARD_ERRORS) {
    const last = `421 4.7.0 ${server.host} Error: too many errors`
    return {reply: `${reply}\r\n${last}`, close: true, delayMs: slow + ERROR_DELAY_MS}
  }
  const tired = client.errors > SOFT_ERRORS && /^[45]/.test(reply)
  return fine(reply, slow + (tired ? ERROR_DELAY_MS : 0))
}
