/** The interfaces that listen on the port of the endpoint mapper. */
import {FAULT, type RpcInterface} from '../../../codecs/dcerpc/association.ts'
import type {Persona} from '../../../persona.ts'
import {endpointMapper} from './endpoint-mapper.ts'
import {management} from './management.ts'
import {objectExporter} from './object-exporter.ts'

/** Local matters of the mapper, and DCOM's activation, which are for administrators. */
const CLOSED: readonly (readonly [uuid: string, version: number, operations: number])[] = [
  ['0b0a6584-9e0f-11cf-a3cf-00805f68cb1b', 1, 6],
  ['1d55b526-c137-46c5-ab79-638f2a68e869', 1, 5],
  ['e60c73e6-88f9-11cf-9af1-0020af6e72f4', 2, 6],
  ['b9e79e60-3d52-11ce-aaa1-00006901293f', 0, 12],
  ['412f241e-c12a-11ce-abff-0020af6e7a17', 0, 20],
  ['00000136-0000-0000-c000-000000000046', 0, 6],
  ['c6f3ee72-ce7e-11d1-b71e-00c04fc3111a', 1, 8],
  ['4d9f4ab8-7d1c-11cf-861e-0020af6e7c57', 0, 1],
  ['000001a0-0000-0000-c000-000000000046', 0, 5],
]

const closed = ([uuid, version, operations]: (typeof CLOSED)[number]): RpcInterface => ({
  uuid,
  version,
  call: (operation) => ({fault: operation < operations ? FAULT.ACCESS_DENIED : FAULT.OPERATION_RANGE}),
})

/** `handle`: random octets of this connection. */
export function mapperInterfaces(persona: Persona, handle: Buffer): readonly RpcInterface[] {
  const own = [endpointMapper(persona, handle), ...CLOSED.map(closed), objectExporter(persona)]
  return [...own, management(own)]
}
