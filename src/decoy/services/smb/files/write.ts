/** WRITE (MS-SMB2 §2.2.21, §2.2.22): to pipes, and to new files, which become evidence when they are closed. */
import {captureOf} from '../../../capture.ts'
import {LittleEndianWriter} from '../../../codecs/little-endian.ts'
import {shown} from '../evidence.ts'
import {writePipe} from '../pipes/open-pipe.ts'
import {answer, bodyOf, fail, type Reply, type Shared, type TreeCall} from '../session/call.ts'
import {STATUS} from '../wire/constants.ts'
import {openOf, readFileId} from './file-id.ts'
import type {UploadOpen} from './open.ts'

const REQUEST_SIZE = 49
const REPLY_SIZE = 17
/** In place of an offset: behind the end. */
const APPEND = 0xffff_ffff_ffff_ffffn
const PATH_SHOWN = 512

export function write(call: TreeCall): Reply {
  const reader = bodyOf(call, REQUEST_SIZE)
  const dataOffset = reader.u16()
  const length = reader.u32()
  const offset = reader.u64()
  const open = openOf(call, readFileId(reader))
  const data = reader.slice(dataOffset, length)
  if (open === null) return fail(STATUS.FILE_CLOSED)
  if (open.kind === 'pipe') writePipe(call, open, data)
  else if (open.kind !== 'upload') return fail(STATUS.ACCESS_DENIED)
  else {
    const at = offset === APPEND ? open.upload.size : Number(offset)
    if (!open.upload.write(at, data)) return fail(STATUS.DISK_FULL)
  }
  const body = new LittleEndianWriter().u16(REPLY_SIZE, 0).u32(data.length, 0).u16(0, 0).u8(0).done()
  return answer(body)
}

export function finishUpload({host, connection, report}: Shared, share: string, open: UploadOpen): void {
  const content = open.upload.finish()
  const {directory, name, number: id, times} = open
  const {fields, parts} = captureOf(content, connection.limits)
  report({event: 'file.write', data: {share: shown(share, 128), path: shown(open.path, PATH_SHOWN), ...fields}})
  for (const part of parts) report(part)
  host.uploads.keep(share, directory, {kind: 'file', name, id, times, size: content.length, read: () => content})
}
