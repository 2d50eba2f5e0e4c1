/** IOCTL (MS-SMB2 §2.2.31, §2.2.32). */
import {LittleEndianReader, LittleEndianWriter} from '../../../codecs/little-endian.ts'
import {operationEvent} from '../evidence.ts'
import {takePipe, writePipe} from '../pipes/open-pipe.ts'
import {answer, bodyOf, fail, type Reply, type TreeCall} from '../session/call.ts'
import {CAPABILITY, DIALECT, STATUS} from '../wire/constants.ts'
import {openOf, readFileId} from './file-id.ts'

const REQUEST_SIZE = 57
const REPLY_SIZE = 49
const DATA_AT = 112
const IS_FSCTL = 1
const MAX_ROOM = 1024 * 1024
const MAX_DIALECTS = 64

const FSCTL = {
  DFS_GET_REFERRALS: 0x0006_0194,
  DFS_GET_REFERRALS_EX: 0x0006_01b0,
  PIPE_WAIT: 0x0011_0018,
  PIPE_TRANSCEIVE: 0x0011_c017,
  QUERY_NETWORK_INTERFACE_INFO: 0x0014_01fc,
  VALIDATE_NEGOTIATE_INFO: 0x0014_0204,
} as const

interface Request {
  readonly code: number
  readonly fileId: bigint
  readonly input: Buffer
  readonly room: number
}

export function ioctl(call: TreeCall): Reply {
  const reader = bodyOf(call, REQUEST_SIZE)
  reader.u16()
  const code = reader.u32()
  const fileId = readFileId(reader)
  const inputOffset = reader.u32()
  const inputLength = reader.u32()
  reader.take(12)
  const room = Math.min(reader.u32(), MAX_ROOM)
  if (reader.u32() !== IS_FSCTL) return fail(STATUS.NOT_SUPPORTED)
  return run(call, {code, fileId, input: reader.slice(inputOffset, inputLength), room})
}

function run(call: TreeCall, request: Request): Reply {
  switch (request.code) {
    case FSCTL.PIPE_TRANSCEIVE:
      return transceive(call, request)
    case FSCTL.VALIDATE_NEGOTIATE_INFO:
      return validate(call, request)
    case FSCTL.QUERY_NETWORK_INTERFACE_INFO:
      return interfaces(call, request)
    case FSCTL.DFS_GET_REFERRALS:
    case FSCTL.DFS_GET_REFERRALS_EX:
      // Without the DFS driver, which a domain controller has and others rarely do, nobody looks for the path.
      return fail(
        call.shared.host.controller || call.shared.host.product === 'samba'
          ? STATUS.NOT_FOUND
          : STATUS.FS_DRIVER_REQUIRED,
      )
    case FSCTL.PIPE_WAIT:
      return fail(STATUS.OBJECT_NAME_NOT_FOUND)
    default:
      call.shared.report(
        operationEvent('ioctl', STATUS.INVALID_DEVICE_REQUEST, {code: `0x${request.code.toString(16)}`}),
      )
      return fail(STATUS.INVALID_DEVICE_REQUEST)
  }
}

function transceive(call: TreeCall, request: Request): Reply {
  const open = openOf(call, request.fileId)
  if (open === null) return fail(STATUS.FILE_CLOSED)
  if (open.kind !== 'pipe') return fail(STATUS.INVALID_DEVICE_REQUEST)
  writePipe(call, open, request.input)
  const {data, more} = takePipe(open, request.room)
  return dataReply(request, data, more ? STATUS.BUFFER_OVERFLOW : STATUS.SUCCESS)
}

/** §3.3.5.15.12: the client makes sure that nobody changed what was negotiated; where somebody did, nothing is said. */
function validate({shared, message}: TreeCall, request: Request): Reply {
  const {negotiated, host} = shared
  const client = negotiated?.client ?? null
  const reader = new LittleEndianReader(request.input)
  const capabilities = reader.u32()
  const guid = reader.take(16)
  const securityMode = reader.u16()
  const count = Math.min(reader.u16(), MAX_DIALECTS)
  const dialects = Array.from({length: count}, () => reader.u16())
  const same =
    negotiated !== null &&
    client !== null &&
    negotiated.dialect !== DIALECT.SMB_3_1_1 &&
    capabilities === client.capabilities &&
    guid.equals(client.guid) &&
    securityMode === client.securityMode &&
    dialects.length === client.dialects.length &&
    dialects.every((dialect, index) => dialect === client.dialects[index])
  if (!same) {
    shared.report(operationEvent('validate-negotiate', STATUS.ACCESS_DENIED, {size: message.length}))
    shared.disconnect()
    return fail(STATUS.ACCESS_DENIED)
  }
  const data = new LittleEndianWriter()
    .u32(negotiated.capabilities)
    .bytes(host.serverGuid)
    .u16(negotiated.securityMode, negotiated.dialect)
    .done()
  return dataReply(request, data)
}

const GIGABIT = 1_000_000_000n
const RSS_CAPABLE = 1
const AF_INET = 2

/** §2.2.32.5: the one interface that there is. */
function interfaces({shared}: TreeCall, request: Request): Reply {
  if (((shared.negotiated?.capabilities ?? 0) & CAPABILITY.MULTI_CHANNEL) === 0) return fail(STATUS.NOT_SUPPORTED)
  const address = shared.host.persona.facts.ip.split('.').map(Number)
  const index = shared.host.persona.integer('smb interface', 2, 14)
  const data = new LittleEndianWriter()
    .u32(0, index, shared.host.product === 'windows' ? RSS_CAPABLE : 0, 0)
    .u64(GIGABIT)
    .u16(AF_INET, 0)
    .bytes(Buffer.from(address))
    .zeros(120)
    .done()
  return dataReply(request, data)
}

function dataReply({code, fileId, room}: Request, data: Buffer, status: number = STATUS.SUCCESS): Reply {
  if (data.length > room) return fail(STATUS.BUFFER_TOO_SMALL)
  const body = new LittleEndianWriter()
    .u16(REPLY_SIZE, 0)
    .u32(code)
    .u64(fileId, fileId)
    .u32(DATA_AT, 0, DATA_AT, data.length, 0, 0)
    .bytes(data)
    .done()
  return answer(body, status)
}
