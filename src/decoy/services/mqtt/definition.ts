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
    port: {type: 'integer', summary: 'Port without TLS.', default: MQTT_PORT, min: 1, max: 65_535},
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
    users: {
      type: 'list',
      secret: true,
      summary: 'Honey credentials: the users of its password file.',
      default: [],
      maxItems: 32,
      pattern: /^[^:,\s]{1,63}:[^,]{1,128}$/,
      expected: 'a user name and a password as `name:password`',
    },
  },
  events: ['auth.attempt', 'request', 'command', 'probe', 'malformed'],
}
