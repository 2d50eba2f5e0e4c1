/** Properties of version 5 (section 2.2.2): `length:variable *(identifier:variable value)`. */
import {MqttError, REASON} from './reason.ts'
import {BodyReader, TYPE, variable} from './wire.ts'

export const PROPERTY = {
  PAYLOAD_FORMAT: 0x01,
  MESSAGE_EXPIRY: 0x02,
  SUBSCRIPTION_ID: 0x0b,
  SESSION_EXPIRY: 0x11,
  ASSIGNED_CLIENT: 0x12,
  SERVER_KEEP_ALIVE: 0x13,
  AUTHENTICATION_METHOD: 0x15,
  RECEIVE_MAXIMUM: 0x21,
  TOPIC_ALIAS_MAXIMUM: 0x22,
  TOPIC_ALIAS: 0x23,
  USER: 0x26,
  MAXIMUM_PACKET: 0x27,
} as const

type Form = 'byte' | 'uint16' | 'uint32' | 'variable' | 'binary' | 'string' | 'pair'

interface Rule {
  readonly form: Form
  /** Types of packets from clients that may have it; 0: a will. */
  readonly of: readonly number[]
}

const {CONNECT, PUBLISH, SUBSCRIBE, UNSUBSCRIBE, DISCONNECT, AUTH, PUBACK, PUBREC, PUBREL, PUBCOMP} = TYPE
const WILL = 0
const ANSWERS = [PUBACK, PUBREC, PUBREL, PUBCOMP]
const MESSAGE = [PUBLISH, WILL]

const RULES: ReadonlyMap<number, Rule> = new Map<number, Rule>([
  [PROPERTY.PAYLOAD_FORMAT, {form: 'byte', of: MESSAGE}],
  [PROPERTY.MESSAGE_EXPIRY, {form: 'uint32', of: MESSAGE}],
  [0x03, {form: 'string', of: MESSAGE}],
  [0x08, {form: 'string', of: MESSAGE}],
  [0x09, {form: 'binary', of: MESSAGE}],
  [PROPERTY.SUBSCRIPTION_ID, {form: 'variable', of: [SUBSCRIBE, PUBLISH]}],
  [PROPERTY.SESSION_EXPIRY, {form: 'uint32', of: [CONNECT, DISCONNECT]}],
  [PROPERTY.AUTHENTICATION_METHOD, {form: 'string', of: [CONNECT, AUTH]}],
  [0x16, {form: 'binary', of: [CONNECT, AUTH]}],
  [0x17, {form: 'byte', of: [CONNECT]}],
  [0x18, {form: 'uint32', of: [WILL]}],
  [0x19, {form: 'byte', of: [CONNECT]}],
  [0x1f, {form: 'string', of: [DISCONNECT, AUTH, ...ANSWERS]}],
  [PROPERTY.RECEIVE_MAXIMUM, {form: 'uint16', of: [CONNECT]}],
  [PROPERTY.TOPIC_ALIAS_MAXIMUM, {form: 'uint16', of: [CONNECT]}],
  [PROPERTY.TOPIC_ALIAS, {form: 'uint16', of: [PUBLISH]}],
  [PROPERTY.USER, {form: 'pair', of: [CONNECT, PUBLISH, WILL, SUBSCRIBE, UNSUBSCRIBE, DISCONNECT, AUTH, ...ANSWERS]}],
  [PROPERTY.MAXIMUM_PACKET, {form: 'uint32', of: [CONNECT]}],
])

export interface Property {
  readonly id: number
  /** Of those that are numbers. */
  readonly number: number
  /** As it came, behind the identifier. */
  readonly raw: Buffer
}

export class Properties {
  readonly all: readonly Property[]

  constructor(all: readonly Property[]) {
    this.all = all
  }

  /** Null: it is not there. */
  number(id: number): number | null {
    return this.all.find((each) => each.id === id)?.number ?? null
  }

  has(id: number): boolean {
    return this.all.some((each) => each.id === id)
  }

  /** As bytes, without some. */
  encoded(without: readonly number[]): Buffer {
    const kept = this.all.filter(({id}) => !without.includes(id))
    return Buffer.concat(kept.flatMap(({id, raw}) => [Buffer.from([id]), raw]))
  }
}

export const NO_PROPERTIES = new Properties([])
const MAX_PROPERTIES = 128

/** @throws MqttError for what a packet of that type may not have. */
export function readProperties(reader: BodyReader, type: number): Properties {
  const list = new BodyReader(reader.bytes(reader.variable()))
  const all: Property[] = []
  while (list.left > 0) {
    const id = list.variable()
    const rule = RULES.get(id)
    if (rule === undefined) throw new MqttError(`property ${id}`)
    if (!rule.of.includes(type)) throw new MqttError(`property ${id} of another packet`, REASON.PROTOCOL_ERROR)
    const repeats = id === PROPERTY.USER || id === PROPERTY.SUBSCRIPTION_ID
    if (!repeats && all.some((each) => each.id === id)) {
      throw new MqttError(`property ${id} twice`, REASON.PROTOCOL_ERROR)
    }
    if (all.length === MAX_PROPERTIES) throw new MqttError('too many properties', REASON.QUOTA_EXCEEDED)
    all.push({id, ...readValue(list, rule.form)})
  }
  return new Properties(all)
}

function readValue(list: BodyReader, form: Form): Omit<Property, 'id'> {
  switch (form) {
    case 'byte': {
      const raw = list.bytes(1)
      return {number: raw.readUInt8(), raw}
    }
    case 'uint16': {
      const raw = list.bytes(2)
      return {number: raw.readUInt16BE(), raw}
    }
    case 'uint32': {
      const raw = list.bytes(4)
      return {number: raw.readUInt32BE(), raw}
    }
    case 'variable': {
      const number = list.variable()
      return {number, raw: variable(number)}
    }
    default: {
      const raw = [text(list, form === 'binary'), ...(form === 'pair' ? [text(list, false)] : [])]
      return {number: 0, raw: Buffer.concat(raw)}
    }
  }
}

/** With its length, text only where it is. */
function text(list: BodyReader, anything: boolean): Buffer {
  const size = list.bytes(2)
  const bytes = list.bytes(size.readUInt16BE())
  if (!anything) new BodyReader(Buffer.concat([size, bytes])).string()
  return Buffer.concat([size, bytes])
}

/** With their length. */
export const propertyList = (...parts: readonly Buffer[]): Buffer => {
  const bytes = Buffer.concat(parts)
  return Buffer.concat([variable(bytes.length), bytes])
}
