/**
 * SUBSCRIBE and UNSUBSCRIBE (3.1.1 and 5.0 sections 3.8 and 3.10):
 *
 *   subscribe = id:16 [properties] 1*(filter:string options:8)      unsubscribe = id:16 [properties] 1*filter:string
 *   options   = reserved:2 retainHandling:2 retainAsPublished:1 noLocal:1 qos:2        ; before 5 only the quality
 */
import {NO_PROPERTIES, PROPERTY, type Properties, readProperties} from './properties.ts'
import {MqttError} from './reason.ts'
import {isFilter} from './topics.ts'
import {BodyReader, type Packet, TYPE} from './wire.ts'

export interface Subscribe {
  readonly id: number
  readonly subscriptionId: number | null
  readonly asked: readonly {readonly text: string; readonly options: number}[]
}

/** Flags that both packets have. */
const FLAGS = 2

/** Those of a packet, which only version 5 has. */
export function propertiesOf(reader: BodyReader, type: number, version: number): Properties {
  return version === 5 ? readProperties(reader, type) : NO_PROPERTIES
}

/** @throws MqttError */
export function readSubscribe({flags, body}: Packet, version: number): Subscribe {
  if (flags !== FLAGS) throw new MqttError('flags of SUBSCRIBE')
  const reader = new BodyReader(body)
  const id = identifier(reader)
  const subscriptionId = propertiesOf(reader, TYPE.SUBSCRIBE, version).number(PROPERTY.SUBSCRIPTION_ID)
  if (subscriptionId === 0) throw new MqttError('subscription identifier 0')
  const asked: {text: string; options: number}[] = []
  while (reader.left > 0) asked.push({text: filterOf(reader), options: optionsOf(reader, version)})
  if (asked.length === 0) throw new MqttError('SUBSCRIBE to nothing')
  return {id, subscriptionId, asked}
}

/** @throws MqttError */
export function readUnsubscribe({flags, body}: Packet, version: number): {id: number; filters: readonly string[]} {
  if (flags !== FLAGS) throw new MqttError('flags of UNSUBSCRIBE')
  const reader = new BodyReader(body)
  const id = identifier(reader)
  propertiesOf(reader, TYPE.UNSUBSCRIBE, version)
  const filters: string[] = []
  while (reader.left > 0) filters.push(filterOf(reader))
  if (filters.length === 0) throw new MqttError('UNSUBSCRIBE from nothing')
  return {id, filters}
}

function identifier(reader: BodyReader): number {
  const id = reader.uint16()
  if (id === 0) throw new MqttError('packet identifier 0')
  return id
}

function filterOf(reader: BodyReader): string {
  const text = reader.string()
  if (!isFilter(text)) throw new MqttError('filter')
  return text
}

function optionsOf(reader: BodyReader, version: number): number {
  const options = reader.byte()
  const known = version === 5 ? 0x3f : 3
  const wrong = (options & 3) === 3 || (options & ~known) !== 0 || (options & 0x30) === 0x30
  if (wrong) throw new MqttError('options of SUBSCRIBE')
  return options
}
