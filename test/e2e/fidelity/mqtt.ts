import type {ClientRun, FidelityRow, Target} from './row.ts'

const VERSIONS = ['mqttv31', 'mqttv311', 'mqttv5'] as const

const client = (
  tool: 'mosquitto_sub' | 'mosquitto_pub',
  name: string,
  args: readonly string[],
  run: Omit<ClientRun, 'name' | 'tool' | 'command'>,
): ClientRun => ({name: `${tool} ${name}`, tool, command: ({ip}) => [tool, '-h', ip, ...args], ...run})

const subscribes = (topic: RegExp): ClientRun[] =>
  VERSIONS.map((version) =>
    client('mosquitto_sub', `-V ${version}`, ['-V', version, '-t', '#', '-v', '-C', '12', '-W', '15'], {
      prints: topic,
      exit: 0,
      outcome: 'hears the devices',
      leaves: {
        event: 'command',
        matching: ({data}) => data?.command === 'SUBSCRIBE',
        captured: 'every subscription',
      },
    }),
  )

const refused = VERSIONS.map((version) =>
  client('mosquitto_pub', `-V ${version}`, ['-V', version, '-u', 'root', '-P', 'letmein', '-t', 'a', '-m', 'b'], {
    prints: version === 'mqttv5' ? /Not authorized/ : /Connection Refused: not authorised/,
    exit: version === 'mqttv5' ? 135 : 5,
    outcome: 'refused',
    leaves: {
      event: 'auth.attempt',
      matching: ({credential}) => credential?.principal === 'root' && credential.secret?.text === 'letmein',
      captured: 'plaintext',
    },
  }),
)

const publishes = client(
  'mosquitto_pub',
  '-q 2, honey user',
  ['-V', 'mqttv5', '-u', 'app', '-P', 'secret', '-q', '2', '-r', '-t', 'plant/cmd', '-m', 'stop'],
  {
    prints: /^$/,
    exit: 0,
    outcome: 'accepted',
    leaves: {
      event: 'command',
      matching: ({data}) => data?.command === 'PUBLISH' && JSON.stringify(data).includes('plant/cmd'),
      captured: 'every message',
    },
  },
)

const PAHO = `
import paho.mqtt.client as mqtt, ssl, sys, time
client = mqtt.Client('paho', protocol=mqtt.MQTTv5)
client.tls_set(cert_reqs=ssl.CERT_NONE)
client.tls_insecure_set(True)
client.on_connect = lambda c, u, f, code, p: (print(code), c.subscribe('$SYS/broker/version'))
client.on_message = lambda c, u, m: print(m.payload.decode())
client.connect(sys.argv[1], 8883)
client.loop_start()
time.sleep(2)
`

const overTls: ClientRun = {
  name: 'paho with TLS, version 5',
  tool: '../lib/python3/dist-packages/paho',
  command: ({ip}: Target) => ['/usr/bin/python3', '-c', PAHO, ip],
  prints: /Success\nmosquitto version 2\.0\.11/,
  exit: 0,
  outcome: 'is let in',
  leaves: {event: 'session.tls', matching: ({data}) => data?.ja4 !== undefined, captured: 'JA3, JA4'},
}

export const MQTT_ROWS: readonly FidelityRow[] = [
  {
    service: 'mqtt',
    port: 1883,
    product: 'Mosquitto 2.0.11 of Debian, open',
    decky: {services: 'mqtt', distro: 'debian'},
    options: {anonymous: 'yes', topics: 'office'},
    nmap: /^mosquitto version 2\.0\.11/,
    scripts: [/\$SYS\/broker\/version: mosquitto version 2\.0\.11/, /temperature: \d+\.\d/],
    clients: [...subscribes(/\/temperature \d+\.\d/), overTls],
  },
  {
    service: 'mqtt',
    port: 1883,
    product: 'Mosquitto 2.0.11 with a password file',
    decky: {services: 'mqtt', distro: 'ubuntu22'},
    options: {users: 'app:secret', topics: 'plant'},
    nmap: /^mqtt/,
    // The script calls it an error that a broker wants a password.
    brokenScripts:
      /\|_mqtt-subscribe: ERROR: Connection rejected: Not Authorized|\|_?\s+ERROR: Connection rejected: Not Authorized/g,
    clients: [...refused, publishes],
  },
]
