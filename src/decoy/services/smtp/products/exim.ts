/** Exim with Debian's access lists; what it says was recorded from 4.96 of Debian 12. */
import type {Verdict} from '../addresses.ts'
import {mailDate} from '../clock.ts'
import type {Call} from '../state.ts'
import type {Given, Path} from '../wire/path.ts'
import {type Chunking, type Ending, type Finished, fine, lines, type Mta} from './mta.ts'

const IMPLICIT_TLS = new Set(['smtps'] as const)
const MAX_SIZE = 52_428_800
/** `smtp_max_synprot_errors` and `smtp_max_unknown_commands`. */
const MAX_ERRORS = 3
/** `smtp_accept_max_nonmail`. */
const MAX_IDLE = 10
const IDLE = new Set(['NOOP', 'VRFY', 'EXPN', 'HELP', 'ETRN', 'RSET'])
const RESET_ONLY = '503 only RSET accepted now'
const NUL = '501 NUL characters are not allowed in SMTP commands'
const UNKNOWN = '500 unrecognized command'
const HELP = 'AUTH STARTTLS HELO EHLO MAIL RCPT DATA BDAT NOOP QUIT RSET HELP'
/** DSN is not offered. */
const NO_PARAMETER = /(?!)/
const BASE_62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

export interface EximOptions {
  readonly version: string
}

export function exim({version}: EximOptions): Mta {
  const minor = Number(version.split('.')[1])
  return {
    name: 'exim',
    implicitTls: IMPLICIT_TLS,
    // Since the correction of SMTP smuggling.
    lineEnds: 'first',
    maxSize: MAX_SIZE,
    extension: null,
    greeting: ({server, connection}) =>
      `220 ${server.host} ESMTP Exim ${version} ${mailDate(server.persona, connection.now(), {padded: true})}`,
    hello: ({command, argument, server, connection}) =>
      /^(?:[A-Za-z0-9.-]+|\[[A-Za-z0-9.:]+\])$/.test(argument)
        ? {reply: `250 ${server.host} Hello ${argument} [${connection.peer.ip}]`, accepted: true}
        : {reply: `501 Syntactically invalid ${command} argument(s)`, accepted: false},
    extensions: ({server, client}) => [
      `SIZE ${MAX_SIZE}`,
      '8BITMIME',
      'PIPELINING',
      ...(minor >= 95 ? ['PIPECONNECT'] : []),
      'AUTH PLAIN LOGIN',
      'CHUNKING',
      ...(server.startTls && !client.secure ? ['STARTTLS'] : []),
      'PRDR',
      'SMTPUTF8',
      'HELP',
    ],
    commands: {
      NOOP: () => '250 OK',
      HELP: () => lines(214, ['Commands supported:', HELP]),
      VRFY: verify,
      EXPN: () => '550 Administrative prohibition',
      ETRN: () => '458 Administrative prohibition',
    },
    ending: {QUIT: ({server}) => `221 ${server.host} closing connection`},
    unknown,
    gate: ({client}) => (client.chunks === 'failed' ? RESET_ONLY : null),
    reset: ({argument}) =>
      argument === '' ? {reply: '250 Reset OK', done: true} : {reply: '501 unexpected argument data', done: false},
    startTls: ({argument, client, server}) => {
      if (argument !== '') return '501 unexpected argument data'
      return client.secure || !server.startTls ? '503 STARTTLS command used when not advertised' : null
    },
    startTlsReply: '220 TLS go ahead',
    mail,
    mailReply: () => '250 OK',
    rcpt,
    rcptReply: () => '250 Accepted',
    data,
    dataReply: '354 Enter message, ending with "." on a line by itself',
    chunking: CHUNKING,
    accept: (call) => {
      const id = messageId(call, minor)
      return {id, reply: `250 OK id=${id}`}
    },
    tooLarge: '552 Message size exceeds maximum permitted',
    bareLf: '',
    auth: {
      emptyNames: true,
      success: '235 Authentication succeeded',
      cancelled: '501 Authentication cancelled',
      failure: () => '535 Incorrect authentication data',
      undecodable: () => '501 Invalid base64 data',
    },
    authRefusal: ({client, argument}, mechanism) => {
      if (!client.extended) return '503 AUTH command used when not advertised'
      if (client.user !== null) return '503 already authenticated'
      if (client.sender !== null) return '503 not permitted in mail transaction'
      if (mechanism === 'PLAIN' || mechanism === 'LOGIN') return null
      return `504 ${argument.split(/[ \t]/, 1)[0] ?? ''} authentication mechanism not supported`
    },
    finish,
    // `smtp_receive_timeout`.
    patience: {loginMs: 300_000, idleMs: 300_000},
    timeout: ({server}) => `421 ${server.host}: SMTP command timeout - closing connection`,
  }
}

/** What is wrong with an address, in the parser's words. */
function faultOf({raw, address, fault, local, domain}: Path): string | null {
  switch (fault) {
    case null:
      return null
    case 'unclosed':
      return `501 ${raw}: '>' missing at end of address`
    case 'space': {
      const [word = ''] = (local === '' ? address : local).split(/\s/, 1)
      return `501 ${raw}: "@" or "." expected after "${word}"`
    }
    case 'no local part':
      return `501 ${raw}: no local part`
    case 'no domain':
    case 'bad domain':
      return domain?.startsWith('[') === true
        ? `501 ${raw}: domain literals not allowed`
        : `501 ${raw}: domain missing or malformed`
    default:
      return fault satisfies never
  }
}

/** In HELO's mode there are no parameters; what is none at all is taken for part of the address. */
function strange({client}: Call, {path, parameters}: Given, known: RegExp): string | null {
  const odd = parameters.find(
    ({key, value}) => !client.extended || !known.test(key) || (value === null && key !== 'PRDR' && key !== 'SMTPUTF8'),
  )
  if (odd === undefined) return null
  // Its parser cuts the value off behind the last `=`, wherever there is none.
  if (odd.value === null) return `501 ${path.raw}=${odd.raw}: malformed address: =${odd.raw} may not follow ${path.raw}`
  return `501 ${path.raw} ${odd.raw}: malformed address: ${odd.raw} may not follow ${path.raw} `
}

function mail(call: Call, given: Given | null): string | null {
  const {client, argument, line} = call
  if (line.includes('\0')) return NUL
  if (!/^FROM:/i.test(argument)) return UNKNOWN
  if (client.hello === null) return '503 HELO or EHLO required'
  if (client.sender !== null) return '503 sender already given'
  if (given === null) return '501 MAIL must have an address operand'
  const odd = strange(call, given, /^(?:SIZE|BODY|AUTH|RET|ENVID|PRDR|SMTPUTF8)$/)
  if (odd !== null) return odd
  for (const {key, value} of given.parameters) {
    if (key === 'BODY' && !/^(?:7BIT|8BITMIME)$/i.test(value ?? '')) return '501 invalid data for BODY'
    if (key === 'SIZE' && Number(value) > MAX_SIZE) return '552 Message size exceeds maximum permitted'
  }
  const fault = faultOf(given.path)
  if (fault !== null) return fault
  const {address, domain, raw} = given.path
  return address !== '' && domain === null ? `501 ${raw}: sender address must contain a domain` : null
}

function rcpt(call: Call, given: Given | null, verdict: Verdict | null): string | null {
  const {client, argument, line} = call
  if (line.includes('\0')) return NUL
  if (!/^TO:/i.test(argument)) return UNKNOWN
  if (client.chunks !== 'none') return RESET_ONLY
  if (client.sender === null) return '503 sender not yet given'
  if (given === null) return '501 RCPT must have an address operand'
  const odd = strange(call, given, NO_PARAMETER)
  if (odd !== null) return odd
  const {path} = given
  if (path.address === '') return `501 ${path.raw}: missing or malformed local part`
  const fault = faultOf(path)
  if (fault !== null) return fault
  if (path.domain === null && path.local.toLowerCase() !== 'postmaster')
    return `501 ${path.raw}: recipient address must contain a domain`
  if (path.domain?.startsWith('[') === true) return `501 ${path.raw}: domain literals not allowed`
  return call.server.open ? null : policy(call, path, verdict)
}

/** `acl_check_rcpt`. */
function policy({client, server}: Call, {local, domain}: Path, verdict: Verdict | null): string | null {
  const here = server.addresses.judge({local: 'postmaster', domain}, null).kind !== 'foreign'
  const restricted = here ? /^\.|[@%!/|`#&?]/ : /^[./|]|[@%!`#&?]|\/\.\.\//
  if (restricted.test(local)) return '550 restricted characters in address'
  if (here && local.toLowerCase() === 'postmaster') return null
  if (client.asked > 10 && client.recipientCount < Math.floor(client.asked / 2))
    return '550 Rejected for too many bad recipients'
  if (client.user !== null) return null
  if (!here) return '550 relay not permitted'
  return verdict?.kind === 'local' ? null : '550 Unrouteable address'
}

function data({client, argument}: Call): string | null {
  if (argument !== '') return '501 unexpected argument data'
  if (client.chunks !== 'none') {
    client.chunks = 'failed'
    return '503 only BDAT permissible after non-LAST BDAT'
  }
  return client.recipientCount === 0 ? noRecipients('DATA', client) : null
}

/** Where it had announced PIPELINING it does not count it as an error, and says so by a capital. */
function noRecipients(command: 'DATA' | 'BDAT', {asked, lastRefusal, extended}: Call['client']): string {
  if (asked === 0 || lastRefusal === null) return `503 valid RCPT command must precede ${command}`
  const [head, last] = ['All RCPT commands were rejected with this error:', `RCPT command must precede ${command}`]
  return !extended
    ? lines(503, [head, lastRefusal, `valid ${last}`])
    : lines(503, [head, lastRefusal.slice(4), `Valid ${last}`])
}

const CHUNKING: Chunking = {
  refusal: ({client}, {size}) => {
    if (size === null) return {reply: '501 missing size for BDAT command', close: false}
    if (client.chunks === 'failed') return {reply: RESET_ONLY, close: false}
    return null
  },
  taken: (bytes) => `250 ${bytes} byte chunk received`,
  discarded: ({client}) => (client.chunks === 'failed' ? '503 only RSET accepted now' : noRecipients('BDAT', client)),
  complete: ({reply}, {chunk, total}) => `250- ${chunk} byte chunk, total ${total}\r\n${reply}`,
}

function verify({argument}: Call): string {
  const address = argument.replace(/^<(.*)>$/, '$1')
  if (address === '') return '501 empty address'
  return address.includes('@')
    ? '252 Administrative prohibition'
    : `501 ${argument}: recipient address must contain a domain`
}

function unknown({line, client}: Call): {reply: string; close: boolean} {
  if (client.chunks === 'failed') return {reply: RESET_ONLY, close: false}
  const reply = line.includes('\0') ? NUL : UNKNOWN
  return {reply, close: false}
}

const base62 = (value: number, width: number): string => {
  let text = ''
  for (let rest = value, left = width; left > 0; left--) {
    text = `${BASE_62[rest % 62] ?? '0'}${text}`
    rest = Math.floor(rest / 62)
  }
  return text
}

/** Seconds, process and fraction of the second; longer since 4.97. */
function messageId({connection}: Call, minor: number): string {
  const now = connection.now()
  const random = connection.random(4).readUInt32BE()
  const process = 1000 + (random % 3_000_000)
  const long = minor >= 97
  const fraction = Math.floor((now % 1000) / 0.5)
  return `${base62(Math.floor(now / 1000), 6)}-${base62(process, long ? 11 : 6)}-${base62(fraction, long ? 4 : 2)}`
}

function finish({call, reply}: Finished): Ending {
  const {client, command} = call
  if (IDLE.has(command) && ++client.idle > MAX_IDLE) {
    return {reply: '554 Too many nonmail commands', close: true, delayMs: 0}
  }
  if (reply.startsWith(UNKNOWN) && ++client.unknown > MAX_ERRORS) {
    return {reply: '500 Too many unrecognized commands', close: true, delayMs: 0}
  }
  if (!counts(reply, command) || ++client.errors <= MAX_ERRORS) return fine(reply)
  if (command === 'HELO' || command === 'EHLO') return {reply, close: true, delayMs: 0}
  const code = reply.slice(0, 3)
  const said = reply.split('\r\n').map((line) => `${code}-${line.slice(4)}`)
  return {reply: [...said, `${code} Too many syntax or protocol errors`].join('\r\n'), close: true, delayMs: 0}
}

/** Errors of syntax and protocol. What an access list refuses is none, nor is what it calls a policy of addresses. */
function counts(reply: string, command: string): boolean {
  if (!/^50[0134]/.test(reply) || command === 'VRFY') return false
  if (command === 'AUTH') return !reply.startsWith('501')
  return !/^503 HELO or EHLO|^503 Valid RCPT|must contain a domain$/m.test(reply)
}
