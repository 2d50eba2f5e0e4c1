/** Named pipes of IPC$ (MS-SMB2 §3.3.5.9, MS-RPCE §2.1.1.2). */
import {CodecError} from '../../../codecs/codec-error.ts'
import {Association, type Observed} from '../../../codecs/dcerpc/association.ts'
import {operationEvent, shown} from '../evidence.ts'
import type {PipeOpen} from '../files/open.ts'
import type {TreeCall} from '../session/call.ts'
import {STATUS} from '../wire/constants.ts'
import {interfaceOf, PIPES} from './interfaces.ts'

/** MS-RPCE §3.2.1.1: the fragments of named pipes. */
const FRAGMENT = 4280
/** Answers that wait for their reader. */
const MAX_WAITING = 64
/** NullSessionPipes of a domain controller. */
const OPEN_TO_ALL: ReadonlySet<string> = new Set(['netlogon', 'lsarpc', 'samr'])
const FIRST_GROUP = 0x53f0

type Opened = {readonly open: PipeOpen; readonly action: number}

/** A status where it cannot be opened. */
export function openPipe(call: TreeCall, path: string): Opened | number {
  const {shared, logon, tree} = call
  const name = path
    .replace(/^\\+/, '')
    .replace(/^pipe\\/i, '')
    .toLowerCase()
  const known = PIPES.get(name)
  if (known === undefined) return STATUS.OBJECT_NAME_NOT_FOUND
  const restricted = shared.host.product === 'windows' && logon.account.kind === 'anonymous'
  if (restricted && !OPEN_TO_ALL.has(name)) return STATUS.ACCESS_DENIED
  const id = BigInt(shared.nextId())
  const association = new Association({
    interfaces: known.map((each) =>
      interfaceOf(each, {host: shared.host, account: logon.account, now: shared.connection.now}),
    ),
    endpoint: `\\PIPE\\${name}`,
    group: FIRST_GROUP + Number(id),
    fragment: FRAGMENT,
    observe: (seen) => observe(call, name, seen),
  })
  return {open: {kind: 'pipe', id, treeId: tree.id, path, association, waiting: []}, action: 1}
}

function observe({shared}: TreeCall, pipe: string, seen: Observed): void {
  const facts = {pipe: shown(pipe, 64), interface: seen.uuid}
  if (seen.type === 'bind') {
    if (!seen.accepted) shared.report(operationEvent('rpc-bind', STATUS.NOT_SUPPORTED, facts))
    return
  }
  shared.report(operationEvent('rpc', seen.fault ?? 0, {...facts, opnum: seen.operation}))
}

export function writePipe(_call: TreeCall, open: PipeOpen, data: Buffer): void {
  const answers = open.association.feed(data)
  if (open.waiting.length + answers.length > MAX_WAITING) throw new CodecError('a pipe that nobody reads')
  open.waiting.push(...answers)
}

/** The next answer, as far as there is room for it. */
export function takePipe(open: PipeOpen, room: number): {data: Buffer; more: boolean} {
  const first = open.waiting.shift() ?? Buffer.alloc(0)
  if (first.length <= room) return {data: first, more: false}
  open.waiting.unshift(first.subarray(room))
  return {data: first.subarray(0, room), more: true}
}
