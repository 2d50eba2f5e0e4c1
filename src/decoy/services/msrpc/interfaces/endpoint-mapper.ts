/** The endpoint mapper, ept (C706 appendix O, MS-RPCE §2.2.1.2): ept_lookup and ept_map. */
import {CodecError} from '../../../codecs/codec-error.ts'
import type {CallResult, RpcInterface} from '../../../codecs/dcerpc/association.ts'
import {FAULT} from '../../../codecs/dcerpc/association.ts'
import {NdrReader, NdrWriter} from '../../../codecs/dcerpc/ndr.ts'
import {decodeUuid, UUID_SIZE} from '../../../codecs/dcerpc/uuid.ts'
import type {Persona} from '../../../persona.ts'
import {type Endpoint, endpointsOf, PROTOCOL_OF, towerOf} from '../endpoints.ts'

const OPERATION = {LOOKUP: 2, MAP: 3, FREE_HANDLE: 4} as const
const INQUIRY = {ALL: 0, INTERFACE: 1} as const
const NOT_REGISTERED = 0x16c9_a0d6
const FAULT_CONTEXT_MISMATCH = 0x1c00_001a
const HANDLE_SIZE = 20
const NO_HANDLE = Buffer.alloc(HANDLE_SIZE)
const MOST = 500

/** `handle`: 16 random octets of this connection, which its handles are made of. */
export function endpointMapper(persona: Persona, handle: Buffer): RpcInterface {
  const endpoints = endpointsOf(persona)
  return {
    uuid: 'e1af8308-5d1f-11c9-91a4-08002b14a0fa',
    version: 3,
    call(operation, stub) {
      switch (operation) {
        case OPERATION.LOOKUP:
          return lookup(new NdrReader(stub), {endpoints, persona, handle})
        case OPERATION.MAP:
          return map(new NdrReader(stub), {endpoints, persona})
        case OPERATION.FREE_HANDLE:
          return {stub: new NdrWriter().bytes(NO_HANDLE).u32(0).done()}
        default:
          return {fault: operation <= 7 ? FAULT.ACCESS_DENIED : FAULT.OPERATION_RANGE}
      }
    },
  }
}

interface World {
  readonly endpoints: readonly Endpoint[]
  readonly persona: Persona
}

function lookup(reader: NdrReader, {endpoints, persona, handle}: World & {handle: Buffer}): CallResult {
  const inquiry = reader.u32()
  if (reader.pointer()) reader.take(UUID_SIZE)
  const wanted = reader.pointer() ? {uuid: decodeUuid(reader.take(UUID_SIZE)), version: reader.u16()} : null
  if (wanted !== null) reader.u16()
  reader.align(4).u32()
  const start = position(reader.take(HANDLE_SIZE), handle)
  const most = Math.min(reader.u32(), MOST)
  if (start === null) return {fault: FAULT_CONTEXT_MISMATCH}
  const all =
    inquiry === INQUIRY.ALL
      ? endpoints
      : endpoints.filter(({uuid}) => inquiry === INQUIRY.INTERFACE && uuid === wanted?.uuid)
  const found = all.slice(start, start + most)
  const next = start + found.length
  const out = new NdrWriter()
    // Where all were asked for that fitted, the client comes again to hear that there are no more.
    .bytes(found.length > 0 && found.length === most ? handleAt(next, handle) : NO_HANDLE)
    .u32(found.length, most, 0, found.length)
  for (const {annotation} of found) {
    out.zeros(UUID_SIZE).pointer()
    out
      .u32(0, annotation.length + 1)
      .bytes(Buffer.from(`${annotation}\0`, 'latin1'))
      .align(4)
  }
  for (const endpoint of found) writeTower(out, towerOf(endpoint, persona))
  return {stub: out.u32(found.length === 0 ? NOT_REGISTERED : 0).done()}
}

function map(reader: NdrReader, {endpoints, persona}: World): CallResult {
  if (reader.pointer()) reader.take(UUID_SIZE)
  const tower = reader.pointer() ? readTower(reader) : null
  reader.align(4).take(HANDLE_SIZE)
  const most = Math.min(reader.u32(), MOST)
  const found = endpoints
    .filter(({uuid, binding}) => uuid === tower?.uuid && PROTOCOL_OF[binding.kind] === tower.protocol)
    .slice(0, Math.min(most, 1))
  const out = new NdrWriter().bytes(NO_HANDLE).u32(found.length, most, 0, found.length)
  for (let count = found.length; count > 0; count--) out.pointer()
  for (const endpoint of found) writeTower(out, towerOf(endpoint, persona))
  return {stub: out.u32(found.length === 0 ? NOT_REGISTERED : 0).done()}
}

function writeTower(out: NdrWriter, tower: Buffer): void {
  out.align(4).u32(tower.length, tower.length).bytes(tower).align(4)
}

/** What a client looks for: an interface, and the protocol of the fourth floor. */
function readTower(reader: NdrReader): {uuid: string; protocol: number} {
  reader.u32()
  const tower = new NdrReader(reader.take(reader.u32()))
  if (tower.u16() < 4) throw new CodecError('a tower of fewer than four floors')
  const floors = Array.from({length: 4}, () => {
    const left = tower.take(tower.u16())
    tower.take(tower.u16())
    return left
  })
  const [first, , , fourth] = floors
  if (first === undefined || first.length < 1 + UUID_SIZE) throw new CodecError('a tower without its interface')
  return {uuid: decodeUuid(first.subarray(1, 1 + UUID_SIZE)), protocol: fourth?.[0] ?? 0}
}

/** Handles carry where to go on in their last octets. */
function handleAt(index: number, handle: Buffer): Buffer {
  const bytes = Buffer.concat([Buffer.alloc(4), handle])
  bytes.writeUInt32LE((bytes.readUInt32LE(16) ^ index) >>> 0, 16)
  return bytes
}

/** Null: a handle of somebody else. */
function position(bytes: Buffer, handle: Buffer): number | null {
  if (bytes.equals(NO_HANDLE)) return 0
  if (!bytes.subarray(4, 16).equals(handle.subarray(0, 12))) return null
  return (bytes.readUInt32LE(16) ^ handle.readUInt32LE(12)) >>> 0
}
