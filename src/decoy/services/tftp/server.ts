/** Answers as tftpd-hpa 5.2 does, locked into its directory (`--secure`). */
import type {ServiceEvent} from '../../../events/event.ts'
import {captureOf} from '../../capture.ts'
import {Upload, UploadPool} from '../../files/upload.ts'
import {honeyPairs} from '../../honey-users.ts'
import {printable, sample} from '../../sample.ts'
import type {Connection, CreateService, Service, UdpHandler, UdpTransfer} from '../../service.ts'
import {fileReadEvent, safe} from '../../shell/evidence.ts'
import {lureFiles} from './lures.ts'
import {fromNetascii, toNetascii} from './netascii.ts'
import {isMode, isText, negotiate, type Settings} from './options.ts'
import {ERROR_CODE, error, readPacket, type TransferRequest} from './packet.ts'
import {resolvePath, Store} from './store.ts'
import {Receiving, Sending} from './transfer.ts'

const POOL_BYTES = 32 * 1024 * 1024
/** Of options kept in evidence, and of their names and values. */
const SHOWN_OPTIONS = 8
const SHOWN_LENGTH = 64

type Answer = ReturnType<UdpHandler['datagram']>

interface Server {
  readonly store: Store
  readonly uploads: boolean
  readonly pool: UploadPool
}

export const createService: CreateService = (persona, options): Service => {
  const wanted: readonly string[] = Array.isArray(options.lures) ? options.lures : ['switch', 'phone']
  const kinds = (['switch', 'phone'] as const).filter((kind) => wanted.includes(kind))
  const honey = honeyPairs(options.users).map(([name, password]) => ({name, password}))
  const server: Server = {
    store: new Store(lureFiles(persona, kinds, honey)),
    uploads: options.uploads !== false,
    pool: new UploadPool(POOL_BYTES),
  }
  const missing = error(ERROR_CODE.NOT_FOUND, 'File not found')
  return {
    udp: () => ({datagram: (bytes, connection) => answer(server, bytes, connection)}),
    selfTest: () => ({
      send: Buffer.from('\0\x01.well-known\0octet\0', 'latin1'),
      accepts: (reply) => reply.equals(missing),
    }),
  }
}

function answer(server: Server, bytes: Buffer, connection: Connection): Answer {
  const packet = readPacket(bytes)
  if (packet.type === 'request') return answerRequest(server, packet.request, connection)
  const input = sample(bytes, Math.min(connection.limits.sample, 512))
  if (packet.type === 'incomplete') {
    const events: ServiceEvent[] = [{event: 'malformed', data: {reason: 'request without a name or a mode', input}}]
    return refused(ERROR_CODE.ILLEGAL, 'Missing mode', events)
  }
  // Blocks and acknowledgements belong to transfers, which have ports of their own: the daemon says nothing.
  return {
    replies: [],
    events: [{event: packet.type === 'other' ? 'malformed' : 'probe', data: {reason: packet.type, input}}],
  }
}

function answerRequest(server: Server, request: TransferRequest, connection: Connection): Answer {
  const outcome = open(server, request, connection)
  const said = 'refusal' in outcome ? outcome.refusal.message : 'accepted'
  const events = [requestEvent(request, said)]
  if ('refusal' in outcome) return refused(outcome.refusal.code, outcome.refusal.message, events)
  return {replies: [], events, transfer: outcome.transfer}
}

type Outcome = {readonly refusal: {readonly code: number; readonly message: string}} | {readonly transfer: UdpTransfer}

const refuse = (code: number, message: string): Outcome => ({refusal: {code, message}})

function open(server: Server, request: TransferRequest, connection: Connection): Outcome {
  if (!isMode(request.mode)) return refuse(ERROR_CODE.ILLEGAL, 'Unknown mode')
  const path = resolvePath(request.file)
  const found = path === null ? null : server.store.find(path)
  if (found === 'directory') return refuse(ERROR_CODE.UNDEFINED, 'Is a directory')
  const missing = refuse(ERROR_CODE.NOT_FOUND, 'File not found')
  if (request.operation === 'write') {
    // Without --create only what is there and everybody may write can be written: here nothing is.
    if (path === null || (found === null && !server.uploads)) return missing
    if (found?.lure === true) return refuse(ERROR_CODE.UNDEFINED, 'Permission denied')
  } else if (found === null) return missing
  const settings = negotiate(request, found?.content.length ?? 0)
  if (settings === null) return refuse(ERROR_CODE.OPTION, 'Unsupported option(s) requested')
  if (request.operation === 'write') return {transfer: receive(server, request, path ?? '', settings, connection)}
  return {transfer: send(request, found?.content ?? Buffer.alloc(0), settings)}
}

function send({file, mode}: TransferRequest, content: Buffer, settings: Settings): UdpTransfer {
  let told = false
  return new Sending(isText(mode) ? toNetascii(content) : content, settings, (complete) => {
    if (told) return []
    told = true
    const {event, data} = fileReadEvent(file)
    return [{event, data: {...data, complete}}]
  })
}

function receive(
  server: Server,
  {file, mode}: TransferRequest,
  path: string,
  settings: Settings,
  {limits}: Connection,
): UdpTransfer {
  const upload = new Upload(server.pool, limits.uploadBytes)
  return new Receiving(upload, settings, (received, complete) => {
    const content = isText(mode) ? fromNetascii(received) : received
    if (complete) server.store.keep(path, content)
    const {fields, parts} = captureOf(content, limits)
    return [{event: 'file.write', data: {path: safe(file), complete, ...fields}}, ...parts]
  })
}

function refused(code: number, message: string, events: readonly ServiceEvent[]): Answer {
  const reply = error(code, message)
  return {replies: [], events, transfer: {opening: [reply], over: true, datagram: () => NOTHING, abandoned: () => []}}
}

const NOTHING = {replies: [], events: []}

function requestEvent({operation, file, mode, options}: TransferRequest, outcome: string): ServiceEvent {
  const show = (text: string, limit = SHOWN_LENGTH): string => printable(Buffer.from(text, 'latin1').subarray(0, limit))
  return {
    event: 'request',
    data: {
      operation,
      file: sample(Buffer.from(file, 'latin1'), 1024),
      mode: show(mode),
      options: options.slice(0, SHOWN_OPTIONS).map(([name, value]) => [show(name), show(value)]),
      outcome,
    },
  }
}
