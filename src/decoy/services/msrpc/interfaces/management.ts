/** The remote management interface that every endpoint has (C706 appendix Q). */
import {FAULT, type RpcInterface} from '../../../codecs/dcerpc/association.ts'
import {NdrWriter} from '../../../codecs/dcerpc/ndr.ts'
import {encodeUuid} from '../../../codecs/dcerpc/uuid.ts'

const OPERATION = {INQUIRE_INTERFACES: 0, IS_LISTENING: 2} as const
const LAST_OPERATION = 4

type Identifier = Pick<RpcInterface, 'uuid' | 'version'>

/** `interfaces`: those of the same endpoint. */
export function management(interfaces: readonly Identifier[]): RpcInterface {
  return {
    uuid: 'afa8bd80-7d8a-11c9-bef4-08002b102989',
    version: 1,
    call(operation) {
      if (operation === OPERATION.INQUIRE_INTERFACES) return {stub: identifiers(interfaces)}
      if (operation === OPERATION.IS_LISTENING) return {stub: new NdrWriter().u32(0, 1).done()}
      return {fault: operation <= LAST_OPERATION ? FAULT.ACCESS_DENIED : FAULT.OPERATION_RANGE}
    },
  }
}

/** RPC_IF_ID_VECTOR: pointers first, then what they point to. */
function identifiers(interfaces: readonly Identifier[]): Buffer {
  const out = new NdrWriter().pointer().u32(interfaces.length, interfaces.length)
  for (let count = interfaces.length; count > 0; count--) out.pointer()
  for (const {uuid, version} of interfaces) out.bytes(encodeUuid(uuid)).u16(version, 0)
  return out.u32(0).done()
}
