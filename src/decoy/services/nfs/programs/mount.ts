/** MOUNT in versions 1 to 3 (RFC 1813 §5, RFC 1094 appendix A). */
import type {NfsHost} from '../host.ts'
import {type Call, fixedHandle} from '../wire/rpc.ts'
import {list, opaque, text, uint} from '../wire/xdr.ts'
import {PROGRAM} from './portmap.ts'
import {type Answer, caller, type Program, shown} from './program.ts'

const PROCEDURE = {mount: 1, dump: 2, unmount: 3, unmountAll: 4, exports: 5, exportsAll: 6} as const
const OK = 0
const NO_ENTRY = 2
const DENIED = 13
const MAX_PATH = 1024
const OLD_HANDLE = 32
const AUTH_UNIX = 1

export function mountProgram(host: NfsHost): Program {
  return {number: PROGRAM.mount, versions: [1, 3], perform: (call) => perform(host, call)}
}

function perform(host: NfsHost, call: Call): Answer | null {
  switch (call.procedure) {
    case PROCEDURE.mount:
      return mount(host, call)
    case PROCEDURE.dump:
      return {results: list([]), events: [{event: 'query', data: {action: 'mounts', ...caller(call)}}]}
    case PROCEDURE.unmount:
      return {
        results: Buffer.alloc(0),
        events: [{event: 'request', data: {action: 'unmount', path: shown(call.args.text(MAX_PATH)), ...caller(call)}}],
      }
    case PROCEDURE.unmountAll:
      return {results: Buffer.alloc(0), events: []}
    case PROCEDURE.exports:
      return exportsOf(host, call)
    case PROCEDURE.exportsAll:
      return call.version < 3 ? exportsOf(host, call) : null
    default:
      return null
  }
}

function mount(host: NfsHost, call: Call): Answer {
  const path = call.args.text(MAX_PATH)
  const handle = host.readable ? host.volume.mount(path) : null
  const inside = host.exports.some((each) => path.startsWith(`${each}/`))
  const status = handle !== null ? OK : host.readable && inside ? NO_ENTRY : DENIED
  const data = {action: 'mount', path: shown(path), version: call.version, refused: status !== OK, ...caller(call)}
  const given = handle === null ? [] : call.version < 3 ? [fixedHandle(handle, OLD_HANDLE)] : [opaque(handle), FLAVORS]
  return {results: Buffer.concat([uint(status), ...given]), events: [{event: 'request', data}]}
}

/** One flavour is taken: what the client says. */
const FLAVORS = uint(1, AUTH_UNIX)

function exportsOf(host: NfsHost, call: Call): Answer {
  const entries = host.exports.map((path) => Buffer.concat([text(path), list([text(host.clients)])]))
  return {results: list(entries), events: [{event: 'query', data: {action: 'exports', ...caller(call)}}]}
}
