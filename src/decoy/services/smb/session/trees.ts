/** TREE_CONNECT and TREE_DISCONNECT (MS-SMB2 §2.2.9 to §2.2.12). */
import {LittleEndianWriter} from '../../../codecs/little-endian.ts'
import {operationEvent, shown} from '../evidence.ts'
import {accessOf, type Share} from '../files/shares.ts'
import type {SmbHost} from '../host.ts'
import {STATUS} from '../wire/constants.ts'
import {answer, bodyOf, EMPTY_BODY, fail, type Reply, type SessionCall, type TreeCall} from './call.ts'
import {type Account, isAdministrator} from './logon.ts'

const CONNECT_SIZE = 9
const CONNECT_REPLY_SIZE = 16
const DISCONNECT_SIZE = 4
const MAX_TREES = 64
/** `\\server\share`; longer ones are nobody's. */
const MAX_PATH = 1024
const SHARE_TYPES = {disk: 1, pipe: 2, printer: 3} as const
/** §2.2.10, ShareFlags: what is not cached offline, as of IPC$. */
const NO_CACHING = 0x30
const PATH_SHOWN = 512

export function treeConnect(call: SessionCall): Reply {
  const {shared, logon} = call
  const reader = bodyOf(call, CONNECT_SIZE)
  reader.u16()
  const path = reader.slice(reader.u16(), Math.min(reader.u16(), MAX_PATH)).toString('utf16le')
  const name = path.slice(path.lastIndexOf('\\') + 1)
  const share = shared.host.shares.find((each) => each.name.toLowerCase() === name.toLowerCase())
  const status = statusOf(call, share)
  shared.report(
    operationEvent('tree-connect', status, {path: shown(path, PATH_SHOWN), user: shown(logon.account.name, 128)}),
  )
  if (share === undefined || status !== STATUS.SUCCESS) return fail(status)
  const id = shared.nextId()
  logon.trees.set(id, {id, share})
  const body = new LittleEndianWriter()
    .u16(CONNECT_REPLY_SIZE)
    .u8(SHARE_TYPES[share.type])
    .u8(0)
    .u32(share.type === 'pipe' ? NO_CACHING : 0, 0, accessOf(share, logon.account))
    .done()
  return {...answer(body), header: {treeId: id}}
}

function statusOf({shared, logon}: SessionCall, share: Share | undefined): number {
  if (share === undefined) return STATUS.BAD_NETWORK_NAME
  if (logon.trees.size >= MAX_TREES) return STATUS.INSUFFICIENT_RESOURCES
  if (share.type === 'pipe') return STATUS.SUCCESS
  const allowed = mayConnect(shared.host, logon.account, share)
  return allowed ? STATUS.SUCCESS : STATUS.ACCESS_DENIED
}

function mayConnect({guest}: SmbHost, account: Account, {access}: Share): boolean {
  if (account.kind === 'user') return access !== 'nobody' || isAdministrator(account)
  return account.kind === 'guest' && guest === 'welcome' && access === 'lure'
}

export function treeDisconnect(call: TreeCall): Reply {
  bodyOf(call, DISCONNECT_SIZE)
  const {logon, tree} = call
  logon.trees.delete(tree.id)
  for (const [id, open] of logon.opens) if (open.treeId === tree.id) logon.opens.delete(id)
  return answer(EMPTY_BODY)
}
