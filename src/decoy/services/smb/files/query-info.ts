/** QUERY_INFO (MS-SMB2 §2.2.37, §2.2.38). */
import {LittleEndianWriter} from '../../../codecs/little-endian.ts'
import {answer, bodyOf, fail, type Reply, type TreeCall} from '../session/call.ts'
import {STATUS} from '../wire/constants.ts'
import {openOf, readFileId} from './file-id.ts'
import {fileInformation} from './file-information.ts'
import type {Node} from './nodes.ts'
import {nodeOf, type Open} from './open.ts'
import {securityDescriptor} from './security-descriptor.ts'
import {accessOf} from './shares.ts'
import {volumeInformation} from './volume-information.ts'

const REQUEST_SIZE = 41
const REPLY_SIZE = 9
const DATA_AT = 72
const TYPE = {FILE: 1, FILE_SYSTEM: 2, SECURITY: 3} as const

export function queryInfo(call: TreeCall): Reply {
  const reader = bodyOf(call, REQUEST_SIZE)
  const type = reader.u8()
  const infoClass = reader.u8()
  const room = reader.u32()
  reader.take(8)
  const additional = reader.u32()
  reader.u32()
  const open = openOf(call, readFileId(reader))
  if (open === null) return fail(STATUS.FILE_CLOSED)
  const data = informationOf(call, open, {type, infoClass, additional})
  if (typeof data === 'number') return fail(data)
  if (type === TYPE.SECURITY && data.length > room) return fail(STATUS.BUFFER_TOO_SMALL)
  return dataReply(data.subarray(0, room), data.length > room ? STATUS.BUFFER_OVERFLOW : STATUS.SUCCESS)
}

function informationOf(
  {shared, tree, logon}: TreeCall,
  open: Open,
  {type, infoClass, additional}: {type: number; infoClass: number; additional: number},
): Buffer | number {
  const {host} = shared
  if (type === TYPE.FILE_SYSTEM) return volumeInformation(infoClass, host, tree.share) ?? STATUS.INVALID_INFO_CLASS
  if (type === TYPE.SECURITY) return securityDescriptor(host, additional)
  if (type !== TYPE.FILE) return STATUS.INVALID_PARAMETER
  const asked = {
    node: nodeOf(open) ?? pipeNode(open.path),
    path: open.path,
    access: accessOf(tree.share, logon.account),
  }
  return fileInformation(infoClass, asked) ?? STATUS.INVALID_INFO_CLASS
}

const pipeNode = (name: string): Node => ({
  kind: 'file',
  name,
  id: 0n,
  size: 0,
  times: {created: -11_644_473_600_000, modified: -11_644_473_600_000, accessed: -11_644_473_600_000},
  read: () => Buffer.alloc(0),
})

export function dataReply(data: Buffer, status: number = STATUS.SUCCESS): Reply {
  return answer(new LittleEndianWriter().u16(REPLY_SIZE, DATA_AT).u32(data.length).bytes(data).done(), status)
}
