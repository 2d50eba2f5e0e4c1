/** What the commands of the binary protocol do. */
import {statGroup} from './admin-commands.ts'
import {counted} from './arithmetic.ts'
import type {Asking} from './asking.ts'
import {
  NONE,
  type Packet,
  type Parts,
  problem,
  response,
  SHAPES,
  type Shape,
  STATUS,
  type Status,
} from './binary-wire.ts'
import {expiry, type Item} from './item.ts'
import {VERSION} from './stats.ts'
import {fresh} from './store.ts'
import {read, type StoreMode, stored} from './storing.ts'

export interface BinaryOutcome {
  readonly replies: readonly Buffer[]
  readonly close: boolean
  /** As the text protocol calls it; null: the server knows no such command. */
  readonly name: string | null
}

export function binaryCommand(asking: Asking, packet: Packet): BinaryOutcome {
  const form = SHAPES.get(packet.opcode)
  const name = form?.name ?? null
  const unknown = form === undefined || name === 'sasl_auth' || name === 'sasl_step'
  if (unknown) return {replies: [problem(packet.opcode, packet.opaque, STATUS.UNKNOWN)], close: false, name}
  const answer = perform(asking, packet, form)
  return {replies: answer, close: form.name === 'quit', name}
}

function perform(asking: Asking, packet: Packet, form: Shape): Buffer[] {
  const {opcode, opaque} = packet
  const reply = (parts: Parts): Buffer[] => [response(opcode, opaque, parts)]
  switch (form.name) {
    case 'noop':
      return reply({})
    case 'version':
      return reply({value: Buffer.from(VERSION)})
    case 'quit':
      return form.quiet ? [] : reply({})
    case 'flush_all':
      asking.cache.store(asking.now).flush(asking.now)
      return form.quiet ? [] : reply({})
    case 'verbosity':
      // The server forgets to answer.
      return []
    case 'stats':
      return statReplies(asking, packet)
    case 'get':
    case 'getk':
    case 'gat':
    case 'gatk':
    case 'touch':
      return getReply(asking, packet, form)
    case 'delete':
      return deleteReply(asking, packet, form)
    case 'incr':
    case 'decr':
      return countReply(asking, packet, form)
    default:
      return storeReply(asking, packet, form)
  }
}

function statReplies(asking: Asking, {opcode, opaque, key}: Packet): Buffer[] {
  const group = statGroup(asking, key.length === 0 ? undefined : key.toString('latin1'))
  if (group === null) return [problem(opcode, opaque, STATUS.KEY_NOT_FOUND)]
  const stats = group.map(([name, value]) =>
    response(opcode, opaque, {key: Buffer.from(name), value: Buffer.from(String(value))}),
  )
  return [...stats, response(opcode, opaque, {})]
}

function getReply({cache, now}: Asking, packet: Packet, form: Shape): Buffer[] {
  const {opcode, opaque, key, extras} = packet
  const item = cache.store(now).get(key.toString('latin1'), now)
  const withKey = form.name.endsWith('k')
  cache.count('cmd_get')
  cache.count(item === null ? 'get_misses' : 'get_hits')
  if (item === null) {
    if (form.quiet) return []
    if (withKey) return [response(opcode, opaque, {status: STATUS.KEY_NOT_FOUND, key})]
    return [problem(opcode, opaque, STATUS.KEY_NOT_FOUND)]
  }
  if (extras.length > 0) item.expiresAt = expiry(extras.readUInt32BE(), now)
  read(item, now)
  const value = form.name === 'touch' ? NONE : item.data
  return [response(opcode, opaque, {extras: uint32(item.flags), ...(withKey ? {key} : {}), value, cas: item.cas})]
}

function deleteReply({cache, now}: Asking, {opcode, opaque, key, cas}: Packet, form: Shape): Buffer[] {
  const store = cache.store(now)
  const item = store.get(key.toString('latin1'), now)
  cache.count(item === null ? 'delete_misses' : 'delete_hits')
  if (item === null) return [problem(opcode, opaque, STATUS.KEY_NOT_FOUND)]
  if (cas !== 0n && cas !== item.cas) return [problem(opcode, opaque, STATUS.KEY_EXISTS)]
  store.delete(item.key, now)
  return form.quiet ? [] : [response(opcode, opaque, {})]
}

const NO_INITIAL = 0xffffffff

function countReply({cache, now}: Asking, packet: Packet, form: Shape): Buffer[] {
  const {opcode, opaque, key, extras} = packet
  const store = cache.store(now)
  const name = key.toString('latin1')
  const item = store.get(name, now)
  const time = extras.readUInt32BE(16)
  if (item === null && time === NO_INITIAL) return [problem(opcode, opaque, STATUS.KEY_NOT_FOUND)]
  const initial = extras.readBigUInt64BE(8)
  if (item === null) {
    const begun = fresh(name, 0, Buffer.from(String(initial)), expiry(time, now), now)
    store.put({...begun, cas: store.nextCas()}, now)
  }
  const down = form.name === 'decr'
  const result = item === null ? initial : counted(store, item, extras.readBigUInt64BE(0), down, now)
  if (result === null) return [problem(opcode, opaque, STATUS.NON_NUMERIC)]
  const value = Buffer.alloc(8)
  value.writeBigUInt64BE(result)
  return form.quiet ? [] : [response(opcode, opaque, {value, cas: store.get(name, now)?.cas ?? 0n})]
}

const FAILURES: Readonly<Record<string, Status>> = {
  EXISTS: STATUS.KEY_EXISTS,
  NOT_FOUND: STATUS.KEY_NOT_FOUND,
}

function storeReply({cache, now}: Asking, packet: Packet, form: Shape): Buffer[] {
  const {opcode, opaque, key, extras, value, cas} = packet
  const name = key.toString('latin1')
  const flags = extras.length === 8 ? extras.readUInt32BE(0) : 0
  const time = extras.length === 8 ? extras.readUInt32BE(4) : 0
  const item: Item = fresh(name, flags, Buffer.from(value), expiry(time, now), now)
  const mode = (cas === 0n ? form.name : 'cas') as StoreMode
  const answer = stored(cache, item, mode, cas, now)
  if (answer !== 'STORED') return [problem(opcode, opaque, failure(answer, mode))]
  const unique = cache.store(now).get(name, now)?.cas ?? 0n
  return form.quiet ? [] : [response(opcode, opaque, {cas: unique})]
}

function failure(answer: string, mode: StoreMode): Status {
  if (answer.startsWith('SERVER_ERROR')) return STATUS.NO_MEMORY
  const known = FAILURES[answer]
  if (known !== undefined) return known
  if (mode === 'add') return STATUS.KEY_EXISTS
  return mode === 'replace' ? STATUS.KEY_NOT_FOUND : STATUS.NOT_STORED
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value >>> 0)
  return bytes
}
