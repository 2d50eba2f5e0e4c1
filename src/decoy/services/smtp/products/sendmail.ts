/** Sendmail with Debian's configuration and SASL; what it says was recorded from 8.17.1.9 of Debian 12. */
import {isUtf8} from 'node:buffer'

import type {Verdict} from '../addresses.ts'
import {localTime, mailDate} from '../clock.ts'
import type {Call} from '../state.ts'
import type {Given, Path} from '../wire/path.ts'
import {type Ending, type Finished, fine, lines, type Mta} from './mta.ts'

const IMPLICIT_TLS = new Set(['smtps'] as const)
/** It has no limit of its own, hence that of what is kept. */
const MAX_SIZE = 32 * 1024 * 1024
/** `MAXBADCOMMANDS`. */
const MAX_UNKNOWN = 25
/** What its configuration reads into a line that is no command. */
const MAX_STRANGE_LINE = 2048
const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwx'
const END_OF_HELP = '2.0.0 End of HELP info'
const TOPICS: Readonly<Record<string, readonly string[]>> = {
  MAIL: [
    'MAIL From:<sender> [ <parameters> ]',
    '\tSpecifies the sender.  Parameters are ESMTP extensions.',
    '\tSee "HELP DSN" for details.',
  ],
}

export interface SendmailOptions {
  readonly version: string
  /** Version of the configuration, `8.17.1.9/Debian-2+deb12u2`. */
  readonly configuration: string
  /** Debian's greeting names the client, and says that it is watched. */
  readonly debian: boolean
}

export function sendmail(options: SendmailOptions): Mta {
  const {version} = options
  return {
    name: 'sendmail',
    implicitTls: IMPLICIT_TLS,
    // The correction of SMTP smuggling came with 8.18, and with Debian's package of 8.17.
    lineEnds: atLeast(version, 17) ? 'refused' : 'lenient',
    maxSize: MAX_SIZE,
    extension: '+',
    greeting: (call) => greeting(call, options),
    hello: ({command, argument, server, connection}) => {
      if (argument === '') return {reply: `501 5.0.0 ${command} requires domain address`, accepted: false}
      if (!/^[A-Za-z0-9._[\]:-]+$/.test(argument)) return {reply: '501 5.0.0 Invalid domain name', accepted: false}
      return {reply: `250 ${server.host} Hello [${connection.peer.ip}], pleased to meet you`, accepted: true}
    },
    extensions: ({server, client, role}) => [
      'ENHANCEDSTATUSCODES',
      'PIPELINING',
      'EXPN',
      'VERB',
      '8BITMIME',
      'SIZE',
      'DSN',
      ...(role === 'mx' ? ['ETRN'] : []),
      'AUTH LOGIN PLAIN',
      ...(server.startTls && !client.secure ? ['STARTTLS'] : []),
      'DELIVERBY',
      'HELP',
    ],
    commands: {
      NOOP: () => '250 2.0.0 OK',
      HELP: (call) => help(call, version),
      VRFY: (call) => expand(call, '252 2.1.5'),
      EXPN: (call) => expand(call, '550 5.7.1'),
      VERB: ({client}) => {
        client.verbose = true
        return '250 2.0.0 Verbose mode'
      },
      ETRN: turn,
      TURN: () => '502 5.5.1 Command not implemented: "TURN"',
    },
    ending: {QUIT: ({server}) => `221 2.0.0 ${server.host} closing connection`},
    unknown,
    gate: () => null,
    reset: () => ({reply: '250 2.0.0 Reset state', done: true}),
    startTls: ({argument, client, server}) => {
      if (!server.startTls || client.secure) return '454 4.3.3 TLS not available after start'
      return argument === '' ? null : '501 5.5.2 Syntax error (no parameters allowed)'
    },
    startTlsReply: '220 2.0.0 Ready to start TLS',
    mail,
    mailReply: (_, {path}) => `250 2.1.0 ${shown(path)}... Sender ok`,
    rcpt,
    rcptReply: (_, {path}) => `250 2.1.5 ${shown(path)}... Recipient ok`,
    data: ({client}) => {
      if (client.sender === null) return '503 5.0.0 Need MAIL command'
      return client.recipientCount === 0 ? '503 5.0.0 Need RCPT (recipient)' : null
    },
    dataReply: '354 End data with <CR><LF>.<CR><LF>',
    chunking: null,
    accept: (call) => {
      const id = queueId(call)
      return {id, reply: `250 2.0.0 ${id} Message accepted for delivery`}
    },
    tooLarge: '552 5.2.3 Message exceeds maximum fixed size',
    bareLf: '421 4.5.0 Bare linefeed (LF) not allowed',
    auth: {
      emptyNames: true,
      success: '235 2.0.0 OK Authenticated',
      cancelled: '501 5.0.0 AUTH aborted',
      failure: () => '535 5.7.0 authentication failed',
      undecodable: (text, initial) =>
        initial ? `501 5.5.4 cannot BASE64 decode '${text}'` : `501 5.5.4 cannot decode AUTH parameter ${text}`,
    },
    authRefusal: ({client, argument}, mechanism) => {
      if (client.user !== null) return '503 5.5.0 Already Authenticated'
      if (client.sender !== null) return '503 5.5.0 AUTH not permitted during a mail transaction'
      if (argument === '') return '501 5.5.2 AUTH mechanism must be specified'
      return mechanism === 'PLAIN' || mechanism === 'LOGIN'
        ? null
        : `504 5.3.3 AUTH mechanism ${mechanism} not available`
    },
    finish,
    // `confTO_COMMAND`.
    patience: {loginMs: 3_600_000, idleMs: 3_600_000},
    timeout: ({server, connection}) =>
      `421 4.4.1 ${server.host} Timeout waiting for input from [${connection.peer.ip}]`,
  }
}

const atLeast = (version: string, minor: number): boolean => Number(version.split('.')[1]) >= minor

function greeting({server, connection}: Call, {version, configuration, debian}: SendmailOptions): string {
  const date = mailDate(server.persona, connection.now(), {padded: false, greenwich: 'GMT'})
  const {ip} = connection.peer
  const warning = debian ? `; (No UCE/UBE) logging access from: [${ip}](FAIL)-[${ip}]` : ''
  return `220 ${server.host} ESMTP Sendmail ${version}/${configuration}; ${date}${warning}`
}

/** The eighth bit is lost. */
const shown = ({raw}: Path): string =>
  raw.replace(/[\x80-\xff]/g, (character) => String.fromCharCode(character.charCodeAt(0) & 0x7f))

function faultOf(path: Path): string | null {
  const {fault, domain} = path
  switch (fault) {
    case null:
    case 'space':
      return null
    case 'unclosed':
      return `553 5.0.0 ${shown(path)}... Unbalanced '<'`
    case 'no local part':
      return `553 5.1.3 ${shown(path)}... User address required`
    case 'no domain':
      return `553 5.1.3 ${shown(path)}... Hostname required`
    case 'bad domain':
      return domain?.includes('..') === true
        ? `553 5.1.2 ${shown(path)}... Invalid host name`
        : `553 5.1.3 ${shown(path)}... Invalid route address`
    default:
      return fault satisfies never
  }
}

const scanned = (argument: string): string => (argument.split(':', 1)[0] ?? '').trim()

function mail(call: Call, given: Given | null): string | null {
  const {client, argument, role, server} = call
  if (client.hello === null) return '503 5.0.0 Polite people say HELO first'
  if (client.sender !== null) return '503 5.5.0 Sender already specified'
  if (role === 'submission' && client.user === null && !server.open) return '530 5.7.0 Authentication required'
  if (given === null) return `501 5.5.2 Syntax error in parameters scanning "${scanned(argument)}"`
  for (const {key, value} of given.parameters) {
    if (key === 'BODY' && !/^(?:7BIT|8BITMIME)$/i.test(value ?? '')) return `501 5.5.4 Unknown BODY type ${value ?? ''}`
    if (key === 'SIZE' && Number(value) > 2 ** 33) return '452 4.4.5 Insufficient disk space; try again later'
    if (!/^(?:SIZE|BODY|RET|ENVID|AUTH|BY)$/.test(key)) return `555 5.5.4 ${key} parameter unrecognized`
  }
  const fault = faultOf(given.path)
  if (fault !== null) return fault
  const {address, domain, raw} = given.path
  return address !== '' && domain === null
    ? `553 5.5.4 ${raw}... Domain name required for sender address ${address}`
    : null
}

function rcpt(
  {client, argument, server, connection}: Call,
  given: Given | null,
  verdict: Verdict | null,
): string | null {
  if (client.sender === null) return '503 5.0.0 Need MAIL before RCPT'
  if (given === null) return `501 5.5.2 Syntax error in parameters scanning "${scanned(argument)}"`
  const {path} = given
  for (const {key, value} of given.parameters) {
    if (key === 'NOTIFY') {
      const bad = (value ?? '').split(',').find((word) => !/^(?:NEVER|SUCCESS|FAILURE|DELAY)$/i.test(word))
      if (bad !== undefined) return `501 5.5.4 Bad argument "${bad}"  to NOTIFY`
    } else if (key !== 'ORCPT') return `555 5.5.4 ${key} parameter unrecognized`
  }
  if (path.address === '') return `553 5.0.0 ${path.raw}... User address required`
  const fault = faultOf(path)
  if (fault !== null) return fault
  if (server.open) return null
  if (verdict?.kind === 'unknown') return `550 5.1.1 ${shown(path)}... User unknown`
  if (verdict?.kind !== 'foreign' || client.user !== null) return null
  return `550 5.7.1 ${shown(path)}... Relaying denied. IP name lookup failed [${connection.peer.ip}]`
}

/** VRFY and EXPN say the same of a mailbox. @param elsewhere what precedes an address that is not here. */
function expand({client, argument, server, command}: Call, elsewhere: string): string {
  if (client.hello === null) return '503 5.0.0 I demand that you introduce yourself first'
  if (argument === '') return '501 5.5.2 Argument required'
  const address = argument.replace(/^<(.*)>$/, '$1')
  const at = address.lastIndexOf('@')
  const local = at === -1 ? address : address.slice(0, at)
  const verdict = server.addresses.judge({local, domain: at === -1 ? null : address.slice(at + 1)}, '+')
  if (verdict.kind === 'unknown') return `550 5.1.1 ${argument}... User unknown`
  if (verdict.kind !== 'local') return command === 'VRFY' ? `${elsewhere} <${address}>` : `250 2.1.5 <${address}>`
  const {user, name, kind} = verdict.mailbox
  // Postmaster is an alias of root's.
  const owner = user === 'postmaster' ? 'root' : user
  const full = kind === 'honey' ? '' : `${user === 'postmaster' ? 'root' : name} `
  const aliased = client.verbose && owner !== user ? `050 ${argument}... aliased to ${owner}\r\n` : ''
  return `${aliased}250 2.1.5 ${full}<${owner}@${server.host}>`
}

function turn({argument, role}: Call): string {
  if (role !== 'mx') return '502 5.7.0 Sorry, we do not allow this operation'
  if (argument === '') return '500 5.5.2 Parameter required'
  return `250 2.0.0 Queuing for node ${argument} started`
}

function help({argument}: Call, version: string): string {
  const topic = argument.toUpperCase()
  const text = Object.hasOwn(TOPICS, topic) ? TOPICS[topic] : undefined
  if (text !== undefined) return lines(214, [...text.map((line) => `2.0.0 ${line}`), END_OF_HELP])
  if (topic !== '') return `504 5.3.0 HELP topic "${argument.toLowerCase()}" unknown`
  const words = [
    `This is sendmail version ${version}`,
    'Topics:',
    '\tHELO\tEHLO\tMAIL\tRCPT\tDATA',
    '\tRSET\tNOOP\tQUIT\tHELP\tVRFY',
    '\tEXPN\tVERB\tETRN\tDSN\tAUTH',
    '\tSTARTTLS',
    'For more info use "HELP <topic>".',
    'To report bugs in the implementation see',
    '\thttp://www.sendmail.org/email-addresses.html',
    'For local information send email to Postmaster at your site.',
  ]
  return lines(214, [...words.map((line) => `2.0.0 ${line}`), END_OF_HELP])
}

function unknown({line, command, server, connection}: Call): {reply: string; close: boolean} {
  const peer = `[${connection.peer.ip}]`
  if (/^(?:GET|POST|CONNECT|USER)$/.test(command)) {
    return {reply: `421 4.7.0 ${server.host} Rejecting open proxy ${peer}`, close: true}
  }
  if (line.length > MAX_STRANGE_LINE) {
    return {reply: `421 4.7.0 ${server.host} Command too long, possible attack ${peer}`, close: true}
  }
  const text = line.split('\0', 1)[0] ?? ''
  const kept = /^[\x20-\x7e\t]*$/.test(text) && isUtf8(Buffer.from(text, 'latin1')) ? text : ''
  return {reply: `500 5.5.1 Command unrecognized: "${kept}"`, close: false}
}

/** Year, month, day, hour, minute and second in base 60, a number, and the process. */
function queueId({server, connection}: Call): string {
  const time = localTime(server.persona, connection.now())
  const random = connection.random(4)
  const digits = [
    time.getUTCFullYear() - 1900,
    time.getUTCMonth(),
    time.getUTCDate(),
    time.getUTCHours(),
    time.getUTCMinutes(),
    time.getUTCSeconds(),
    random.readUInt8(0),
    random.readUInt8(1),
  ]
  const process = 1000 + (random.readUInt16BE(2) % 31_000)
  return `${digits.map((digit) => ALPHABET[digit % 60] ?? '0').join('')}${String(process).padStart(6, '0')}`
}

function finish({call, reply}: Finished): Ending {
  const {client, server} = call
  if (!reply.startsWith('500 5.5.1') || ++client.unknown <= MAX_UNKNOWN) return fine(reply)
  return {reply: `421 4.7.0 ${server.host} Too many bad commands; closing connection`, close: true, delayMs: 0}
}
