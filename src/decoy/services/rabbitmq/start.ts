/** What broker and client tell of themselves when they meet. */
import type {Persona} from '../../persona.ts'
import {sample} from '../../sample.ts'
import {MECHANISMS} from './login.ts'
import {nodeOf, RELEASE} from './release.ts'
import {encodeTable, type FieldTable, longString, type TableEntry} from './wire/values.ts'

const CAPABILITIES: readonly TableEntry[] = [
  ['publisher_confirms', true],
  ['exchange_exchange_bindings', true],
  ['basic.nack', true],
  ['consumer_cancel_notify', true],
  ['connection.blocked', true],
  ['consumer_priorities', true],
  ['authentication_failure_close', true],
  ['per_consumer_qos', true],
  ['direct_reply_to', true],
]

/** Of connection.start. `old`: to a client of AMQP 0-8, which knows of no capabilities. */
export function startReply(persona: Persona, old: boolean): Buffer {
  const version = Buffer.from(old ? [8, 0] : [0, 9])
  const properties = encodeTable([
    ['capabilities', old ? [] : CAPABILITIES],
    ['cluster_name', nodeOf(persona)],
    ['copyright', RELEASE.copyright],
    ['information', RELEASE.information],
    ['platform', `Erlang/OTP ${RELEASE.erlang}`],
    ['product', 'RabbitMQ'],
    ['version', RELEASE.version],
  ])
  return Buffer.concat([version, properties, longString(MECHANISMS), longString('en_US')])
}

export interface ClientFacts {
  /** It wants to be told that its login failed. */
  readonly closes: boolean
  readonly cancelNotify: boolean
  /** For evidence. */
  readonly shown: Readonly<Record<string, unknown>>
}

const SHOWN = ['product', 'version', 'platform', 'connection_name'] as const

export function clientFacts(properties: FieldTable, sampleBytes: number): ClientFacts {
  const {capabilities} = properties
  const table = typeof capabilities === 'object' && capabilities !== null ? capabilities : {}
  const texts = SHOWN.flatMap((name) => {
    const value = properties[name]
    return typeof value === 'string'
      ? [[name, sample(Buffer.from(value, 'latin1'), Math.min(sampleBytes, 128)).text] as const]
      : []
  })
  return {
    closes: table.authentication_failure_close === true,
    cancelNotify: table.consumer_cancel_notify === true,
    shown: texts.length === 0 ? {} : {client: Object.fromEntries(texts)},
  }
}
