import {NEVER_IDLE} from '../../deadlines.ts'
import {honeyBytes} from '../../honey-users.ts'
import type {Persona} from '../../persona.ts'
import type {CreateService, SelfTest, Service} from '../../service.ts'
import {tlsProfile} from '../../tls/stacks.ts'
import {Broker} from './broker.ts'
import {MQTT_TOPICS, MQTTS_PORT} from './definition.ts'
import type {DeviceSet} from './devices.ts'
import {MqttSession} from './mqtt-session.ts'

/** A client of version 3.1.1; behind a password the answer is a refusal, and an answer all the same. */
const SELF_TEST: SelfTest = {
  send: Buffer.from('101000044d51545404020000000473656c66', 'hex'),
  accepts: (reply) => /^\x20\x02\0[\0\x05]$/.test(reply.toString('latin1')),
}

const DEVICES: Readonly<Record<string, DeviceSet>> = {'iot-device': 'camera', 'industrial-control': 'plant'}

function devicesOf({facts}: Persona, chosen: unknown): DeviceSet {
  return MQTT_TOPICS.find((each) => each === chosen) ?? DEVICES[facts.archetype ?? ''] ?? 'office'
}

export const createService: CreateService = (persona, options): Service => {
  const broker = new Broker(persona, {
    users: honeyBytes(options.users),
    anonymous: options.anonymous === true,
    devices: devicesOf(persona, options.topics),
  })
  const tls = tlsProfile(persona)
  return {
    tcp: (port) => ({
      kind: 'protocol',
      patience: NEVER_IDLE,
      ...(options.tls !== false && port === MQTTS_PORT ? {tls} : {}),
      session: (connection) => new MqttSession(broker, connection),
    }),
    selfTest: () => SELF_TEST,
  }
}
