/** Mosquitto's clients and paho of Debian, on the loopback. */
import {existsSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'

import {MQTT_PORT, MQTTS_PORT} from '../../../../src/decoy/services/mqtt/definition.ts'
import {findCommand} from '../../../lab/debian.ts'
import {runTool} from '../../../support/client-tool.ts'
import {certificateOf} from '../../../support/recognition.ts'
import {eventually, type Served, serve} from '../../../support/serve.ts'
import {mqttService} from './support.ts'

const sub = findCommand('mosquitto_sub')
const pub = findCommand('mosquitto_pub')
const paho = existsSync('/usr/lib/python3/dist-packages/paho')
const OPTIONS = {users: ['app:secret'], anonymous: true, topics: 'plant'}

const served = async (options = {}, port = MQTT_PORT): Promise<Served> =>
  serve(await mqttService({...OPTIONS, ...options}), {port, service: 'mqtt'})
const subscribe = ({port}: Served, ...args: string[]) =>
  runTool(sub ?? '', ['-h', '127.0.0.1', '-p', String(port), ...args])
const publish = ({port}: Served, ...args: string[]) =>
  runTool(pub ?? '', ['-h', '127.0.0.1', '-p', String(port), ...args])

describe.skipIf(sub === undefined || pub === undefined).each(['mqttv31', 'mqttv311', 'mqttv5'])(
  'the clients of Mosquitto, %s',
  (version) => {
    it('are told what devices tell', async () => {
      const server = await served()
      const {stdout, code} = await subscribe(server, '-V', version, '-t', '#', '-v', '-C', '5', '-W', '10')
      expect(code).toBe(0)
      expect(stdout).toMatch(/^\S+\/line\d\/press\/speed_rpm \d+$/m)
      const sys = await subscribe(server, '-V', version, '-t', '$SYS/broker/version', '-C', '1', '-W', '10')
      expect(sys.stdout).toBe('mosquitto version 2.0.11\n')
      await server.close()
    })

    it('are refused with a wrong password, by the code of their version', async () => {
      const server = await served()
      const {stderr, code} = await publish(server, '-V', version, '-u', 'root', '-P', 'hunter2', '-t', 'a', '-m', 'b')
      expect(stderr).toMatch(version === 'mqttv5' ? /Not authorized/ : /Connection Refused: not authorised/)
      expect(code).toBe(version === 'mqttv5' ? 135 : 5)
      expect(server.named('auth.attempt')[0]?.credential).toMatchObject({principal: 'root', secret: {text: 'hunter2'}})
      await server.close()
    })

    it.each(['0', '1', '2'])('pass messages on at quality %s', async (qos) => {
      const server = await served()
      const args = [
        '-V',
        version,
        '-u',
        'app',
        '-P',
        'secret',
        '-q',
        qos,
        '-t',
        'lab/+/cmd',
        '-v',
        '-C',
        '1',
        '-W',
        '10',
      ]
      const reading = subscribe(server, ...args)
      await eventually(() => server.named('command').find(({data}) => data?.command === 'SUBSCRIBE'))
      const sent = await publish(server, '-V', version, '-q', qos, '-t', 'lab/7/cmd', '-m', 'open the door')
      expect(sent.code).toBe(0)
      expect((await reading).stdout).toBe('lab/7/cmd open the door\n')
      expect(server.named('command').find(({data}) => data?.command === 'PUBLISH')?.data).toMatchObject({
        topic: {text: 'lab/7/cmd'},
        payload: {text: 'open the door'},
        qos: Number(qos),
        reached: 1,
      })
      await server.close()
    })
  },
)

describe.skipIf(sub === undefined)('with TLS', () => {
  it('serves the same', async () => {
    const server = await served({}, MQTTS_PORT)
    const directory = mkdtempSync(join(tmpdir(), 'mqtts-'))
    const authority = join(directory, 'ca.pem')
    writeFileSync(authority, pem((await certificateOf(server.port)).raw))
    const {stdout} = await subscribe(server, '--cafile', authority, '--insecure', '-t', '#', '-C', '1', '-W', '10')
    rmSync(directory, {recursive: true})
    expect(stdout).toMatch(/^\d+\n$/)
    await server.close()
  })
})

const pem = (der: Buffer): string =>
  `-----BEGIN CERTIFICATE-----\n${der.toString('base64').replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`

describe.skipIf(!paho)('paho of Debian', () => {
  it.each(['MQTTv31', 'MQTTv311', 'MQTTv5'])('%s: will, retained messages, TLS', async (version) => {
    const server = await served({}, MQTTS_PORT)
    const script = `
import paho.mqtt.client as mqtt, ssl, sys, time
got = []
def made(name):
    client = mqtt.Client(name, protocol=mqtt.${version})
    client.tls_set(cert_reqs=ssl.CERT_NONE); client.tls_insecure_set(True)
    client.on_message = lambda c, u, m: got.append((m.topic, m.payload.decode(), m.retain))
    return client
reader, dying = made('reader'), made('dying')
dying.will_set('room/dying', 'gone', qos=1)
reader.connect('127.0.0.1', int(sys.argv[1])); reader.loop_start()
dying.connect('127.0.0.1', int(sys.argv[1])); dying.loop_start()
dying.publish('room/state', 'on', qos=2, retain=True).wait_for_publish()
reader.subscribe([('room/#', 2)])
deadline = time.time() + 10
while len(got) < 1 and time.time() < deadline: time.sleep(0.02)
dying.socket().shutdown(2)
dying.loop_stop()
while len(got) < 2 and time.time() < deadline: time.sleep(0.02)
print(got)
`
    const {stdout, stderr} = await runTool('/usr/bin/python3', ['-c', script, String(server.port)])
    expect(`${stdout}${stderr}`).toContain("[('room/state', 'on', 1), ('room/dying', 'gone', 0)]")
    expect(server.named('session.tls').length).toBeGreaterThanOrEqual(2)
    await server.close()
  })
})
