/** Data connections and what goes over them: PASV, EPSV, PORT, EPRT (RFC 959, RFC 2428), lists, downloads, uploads. */
import {contentOf, FsError} from '../../files/nodes.ts'
import {absolutePath} from '../../files/paths.ts'
import {Upload} from '../../files/upload.ts'
import {printable} from '../../sample.ts'
import {type Action, listen, report, UNLISTEN, write} from '../../service.ts'
import {fileReadEvent, fileWriteEvents} from '../../shell/evidence.ts'
import {uniqueOf} from './commands-files.ts'
import type {Outcome} from './data-channel.ts'
import {machineFacts} from './listing.ts'
import type {Product} from './products/product.ts'
import type {Call, VolumeHandler} from './state.ts'
import {causeOf, entriesOf, type Volume} from './volume.ts'

const IPV4 = '1'
/** Lowest port that servers connect to: what is below belongs to services. */
const FIRST_FREE_PORT = 1024

const passive: VolumeHandler = (call) => {
  call.client.data = 'passive'
  call.actions.push(listen(call.channel))
}

const extendedPassive: VolumeHandler = (call) => {
  const {product} = call.server
  const wanted = call.argument.toUpperCase()
  if (wanted === 'ALL') call.reply(product.extendedAll)
  else if (wanted !== '' && wanted !== IPV4) call.reply(product.badProtocol('EPSV'))
  else passive(call, call.client.volume ?? NO_VOLUME())
}

const NO_VOLUME = (): never => {
  throw new TypeError('nobody is signed in')
}

/** What the reply to PASV or EPSV is once the port is bound. */
export function passiveReply(
  {server, connection}: Pick<Call, 'server' | 'connection'>,
  extended: boolean,
  port: number,
) {
  if (extended) return server.product.extendedPassive(port)
  return server.product.passive([...connection.local.ip.split('.'), port >> 8, port & 0xff].join(','))
}

interface Target {
  readonly ip: string
  readonly port: number
}

const port: VolumeHandler = (call) => {
  const numbers = /^(\d{1,3}),(\d{1,3}),(\d{1,3}),(\d{1,3}),(\d{1,3}),(\d{1,3})$/
    .exec(call.argument)
    ?.slice(1)
    .map(Number)
  if (numbers === undefined || numbers.some((number) => number > 255)) {
    call.reply(call.server.product.badActive('PORT', true))
    return
  }
  const [high = 0, low = 0] = numbers.slice(4)
  active(call, {ip: numbers.slice(0, 4).join('.'), port: high * 256 + low})
}

const extendedPort: VolumeHandler = (call) => {
  const {product} = call.server
  const match = /^([!-~])([^|]*)\1([^|]{1,64})\1(\d{1,5})\1$/.exec(call.argument)
  if (match === null) call.reply(product.badActive('EPRT', true))
  else if (match[2] !== IPV4) call.reply(product.badProtocol('EPRT'))
  else active(call, {ip: match[3] ?? '', port: Number(match[4])})
}

/** Never to anybody but the peer: a server that does it scans and floods for others. */
function active(call: Call, target: Target): void {
  const {client, server, connection, command} = call
  if (target.ip !== connection.peer.ip || target.port < FIRST_FREE_PORT || target.port > 65_535) {
    const shown = {ip: printable(Buffer.from(target.ip, 'latin1')), port: target.port}
    call.actions.push(report({event: 'probe', data: {reason: 'bounce', target: shown}}))
    call.reply(server.product.badActive(command, false))
    return
  }
  client.data = 'active'
  call.actions.push(UNLISTEN)
  call.reply(server.product.active(command))
}

/** False: there is no data connection, and that has been said. The way is used up. */
function ready(call: Call): boolean {
  const {client, server} = call
  const way = client.data
  client.data = 'none'
  // Nothing here connects to anybody, so that a client which cannot be reached is what it looks like.
  if (way === 'active') call.reply(server.product.cannotConnect)
  else if (way === 'none') call.reply(server.product.noData)
  return way === 'passive'
}

const tlsOf = ({client, server}: Call) => (client.privateData ? server.tls : null)

interface Sending {
  readonly kind: 'list' | 'read'
  readonly path: string
  readonly data: Buffer
  readonly events?: readonly Action[]
}

function send(call: Call, {kind, path, data, events = []}: Sending): void {
  const {product} = call.server
  const opening = write(`${product.opening(kind, kind === 'read' && call.client.binary, path, data.length)}\r\n`)
  const done = (outcome: Outcome): Action[] => [write(`${ending(product, outcome, kind)}\r\n`)]
  call.actions.push(...events, ...call.channel.begin({opening, data, upload: null, tls: tlsOf(call), done}))
}

function ending(product: Product, outcome: Outcome, kind: 'list' | 'read' | 'write'): string {
  if (outcome === 'nobody') return product.cannotConnect
  return outcome === 'whole' ? product.complete(kind) : product.broken
}

/** `-la name` to the name, and whether all is shown. */
function listArguments(argument: string): {path: string; all: boolean; long: boolean} {
  const flags = /^(?:-\S+ ?)+/.exec(argument)?.[0] ?? ''
  return {path: argument.slice(flags.length), all: flags.includes('a'), long: flags.includes('l')}
}

const list =
  (kind: 'LIST' | 'NLST'): VolumeHandler =>
  (call, volume) => {
    if (!ready(call)) return
    const {product} = call.server
    const {path, all, long} = listArguments(call.argument)
    try {
      const entries = entriesOf(volume, absolutePath(call.client.cwd, path), all)
      const now = call.connection.now()
      const plain = kind === 'NLST' && !long
      const lines = entries.map((each) => `${plain ? each.name : product.listLine(each, now)}\r\n`)
      send(call, {kind: 'list', path, data: Buffer.from(lines.join(''), 'latin1')})
    } catch (error) {
      const cause = causeOf(error)
      if (product.silentList) send(call, {kind: 'list', path, data: Buffer.alloc(0)})
      else cancel(call, product.failed('LIST', path, cause))
    }
  }

const machineList: VolumeHandler = (call, volume) => {
  if (!ready(call)) return
  const path = absolutePath(call.client.cwd, call.argument)
  try {
    const entries = entriesOf(volume, path, true)
    const lines = entries.map((each) => `${machineFacts(each, uniqueOf(`${path}/${each.name}`))} ${each.name}\r\n`)
    send(call, {kind: 'list', path: 'MLSD', data: Buffer.from(lines.join(''), 'latin1')})
  } catch (error) {
    cancel(call, call.server.product.failed('MLST', call.argument, causeOf(error)))
  }
}

/** The passive port is not needed after all. */
function cancel(call: Call, reply: string): void {
  call.actions.push(UNLISTEN)
  call.reply(reply)
}

const retrieve: VolumeHandler = (call, volume) => {
  if (!ready(call)) return
  const {client, argument, server} = call
  try {
    const path = absolutePath(client.cwd, argument)
    const content = contentOf(volume.files.readable(path, volume.actor))
    const data = content.subarray(Math.min(client.offset, content.length))
    client.offset = 0
    send(call, {kind: 'read', path: argument, data, events: [report(fileReadEvent(path))]})
  } catch (error) {
    cancel(call, server.product.failed('RETR', argument, causeOf(error)))
  }
}

/** Where an upload goes; throws FsError where it must not. */
function destination(call: Call, volume: Volume, append: boolean): {path: string; before: Buffer} {
  const path = absolutePath(call.client.cwd, call.argument)
  if (call.argument === '') throw new FsError('EISDIR')
  const existed = volume.files.exists(path, volume.actor)
  const before = existed && append ? volume.files.read(path, volume.actor) : Buffer.alloc(0)
  // Made before the data comes, as a server opens the file first.
  volume.files.write(path, before, volume.actor)
  return {path, before}
}

const store =
  (append: boolean): VolumeHandler =>
  (call, volume) => {
    if (!ready(call)) return
    const {server, client, connection, argument} = call
    const {product} = server
    const {limits} = connection
    if (volume.readOnly || client.uploads >= limits.uploadsPerSession) {
      cancel(call, product.failed('STOR', argument, null))
      return
    }
    try {
      const {path, before} = destination(call, volume, append || client.offset > 0)
      client.uploads++
      client.offset = 0
      const upload = new Upload(server.pool, limits.uploadBytes)
      const done = (outcome: Outcome): Action[] => {
        const data = upload.finish()
        const kept = outcome === 'whole' && keep(volume, path, Buffer.concat([before, data]))
        const reply = ending(product, kept || outcome === 'nobody' ? outcome : 'broken', 'write')
        if (outcome === 'nobody') return [write(`${reply}\r\n`)]
        return [...fileWriteEvents(path, data, limits).map(report), write(`${reply}\r\n`)]
      }
      const opening = write(`${product.opening('write', client.binary, argument, 0)}\r\n`)
      call.actions.push(...call.channel.begin({opening, data: null, upload, tls: tlsOf(call), done}))
    } catch (error) {
      cancel(call, product.failed('STOR', argument, causeOf(error)))
    }
  }

/** Evidence comes before believability: what does not fit is recorded all the same. */
function keep(volume: Volume, path: string, data: Buffer): boolean {
  try {
    volume.files.write(path, data, volume.actor)
    return true
  } catch (error) {
    causeOf(error)
    return false
  }
}

export const TRANSFER_COMMANDS: Readonly<Record<string, VolumeHandler>> = {
  PASV: passive,
  EPSV: extendedPassive,
  PORT: port,
  EPRT: extendedPort,
  LIST: list('LIST'),
  NLST: list('NLST'),
  RETR: retrieve,
  STOR: store(false),
  APPE: store(true),
}

export const MACHINE_LISTS: Readonly<Record<string, VolumeHandler>> = {MLSD: machineList}
