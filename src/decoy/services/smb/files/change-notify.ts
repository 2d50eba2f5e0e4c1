/** CHANGE_NOTIFY, which waits for a change that never comes, and CANCEL (MS-SMB2 §3.3.5.16, §3.3.5.19). */
import {answer, bodyOf, fail, type Reply, type SessionCall, type TreeCall} from '../session/call.ts'
import {COMMAND, HEADER_FLAG, STATUS} from '../wire/constants.ts'
import {ERROR_BODY} from '../wire/header.ts'
import {openOf, readFileId} from './file-id.ts'

const REQUEST_SIZE = 32
const MAX_WAITING = 32

interface Waiting {
  readonly messageId: bigint
  readonly asyncId: bigint
}

const waitingOf = new WeakMap<SessionCall['logon'], Waiting[]>()

export function changeNotify(call: TreeCall): Reply {
  const reader = bodyOf(call, REQUEST_SIZE)
  reader.take(6)
  const open = openOf(call, readFileId(reader))
  if (open === null) return fail(STATUS.FILE_CLOSED)
  if (open.kind !== 'directory') return fail(STATUS.INVALID_PARAMETER)
  const waiting = waitingOf.get(call.logon) ?? []
  if (waiting.length >= MAX_WAITING) return fail(STATUS.INSUFFICIENT_RESOURCES)
  const asyncId = BigInt(call.shared.nextId())
  waitingOf.set(call.logon, [...waiting, {messageId: call.header.messageId, asyncId}])
  return {...answer(ERROR_BODY, STATUS.PENDING), header: {flags: HEADER_FLAG.ASYNC, asyncId}}
}

/** The answer to the request that is given up; CANCEL itself has none. */
export function cancel({header, logon}: SessionCall): Reply | null {
  const waiting = waitingOf.get(logon) ?? []
  const isAsync = (header.flags & HEADER_FLAG.ASYNC) !== 0
  const found = waiting.find((each) =>
    isAsync ? each.asyncId === header.asyncId : each.messageId === header.messageId,
  )
  if (found === undefined) return null
  waitingOf.set(
    logon,
    waiting.filter((each) => each !== found),
  )
  const {asyncId, messageId} = found
  const own = {command: COMMAND.CHANGE_NOTIFY, flags: HEADER_FLAG.ASYNC, asyncId, messageId, credits: 0}
  return {...fail(STATUS.CANCELLED), header: own}
}
