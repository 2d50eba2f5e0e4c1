import {honeyUsers, portOption, serverUser} from '../../common-options.ts'
import type {ServiceDefinition} from '../../definition.ts'

export const MQTT_PORT = 1883
export const MQTTS_PORT = 8883

export const MQTT_TOPICS = ['office', 'plant', 'camera', 'none'] as const

export const MQTT: ServiceDefinition = {
  name: 'mqtt',
  summary:
    'MQTT broker that answers as Mosquitto 2.0 does, with topics of devices whose values change, and records logins, subscriptions and messages.',
  roles: ['mqtt', 'broker', 'iot'],
  ports: [
    {port: MQTT_PORT, protocol: 'tcp', purpose: 'MQTT 3.1, 3.1.1 and 5', option: 'port'},
    {port: MQTTS_PORT, protocol: 'tcp', purpose: 'MQTT over TLS', needs: 'tls'},
  ],
  options: {
    port: portOption(MQTT_PORT, 'Port without TLS.'),
    tls: {type: 'boolean', summary: 'Whether it listens on 8883 as well, with TLS.', default: true},
    anonymous: {
      type: 'boolean',
      summary:
        'Whether it lets clients in that name no user (`allow_anonymous`); without honey credentials it then takes any user, as a broker without a password file does.',
      default: false,
    },
    topics: {
      type: 'enum',
      summary: 'What its devices tell of; by default what fits the archetype.',
      default: null,
      values: MQTT_TOPICS,
    },
    users: honeyUsers(serverUser(), 'Honey credentials: the users of its password file.'),
  },
  events: ['auth.attempt', 'request', 'command', 'probe', 'malformed'],
}
