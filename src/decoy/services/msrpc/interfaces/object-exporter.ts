/** IObjectExporter (MS-DCOM §3.1.2.5.1), as far as everybody may call it: ServerAlive and ServerAlive2. */
import {FAULT, type RpcInterface} from '../../../codecs/dcerpc/association.ts'
import {NdrWriter} from '../../../codecs/dcerpc/ndr.ts'
import {LittleEndianWriter} from '../../../codecs/little-endian.ts'
import {computerName} from '../../../persona/domain.ts'
import type {Persona} from '../../../persona.ts'

const OPERATION = {SERVER_ALIVE: 3, SERVER_ALIVE_2: 5} as const
const LAST_OPERATION = 5
/** MS-DCOM §2.2.11: the version that Windows has spoken since 2000. */
const COM_VERSION = [5, 7] as const
const TOWER_TCP = 7
/** SPNEGO, and what Windows has besides it, in its order. */
const SECURITY = [0x09, 0x1e, 0x10, 0x0a, 0x16, 0x1f, 0x0e]
const ANY_AUTHORIZATION = 0xffff

export function objectExporter(persona: Persona): RpcInterface {
  return {
    uuid: '99fcfec4-5260-101b-bbcb-00aa0021347a',
    version: 0,
    call(operation) {
      if (operation === OPERATION.SERVER_ALIVE) return {stub: new NdrWriter().u32(0).done()}
      if (operation === OPERATION.SERVER_ALIVE_2) return {stub: alive(persona)}
      return {fault: operation <= LAST_OPERATION ? FAULT.ACCESS_DENIED : FAULT.OPERATION_RANGE}
    },
  }
}

/** DUALSTRINGARRAY (§2.2.19.1): under which names and addresses it is reached, then how it authenticates. */
function alive(persona: Persona): Buffer {
  const strings = new LittleEndianWriter()
  for (const address of [computerName(persona), persona.facts.ip]) strings.u16(TOWER_TCP).text(address).u16(0)
  strings.u16(0)
  const offset = strings.length / 2
  for (const service of SECURITY) strings.u16(service, ANY_AUTHORIZATION, 0)
  const bindings = strings.u16(0).done()
  return new NdrWriter()
    .u16(...COM_VERSION)
    .pointer()
    .u32(bindings.length / 2)
    .u16(bindings.length / 2, offset)
    .bytes(bindings)
    .align(4)
    .u32(0, 0)
    .done()
}
