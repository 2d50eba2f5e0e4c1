/** What an agent makes of a request (RFC 1157 §4.1, RFC 3416 §4.2; RFC 3584 §4 for what version 1 cannot say). */
import type {Clock, Mib, Variable} from './mib/tree.ts'
import {fitsType, type Writes} from './mib/writes.ts'
import {VERSION} from './wire/message.ts'
import {ERROR, PDU, type Pdu, type VarBind, writeVarBind} from './wire/pdu.ts'
import {END_OF_MIB_VIEW, NO_SUCH_INSTANCE, NO_SUCH_OBJECT, SNMP_TAG} from './wire/values.ts'

export interface Request {
  readonly version: number
  readonly pdu: Pdu
  readonly write: boolean
  readonly clock: Clock
  /** Octets that the list of variables of the response may take. */
  readonly room: number
}

export interface View {
  readonly mib: Mib
  readonly writes: Writes
  /** Objects whose instances the write community may make. */
  readonly creatable: readonly string[]
}

type Status = (typeof ERROR)[keyof typeof ERROR]

class Failure {
  readonly status: Status
  /** Counted from 1; 0 means no variable of all. */
  readonly index: number

  constructor(status: Status, index: number) {
    this.status = status
    this.index = index
  }
}

/** Repetitions that one GetBulk is served with, as in Net-SNMP; more only costs everybody time. */
const MAX_REPETITIONS = 100

/** Null where an agent says nothing: a response or a trap. */
export function respond(view: View, request: Request): Pdu | null {
  const {pdu, version} = request
  const outcome = outcomeOf(view, request)
  if (outcome === null) return null
  const answer = {type: PDU.RESPONSE, requestId: pdu.requestId}
  if (outcome instanceof Failure) return failed(pdu, version, outcome)
  if (outcome.reduce((sum, varbind) => sum + writeVarBind(varbind).length, 0) > request.room) {
    return failed(pdu, version, new Failure(ERROR.TOO_BIG, 0))
  }
  return {...answer, first: ERROR.NONE, second: 0, varbinds: outcome}
}

function outcomeOf(view: View, request: Request): readonly VarBind[] | Failure | null {
  const {pdu, version} = request
  switch (pdu.type) {
    case PDU.GET:
      return version === VERSION.V1 ? getV1(view, request) : pdu.varbinds.map(({oid}) => get(view, oid, request.clock))
    case PDU.GET_NEXT:
      return version === VERSION.V1
        ? nextV1(view, request)
        : pdu.varbinds.map(({oid}) => next(view, oid, request.clock))
    case PDU.GET_BULK:
      return bulk(view, request)
    case PDU.SET:
      return set(view, request)
    default:
      return null
  }
}

/** Version 1 sends the request's variables back; the later ones none where the response was too big. */
function failed(pdu: Pdu, version: number, {status, index}: Failure): Pdu {
  const varbinds = status === ERROR.TOO_BIG && version !== VERSION.V1 ? [] : pdu.varbinds
  return {type: PDU.RESPONSE, requestId: pdu.requestId, first: status, second: index, varbinds}
}

const binding = ({writes}: View, {oid, read}: Variable, clock: Clock): VarBind => ({
  oid,
  value: writes.get(oid) ?? read(clock),
})

function get(view: View, oid: string, clock: Clock): VarBind {
  const variable = view.mib.get(oid)
  if (variable !== null) return binding(view, variable, clock)
  return {oid, value: view.mib.hasObject(oid) ? NO_SUCH_INSTANCE : NO_SUCH_OBJECT}
}

function next(view: View, oid: string, clock: Clock): VarBind {
  const variable = view.mib.next(oid)
  return variable === null ? {oid, value: END_OF_MIB_VIEW} : binding(view, variable, clock)
}

function getV1(view: View, {pdu, clock}: Request): readonly VarBind[] | Failure {
  const found: VarBind[] = []
  for (const {oid} of pdu.varbinds) {
    const variable = view.mib.get(oid)
    const varbind = variable === null ? null : binding(view, variable, clock)
    if (varbind === null || varbind.value.tag === SNMP_TAG.COUNTER64) {
      return new Failure(ERROR.NO_SUCH_NAME, found.length + 1)
    }
    found.push(varbind)
  }
  return found
}

function nextV1(view: View, {pdu, clock}: Request): readonly VarBind[] | Failure {
  const found: VarBind[] = []
  for (const {oid} of pdu.varbinds) {
    let varbind = next(view, oid, clock)
    // Version 1 has no counters of 64 bits: it does not see them.
    while (varbind.value.tag === SNMP_TAG.COUNTER64) varbind = next(view, varbind.oid, clock)
    if (varbind.value === END_OF_MIB_VIEW) return new Failure(ERROR.NO_SUCH_NAME, found.length + 1)
    found.push(varbind)
  }
  return found
}

/** As many rows as there is room for (RFC 3416 §4.2.3). Version 1 has no such request, but Net-SNMP serves it all the same. */
function bulk(view: View, {pdu, clock, room}: Request): readonly VarBind[] {
  const fixed = Math.min(Math.max(0, pdu.first), pdu.varbinds.length)
  const found = pdu.varbinds.slice(0, fixed).map(({oid}) => next(view, oid, clock))
  let left = room - found.reduce((sum, varbind) => sum + writeVarBind(varbind).length, 0)
  let names = pdu.varbinds.slice(fixed).map(({oid}) => oid)
  const repetitions = Math.min(Math.max(0, pdu.second), MAX_REPETITIONS)
  for (let row = 0; row < repetitions && names.length > 0; row++) {
    const begun = found.length
    for (const name of names) {
      const varbind = next(view, name, clock)
      left -= writeVarBind(varbind).length
      if (left < 0 && found.length > 0) return found
      found.push(varbind)
    }
    const cells = found.slice(begun)
    if (cells.every(({value}) => value === END_OF_MIB_VIEW)) return found
    names = cells.map(({oid}) => oid)
  }
  return found
}

/** All or nothing (RFC 3416 §4.2.5): every variable is checked before any is written. */
function set(view: View, request: Request): readonly VarBind[] | Failure {
  const {pdu, version} = request
  const checks = pdu.varbinds.map((varbind) => refusal(view, varbind, request))
  const first = checks.findIndex((status) => status !== ERROR.NONE)
  const status = checks[first]
  if (status !== undefined) return new Failure(version === VERSION.V1 ? inV1(status) : status, first + 1)
  for (const {oid, value} of pdu.varbinds) {
    if (view.mib.get(oid) === null) view.writes.create(oid, value)
    else view.writes.set(oid, value)
  }
  return pdu.varbinds
}

function refusal(view: View, {oid, value}: VarBind, {write, clock}: Request): Status {
  if (!write) return ERROR.NO_ACCESS
  const variable = view.mib.get(oid)
  if (variable === null) {
    const makes = view.creatable.some((object) => oid.startsWith(`${object}.`))
    if (!makes) return ERROR.NOT_WRITABLE
  } else {
    if (!variable.writable) return ERROR.NOT_WRITABLE
    if (variable.read(clock).tag !== value.tag) return ERROR.WRONG_TYPE
  }
  return fitsType(value) ? ERROR.NONE : ERROR.WRONG_LENGTH
}

/** RFC 3584 §4.4. */
function inV1(status: Status): Status {
  const values: readonly Status[] = [ERROR.WRONG_TYPE, ERROR.WRONG_LENGTH, ERROR.WRONG_VALUE]
  return values.includes(status) ? ERROR.BAD_VALUE : ERROR.NO_SUCH_NAME
}
