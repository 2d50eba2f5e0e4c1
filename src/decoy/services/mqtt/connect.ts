/**
 * CONNECT (3.1.1 and 5.0 section 3.1):
 *
 *   name:string level:8 flags:8 keepAlive:16 [properties] clientId:string
 *   [[willProperties] willTopic:string willPayload:binary] [user:string] [password:binary]
 */
import {NO_PROPERTIES, PROPERTY, type Properties, readProperties} from './properties.ts'
import {MqttError} from './reason.ts'
import {isTopic} from './topics.ts'
import {BodyReader, TYPE} from './wire.ts'

/** 3: 3.1, 4: 3.1.1, 5: 5.0. */
export type Version = 3 | 4 | 5

export interface Will {
  readonly topic: string
  readonly payload: Buffer
  readonly qos: number
  readonly retain: boolean
  readonly properties: Properties
}

export interface Connect {
  readonly version: Version
  readonly clean: boolean
  readonly keepAlive: number
  readonly clientId: string
  readonly properties: Properties
  readonly will: Will | null
  readonly user: string | null
  readonly password: Buffer | null
}

const FLAG = {RESERVED: 1, CLEAN: 2, WILL: 4, WILL_QOS: 0x18, WILL_RETAIN: 0x20, PASSWORD: 0x40, USER: 0x80} as const
/** A bridge of Mosquitto's sets it, in the versions before 5. */
const BRIDGE = 0x80
const NAMES: Readonly<Record<string, readonly number[]>> = {MQTT: [4, 5], MQIsdp: [3]}

export type ReadConnect = Connect | 'unknown version' | 'unknown method'

/** @throws MqttError for what ends the connection without an answer. */
export function readConnect(body: Buffer, flags: number): ReadConnect {
  const reader = new BodyReader(body)
  const name = reader.binary().toString('latin1')
  const levels = NAMES[name]
  if (levels === undefined) throw new MqttError('protocol name')
  const level = reader.byte()
  const version = level === 5 ? level : level & ~BRIDGE
  if (!levels.includes(version)) return 'unknown version'
  if (flags !== 0) throw new MqttError('flags of CONNECT')
  return readRest(reader, version as Version)
}

function readRest(reader: BodyReader, version: Version): ReadConnect {
  const flags = reader.byte()
  if (version !== 3 && (flags & FLAG.RESERVED) !== 0) throw new MqttError('reserved flag of CONNECT')
  checkFlags(flags, version)
  const keepAlive = reader.uint16()
  const properties = version === 5 ? readProperties(reader, TYPE.CONNECT) : NO_PROPERTIES
  for (const id of [PROPERTY.RECEIVE_MAXIMUM, PROPERTY.MAXIMUM_PACKET]) {
    if (properties.number(id) === 0) throw new MqttError(`property ${id} of nothing`)
  }
  if (properties.has(PROPERTY.AUTHENTICATION_METHOD)) return 'unknown method'
  const clientId = reader.string()
  const will = (flags & FLAG.WILL) === 0 ? null : readWill(reader, flags, version)
  const user = (flags & FLAG.USER) === 0 ? null : reader.string()
  const password = (flags & FLAG.PASSWORD) === 0 ? null : reader.binary()
  if (reader.left > 0) throw new MqttError('something behind CONNECT')
  return {version, clean: (flags & FLAG.CLEAN) !== 0, keepAlive, clientId, properties, will, user, password}
}

function checkFlags(flags: number, version: Version): void {
  const qos = (flags & FLAG.WILL_QOS) >> 3
  if (qos === 3) throw new MqttError('quality of the will')
  if ((flags & FLAG.WILL) === 0 && (flags & (FLAG.WILL_QOS | FLAG.WILL_RETAIN)) !== 0) {
    throw new MqttError('flags of a will without one')
  }
  if (version !== 5 && (flags & FLAG.PASSWORD) !== 0 && (flags & FLAG.USER) === 0) {
    throw new MqttError('password without a user')
  }
}

function readWill(reader: BodyReader, flags: number, version: Version): Will {
  const properties = version === 5 ? readProperties(reader, 0) : NO_PROPERTIES
  const topic = reader.string()
  if (!isTopic(topic)) throw new MqttError('topic of the will')
  const payload = Buffer.from(reader.binary())
  return {topic, payload, qos: (flags & FLAG.WILL_QOS) >> 3, retain: (flags & FLAG.WILL_RETAIN) !== 0, properties}
}
