/**
 * Objects in protocol buffers, as typed clients send them (apimachinery, `protobuf`): the four octets `k8s\0`, then
 *
 *     Unknown  = 1: TypeMeta { 1: apiVersion, 2: kind }  2: raw  …
 *     raw      = 1: ObjectMeta  2: spec  …
 *
 * Only the fields that somebody wants to know are read; the rest is skipped. Linear in its input.
 */
import type {Json} from './objects.ts'

const MAGIC = Buffer.from('6b387300', 'hex')
const MOST_REPEATED = 16

type Field =
  | {readonly name: string; readonly type: 'string' | 'strings' | 'boolean'}
  | {readonly name: string; readonly type: 'message' | 'messages'; readonly of: Schema}
type Schema = Readonly<Record<number, Field>>

const METADATA: Schema = {
  1: {name: 'name', type: 'string'},
  2: {name: 'generateName', type: 'string'},
  3: {name: 'namespace', type: 'string'},
}
const CONTAINER: Schema = {
  1: {name: 'name', type: 'string'},
  2: {name: 'image', type: 'string'},
  3: {name: 'command', type: 'strings'},
  4: {name: 'args', type: 'strings'},
  15: {name: 'securityContext', type: 'message', of: {2: {name: 'privileged', type: 'boolean'}}},
}
const HOST_PATH: Field = {name: 'hostPath', type: 'message', of: {1: {name: 'path', type: 'string'}}}
const VOLUME: Schema = {
  1: {name: 'name', type: 'string'},
  2: {name: 'source', type: 'message', of: {1: HOST_PATH}},
}
const POD_SPEC: Schema = {
  1: {name: 'volumes', type: 'messages', of: VOLUME},
  2: {name: 'containers', type: 'messages', of: CONTAINER},
  11: {name: 'hostNetwork', type: 'boolean'},
  12: {name: 'hostPID', type: 'boolean'},
  20: {name: 'initContainers', type: 'messages', of: CONTAINER},
}
const TEMPLATE: Schema = {2: {name: 'spec', type: 'message', of: POD_SPEC}}
const SPECS: Readonly<Record<string, Schema>> = {
  Pod: POD_SPEC,
  Deployment: {3: {name: 'template', type: 'message', of: TEMPLATE}},
  DaemonSet: {2: {name: 'template', type: 'message', of: TEMPLATE}},
  Job: {6: {name: 'template', type: 'message', of: TEMPLATE}},
}
const UNKNOWN: Schema = {
  1: {
    name: 'type',
    type: 'message',
    of: {1: {name: 'apiVersion', type: 'string'}, 2: {name: 'kind', type: 'string'}},
  },
}

/** Null: no such object. */
export function decodeProtobuf(bytes: Buffer): Json | null {
  if (!bytes.subarray(0, MAGIC.length).equals(MAGIC)) return null
  const envelope = bytes.subarray(MAGIC.length)
  const type = decode(envelope, UNKNOWN)?.type
  const raw = payload(envelope, 2)
  if (typeof type !== 'object' || type === null || raw === null) return null
  const {kind} = type as {kind?: string}
  const spec = kind !== undefined && Object.hasOwn(SPECS, kind) ? SPECS[kind] : undefined
  const body = decode(raw, {
    1: {name: 'metadata', type: 'message', of: METADATA},
    ...(spec === undefined ? {} : {2: {name: 'spec', type: 'message', of: spec} as const}),
  })
  return body === null ? null : {...type, ...flattened(body)}
}

/** A volume's source is part of the volume in JSON. */
function flattened(body: Json): Json {
  const volumes = (value: unknown): unknown =>
    JSON.parse(JSON.stringify(value), (_, item) =>
      typeof item === 'object' && item !== null && 'source' in item ? {...item, ...item.source} : item,
    )
  return 'spec' in body ? {...body, spec: volumes(body.spec)} : body
}

interface Part {
  readonly number: number
  readonly value: Buffer | bigint
}

/** Null, and nothing after it, where the bytes are no message. */
function* parts(bytes: Buffer): Generator<Part | null> {
  for (let at = 0; at < bytes.length; ) {
    const part = readPart(bytes, at)
    yield part
    if (part === null) return
    at = part.end
  }
}

function readPart(bytes: Buffer, from: number): (Part & {readonly end: number}) | null {
  const tag = varint(bytes, from)
  if (tag === null) return null
  const number = Number(tag.value >> 3n)
  const wire = Number(tag.value & 7n)
  if (wire === 0) {
    const found = varint(bytes, tag.end)
    return found === null ? null : {number, ...found}
  }
  const size = wire === 2 ? varint(bytes, tag.end) : fixed(wire, tag.end)
  if (size === null || size.value > BigInt(bytes.length - size.end)) return null
  const end = size.end + Number(size.value)
  return {number, value: bytes.subarray(size.end, end), end}
}

interface Varint {
  readonly value: bigint
  readonly end: number
}

/** The size of what has no length of its own. */
function fixed(wire: number, end: number): Varint | null {
  if (wire === 1) return {value: 8n, end}
  return wire === 5 ? {value: 4n, end} : null
}

function varint(bytes: Buffer, from: number): Varint | null {
  let value = 0n
  for (let at = from, shift = 0n; at < bytes.length && shift < 64n; at++, shift += 7n) {
    const octet = bytes[at] ?? 0
    value |= BigInt(octet & 0x7f) << shift
    if (octet < 0x80) return {value, end: at + 1}
  }
  return null
}

function payload(bytes: Buffer, wanted: number): Buffer | null {
  for (const part of parts(bytes)) if (part?.number === wanted && Buffer.isBuffer(part.value)) return part.value
  return null
}

function decode(bytes: Buffer, schema: Schema): Json | null {
  const found: Record<string, unknown> = {}
  for (const part of parts(bytes)) {
    if (part === null) return null
    const field = schema[part.number]
    if (field === undefined) continue
    const value = readValue(field, part.value)
    if (value === null) return null
    if (field.type !== 'strings' && field.type !== 'messages') found[field.name] = value
    else {
      const list = (found[field.name] as unknown[] | undefined) ?? []
      if (list.length < MOST_REPEATED) found[field.name] = [...list, value]
    }
  }
  return found
}

function readValue(field: Field, value: Buffer | bigint): unknown {
  if (field.type === 'boolean') return typeof value === 'bigint' ? value !== 0n : null
  if (!Buffer.isBuffer(value)) return null
  return field.type === 'message' || field.type === 'messages' ? decode(value, field.of) : value.toString('utf8')
}
