/** Commands that need no login: who one is, how the connection is protected, what the server can do. */
import {timingSafeEqual} from 'node:crypto'

import {printable, sample} from '../../sample.ts'
import {delay, report} from '../../service.ts'
import {block} from './products/product.ts'
import type {Call, FtpServer, Handler} from './state.ts'
import type {Volume} from './volume.ts'

const ANONYMOUS: ReadonlySet<string> = new Set(['anonymous', 'ftp'])

const isAnonymous = ({server}: Call, user: string): boolean =>
  server.product.everybody === true || (server.anonymous && ANONYMOUS.has(user.toLowerCase()))

const user: Handler = (call) => {
  const {argument, client, server} = call
  const {product} = server
  if (client.volume !== null && product.name !== 'iis') {
    if (product.name === 'vsftpd') {
      call.reply(argument === client.user ? '331 Any password will do.' : "530 Can't change to another user.")
    } else
      call.reply(argument === client.user ? product.welcome(argument, false) : '501 Reauthentication not supported')
    return
  }
  if (argument === '' && product.name !== 'vsftpd') {
    call.reply(product.missing('USER'))
    return
  }
  client.volume = null
  client.user = argument
  call.reply(product.user(argument, isAnonymous(call, argument)))
}

const pass: Handler = (call) => {
  const {argument, client, server} = call
  const {product} = server
  if (client.volume !== null) {
    call.reply(product.alreadyIn(client.user ?? ''))
    return
  }
  if (client.user === null || client.user === '') {
    call.reply(product.userFirst)
    return
  }
  const anonymous = isAnonymous(call, client.user)
  const right = anonymous || matches(server.users.get(client.user), argument)
  record(call, client.user, right)
  if (right) enter(call, client.user, anonymous)
  else refuse(call)
}

function matches(expected: Buffer | undefined, given: string): boolean {
  const bytes = Buffer.from(given, 'latin1')
  return expected !== undefined && expected.length === bytes.length && timingSafeEqual(expected, bytes)
}

function record({argument, connection, actions}: Call, name: string, success: boolean): void {
  const {credential} = connection.limits
  const principal = printable(Buffer.from(name, 'latin1').subarray(0, credential))
  const secret = sample(Buffer.from(argument, 'latin1'), credential)
  const outcome = success ? 'success' : 'failure'
  actions.push(report({event: 'auth.attempt', credential: {principal, method: 'password', secret, outcome}}))
}

function enter(call: Call, name: string, anonymous: boolean): void {
  const {client, server} = call
  client.volume = volumeOf(server, name, anonymous)
  client.cwd = client.volume.home
  if (anonymous) client.user = 'ftp'
  call.reply(server.product.welcome(name, anonymous))
}

function volumeOf({product, volumes}: FtpServer, name: string, anonymous: boolean): Volume {
  if (product.everybody === true) return volumes.spool()
  return anonymous ? volumes.anonymous() : volumes.of(name)
}

function refuse(call: Call): void {
  const {client, server, connection, actions} = call
  const {failureDelay, denied, maxFailures} = server.product
  const [least, most] = failureDelay
  const drawn = connection.random(2).readUInt16BE() / 0x10000
  actions.push(delay(Math.round(least + (most - least) * drawn)))
  client.user = null
  call.reply(denied)
  if (++client.failures >= maxFailures) call.close()
}

const auth: Handler = (call) => {
  const {server, client, argument} = call
  const {reply, upgrade} = server.product.auth(argument.toUpperCase(), server.tls !== null && !client.secure)
  call.reply(reply)
  if (upgrade) call.secure()
}

const protection: Handler = (call) => {
  const {client, server, argument} = call
  const outcome = server.product.protection(client.secure, argument.toUpperCase())
  if (outcome.private !== null) client.privateData = outcome.private
  call.reply(outcome.reply)
}

const features: Handler = (call) => {
  const {product, tls} = call.server
  if (call.argument !== '' && product.name === 'proftpd') call.reply(product.missing('FEAT'))
  else call.reply(block(211, product.featuresHead, product.features(tls !== null), product.featuresEnd))
}

const help: Handler = (call) => {
  const {product} = call.server
  const [topic = ''] = call.argument.toUpperCase().split(' ')
  if (topic !== '' && product.name === 'proftpd') call.reply(`502 Unknown command '${topic}'`)
  else call.reply(product.help)
}

const quit: Handler = (call) => {
  call.reply(call.server.product.goodbye)
  call.close()
}

/** A reply that depends on the argument alone. */
const says =
  (text: (call: Call) => string): Handler =>
  (call) =>
    call.reply(text(call))

export const ACCESS_COMMANDS: Readonly<Record<string, Handler>> = {
  USER: user,
  PASS: pass,
  AUTH: auth,
  PROT: protection,
  PBSZ: says(({server, client, argument}) => server.product.bufferSize(client.secure, argument)),
  FEAT: features,
  HELP: help,
  QUIT: quit,
  NOOP: says(({server}) => server.product.noop),
  SYST: says(({server}) => server.product.system),
  OPTS: says(({server, argument}) => server.product.options(argument.toUpperCase())),
  SITE: says(({server, argument}) => server.product.site(argument.toUpperCase())),
}

/** Of ProFTPD, and partly of IIS. */
export const EXTRA_COMMANDS: Readonly<Record<string, Handler>> = {
  CLNT: says(() => '200 OK'),
  CSID: says(() => '200 name=ProFTPD;casesensitive=1;'),
  HOST: says(({client}) => (client.user === null ? '220 Host accepted' : '503 Bad sequence of commands')),
  LANG: says(() => '200 Language is now English, UTF-8 encoding.'),
}
