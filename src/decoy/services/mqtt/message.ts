/** A message, and PUBLISH in both directions (5.0 section 3.3). */
import {PROPERTY, type Properties, propertyList} from './properties.ts'
import {binary, packet, TYPE, uint16, variable} from './wire.ts'

export interface Message {
  readonly topic: string
  readonly payload: Buffer
  readonly qos: number
  readonly retain: boolean
  /** What of its properties goes along, encoded. */
  readonly properties: Buffer
  /** Milliseconds since the epoch; null: never. */
  readonly expiresAt: number | null
}

const FLAG = {RETAIN: 1, DUPLICATE: 8} as const

/** An alias belongs to one connection, and the time that is left is written anew. */
const NOT_FORWARDED = [PROPERTY.TOPIC_ALIAS, PROPERTY.MESSAGE_EXPIRY, PROPERTY.SUBSCRIPTION_ID]

export function messageOf(
  given: {topic: string; payload: Buffer; qos: number; retain: boolean; properties: Properties},
  now: number,
): Message {
  const {topic, payload, qos, retain, properties} = given
  const expiry = properties.number(PROPERTY.MESSAGE_EXPIRY)
  return {
    topic,
    payload,
    qos,
    retain,
    properties: properties.encoded(NOT_FORWARDED),
    expiresAt: expiry === null ? null : now + expiry * 1000,
  }
}

export const plainMessage = (topic: string, payload: string, retain: boolean): Message => ({
  topic,
  payload: Buffer.from(payload, 'utf8'),
  qos: 0,
  retain,
  properties: Buffer.alloc(0),
  expiresAt: null,
})

export interface Delivery {
  readonly qos: number
  readonly retain: boolean
  /** Of the packet; only above quality 0. */
  readonly id: number
  readonly duplicate?: boolean
  readonly subscriptionId: number | null
}

export function publishPacket(message: Message, delivery: Delivery, version: number, now: number): Buffer {
  const {qos, retain, id, subscriptionId} = delivery
  const flags = (qos << 1) | (retain ? FLAG.RETAIN : 0) | (delivery.duplicate === true ? FLAG.DUPLICATE : 0)
  return packet(
    TYPE.PUBLISH,
    flags,
    binary(message.topic),
    ...(qos > 0 ? [uint16(id)] : []),
    ...(version === 5 ? [forwarded(message, subscriptionId, now)] : []),
    message.payload,
  )
}

function forwarded({properties, expiresAt}: Message, subscriptionId: number | null, now: number): Buffer {
  const parts = [properties]
  if (subscriptionId !== null) parts.push(Buffer.from([PROPERTY.SUBSCRIPTION_ID]), variable(subscriptionId))
  if (expiresAt !== null) {
    const left = Buffer.alloc(5)
    left.writeUInt8(PROPERTY.MESSAGE_EXPIRY)
    left.writeUInt32BE(Math.max(1, Math.ceil((expiresAt - now) / 1000)), 1)
    parts.push(left)
  }
  return propertyList(...parts)
}

export const expired = ({expiresAt}: Message, now: number): boolean => expiresAt !== null && expiresAt <= now
