import {MQTT_PORT} from '../../../../src/decoy/services/mqtt/definition.ts'
import {abuse, abuseInside} from '../../../support/abuse.ts'
import {acknowledge, connect, DISCONNECT, login, PING, publish, subscribe, unsubscribe, will} from './packets.ts'
import {mqttService} from './support.ts'

abuse({
  name: 'mqtt',
  port: MQTT_PORT,
  service: () => mqttService({users: ['app:secret'], anonymous: true}),
  dialogues: [
    [
      login(4, 'app', 'secret', {id: 'one'}),
      subscribe(4, 1, ['#', 1], ['$SYS/#', 0]),
      publish(4, 2, 'a/b', 'hello', 7),
      acknowledge(0x40, 1),
      publish(4, 5, 'a/b', 'twice', 8),
      acknowledge(0x62, 8),
      unsubscribe(4, 2, '#'),
      Buffer.concat([PING, DISCONNECT]),
    ],
    [
      connect(5, {id: 'two', properties: '110000000a2100052600016100016227000fffff'}),
      subscribe(5, 1, ['+/status', 0x2e], ['$share/g/#', 1]),
      publish(5, 3, 'x/y', '{"on":true}', 3, '0101020000006403000161230001260001610001 62'.replaceAll(' ', '')),
      publish(5, 4, '', 'again', 4, '230001'),
      acknowledge(0x62, 4),
    ],
    [will(3, 'gone', 'bye'), PING],
    [login(5, 'root', 'wrong', {id: 'three'})],
  ],
  served: (reply) => reply.toString('hex') === '20020000',
})

abuseInside({
  name: 'mqtt over TLS',
  port: 8883,
  service: () => mqttService({users: ['app:secret'], tls: true}),
  dialogues: [
    [login(4, 'app', 'secret', {id: 'one'}), subscribe(4, 1, ['#', 1]), publish(4, 2, 'a/b', 'hello', 7), PING],
  ],
})
