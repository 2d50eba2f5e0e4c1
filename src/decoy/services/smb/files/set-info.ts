/** SET_INFO (MS-SMB2 §2.2.39): an upload gets its size and times; nothing else changes. */
import {LittleEndianReader} from '../../../codecs/little-endian.ts'
import {operationEvent, shown} from '../evidence.ts'
import {answer, bodyOf, fail, type Reply, type TreeCall} from '../session/call.ts'
import {STATUS} from '../wire/constants.ts'
import {openOf, readFileId} from './file-id.ts'

const REQUEST_SIZE = 33
const TYPE_FILE = 1
/** MS-FSCC §2.4. */
const INFO = {BASIC: 4, RENAME: 10, DISPOSITION: 13, ALLOCATION: 19, END_OF_FILE: 20, DISPOSITION_EX: 64} as const
const REFUSED: ReadonlyMap<number, string> = new Map([
  [INFO.RENAME, 'rename'],
  [INFO.DISPOSITION, 'delete'],
  [INFO.DISPOSITION_EX, 'delete'],
])
const DONE = Buffer.from([2, 0])

export function setInfo(call: TreeCall): Reply {
  const reader = bodyOf(call, REQUEST_SIZE)
  const type = reader.u8()
  const infoClass = reader.u8()
  const length = reader.u32()
  const offset = reader.u16()
  reader.take(6)
  const open = openOf(call, readFileId(reader))
  if (open === null) return fail(STATUS.FILE_CLOSED)
  const operation = type === TYPE_FILE ? REFUSED.get(infoClass) : undefined
  if (operation !== undefined) {
    const place = {share: shown(call.tree.share.name, 128), path: shown(open.path, 512)}
    call.shared.report(operationEvent(operation, STATUS.ACCESS_DENIED, place))
  }
  if (open.kind === 'pipe') return answer(DONE)
  if (open.kind !== 'upload' || type !== TYPE_FILE || operation !== undefined) return fail(STATUS.ACCESS_DENIED)
  if (infoClass === INFO.BASIC || infoClass === INFO.ALLOCATION) return answer(DONE)
  if (infoClass !== INFO.END_OF_FILE) return fail(STATUS.NOT_SUPPORTED)
  const size = new LittleEndianReader(reader.slice(offset, length)).u64()
  return open.upload.resize(Number(size)) ? answer(DONE) : fail(STATUS.DISK_FULL)
}
