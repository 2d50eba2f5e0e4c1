/** What a DCE/RPC client sends. */
import {encodeUuid} from '../../../../src/decoy/codecs/dcerpc/uuid.ts'
import {LittleEndianWriter} from '../../../../src/decoy/codecs/little-endian.ts'

export const SRVSVC = '4b324fc8-1670-01d3-1278-5a47bf6ee188'
export const LSARPC = '12345778-1234-abcd-ef00-0123456789ab'
export const NDR = '8a885d04-1ceb-11c9-9fe8-08002b104860'

export const bindBody = (uuid: string, version: number, transfer = NDR): Buffer =>
  new LittleEndianWriter()
    .u16(4280, 4280)
    .u32(0, 1)
    .u16(0, 1)
    .bytes(encodeUuid(uuid))
    .u32(version)
    .bytes(encodeUuid(transfer))
    .u32(2)
    .done()

export const requestBody = (operation: number, stub: Buffer, context = 0): Buffer =>
  new LittleEndianWriter().u32(stub.length).u16(context, operation).bytes(stub).done()
