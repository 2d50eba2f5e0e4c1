/** The port mapper in version 2 (RFC 1833 §3) and rpcbind in 3 and 4 (§2.2). */
import type {ServiceEvent} from '../../../../events/event.ts'
import type {Connection} from '../../../service.ts'
import {MOUNTD_PORT, NFS_PORT, RPCBIND_PORT} from '../definition.ts'
import type {Call} from '../wire/rpc.ts'
import {list, text, uint} from '../wire/xdr.ts'
import {type Answer, caller, type Program, shown} from './program.ts'

export const PROGRAM = {portmap: 100_000, nfs: 100_003, mount: 100_005} as const
const PROTOCOL = {tcp: 6, udp: 17} as const
type Transport = keyof typeof PROTOCOL

/** Those that both versions share, then those of 3 and 4. */
const PROCEDURE = {set: 1, unset: 2, get: 3, dump: 4, call: 5, time: 6, getVersion: 9, indirect: 10, list: 11} as const
const MAX_NAME = 255
const OWNER = 'superuser'
const WILDCARD = '0.0.0.0'

interface Mapping {
  readonly program: number
  readonly version: number
  readonly transport: Transport
  readonly port: number
}

const mappings = (program: number, port: number, ...entries: readonly (readonly [number, Transport])[]): Mapping[] =>
  entries.map(([version, transport]) => ({program, version, transport, port}))

/** In the order in which the daemons registered themselves. */
const MAPPINGS: readonly Mapping[] = [
  ...mappings(PROGRAM.portmap, RPCBIND_PORT, [4, 'tcp'], [3, 'tcp'], [2, 'tcp'], [4, 'udp'], [3, 'udp'], [2, 'udp']),
  ...mappings(PROGRAM.mount, MOUNTD_PORT, [1, 'udp'], [1, 'tcp'], [2, 'udp'], [2, 'tcp'], [3, 'udp'], [3, 'tcp']),
  ...mappings(PROGRAM.nfs, NFS_PORT, [3, 'tcp']),
]

export const PORTMAP: Program = {
  number: PROGRAM.portmap,
  versions: [2, 4],
  perform: (call, connection) => (call.version === 2 ? second(call) : later(call, connection)),
}

function second(call: Call): Answer | null {
  const {args, procedure} = call
  switch (procedure) {
    case PROCEDURE.set:
    case PROCEDURE.unset:
      return registration(call, args.uint())
    case PROCEDURE.get: {
      const [program, version, protocol] = [args.uint(), args.uint(), args.uint()]
      args.uint()
      const transport = protocol === PROTOCOL.tcp ? 'tcp' : protocol === PROTOCOL.udp ? 'udp' : null
      const found = find(program, version, transport)
      return {results: uint(found?.port ?? 0), events: [asked('get', program, version)]}
    }
    case PROCEDURE.dump:
      return {
        results: list(
          MAPPINGS.map(({program, version, transport, port}) => uint(program, version, PROTOCOL[transport], port)),
        ),
        events: [{event: 'query', data: {action: 'dump', version: 2}}],
      }
    case PROCEDURE.call:
      return indirect(args.uint(), args.uint(), args.uint())
    default:
      return null
  }
}

function later(call: Call, connection: Connection): Answer | null {
  const {args, procedure, version: own} = call
  switch (procedure) {
    case PROCEDURE.set:
    case PROCEDURE.unset:
      return registration(call, args.uint())
    case PROCEDURE.get:
      return address(call, connection)
    case PROCEDURE.getVersion:
      return own === 4 ? address(call, connection) : null
    case PROCEDURE.dump:
      return {results: dump(), events: [{event: 'query', data: {action: 'dump', version: own}}]}
    case PROCEDURE.time:
      return {results: uint(Math.floor(connection.now() / 1000)), events: [{event: 'query', data: {action: 'time'}}]}
    case PROCEDURE.call:
    case PROCEDURE.indirect:
      return procedure === PROCEDURE.call || own === 4 ? indirect(args.uint(), args.uint(), args.uint()) : null
    case PROCEDURE.list:
      return own === 4 ? addresses(call, connection) : null
    default:
      return null
  }
}

/** Where a program listens, as an address that the caller can reach. */
function address({args}: Call, connection: Connection): Answer {
  const [program, version, netid] = [args.uint(), args.uint(), args.text(MAX_NAME)]
  args.text(MAX_NAME)
  args.text(MAX_NAME)
  const found = find(program, version, netid === 'udp' ? 'udp' : netid === 'tcp' ? 'tcp' : null)
  const results = text(found === undefined ? '' : universal(connection.local.ip, found.port))
  return {results, events: [asked('get', program, version)]}
}

/** All transports of one version: address, transport, how that behaves, and its names. */
function addresses({args}: Call, connection: Connection): Answer {
  const [program, version] = [args.uint(), args.uint()]
  const entries = MAPPINGS.filter((each) => each.program === program && each.version === version).map(
    ({transport, port}) =>
      Buffer.concat([
        text(universal(connection.local.ip, port)),
        text(transport),
        uint(transport === 'tcp' ? 3 : 1),
        text('inet'),
        text(transport),
      ]),
  )
  return {results: list(entries), events: [asked('list', program, version)]}
}

function dump(): Buffer {
  return list(
    MAPPINGS.map(({program, version, transport, port}) =>
      Buffer.concat([uint(program, version), text(transport), text(universal(WILDCARD, port)), text(OWNER)]),
    ),
  )
}

/** Only the machine itself may register. */
function registration(call: Call, program: number): Answer {
  const action = call.procedure === PROCEDURE.set ? 'set' : 'unset'
  return {results: uint(0), events: [{event: 'command', data: {action, program, refused: true, ...caller(call)}}]}
}

/** Asking others on somebody's behalf is how a port mapper attacks its neighbours: it says nothing. */
function indirect(program: number, version: number, procedure: number): Answer {
  return {results: null, events: [{event: 'probe', data: {action: 'call', program, version, procedure}}]}
}

/** Where nobody offers that version, the port of another one is told: the program itself then says which it has. */
function find(program: number, version: number, transport: Transport | null): Mapping | undefined {
  const offered = MAPPINGS.filter((each) => each.program === program && each.transport === transport)
  return offered.find((each) => each.version === version) ?? offered[0]
}

const universal = (ip: string, port: number): string => `${ip}.${port >> 8}.${port & 0xff}`

const asked = (action: string, program: number, version: number): ServiceEvent => ({
  event: 'query',
  data: {action, program, name: shown(NAMES[program] ?? String(program)), version},
})

const NAMES: Readonly<Record<number, string>> = {
  [PROGRAM.portmap]: 'portmapper',
  [PROGRAM.nfs]: 'nfs',
  [PROGRAM.mount]: 'mountd',
}
