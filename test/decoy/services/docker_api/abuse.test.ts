import {abuse, abuseInside} from '../../../support/abuse.ts'
import {engineWith, requestBytes} from './support.ts'

const id = '0123456789abcdef'.repeat(4)

abuse({
  name: 'docker_api',
  port: 2375,
  service: () => engineWith(),
  dialogues: [
    [
      requestBytes('GET /_ping'),
      requestBytes('POST /auth', {body: {username: 'bob', password: 'hunter2', serveraddress: 'https://registry'}}),
      requestBytes('GET /v1.41/containers/json?all=1'),
    ],
    [
      requestBytes('POST /v1.41/containers/create?name=box', {
        body: {
          Image: '',
          Cmd: ['chroot', '/host', 'sh', '-c', 'id'],
          Env: ['A=1'],
          HostConfig: {Binds: ['/:/host'], Privileged: true, PidMode: 'host'},
        },
      }),
      requestBytes('POST /v1.41/containers/box/start'),
      requestBytes('POST /v1.41/containers/box/exec', {body: {Cmd: ['sh'], AttachStdin: true, Tty: true}}),
      requestBytes('GET /v1.41/containers/box/json'),
      requestBytes('POST /v1.41/containers/box/attach?stream=1&stdin=1&stdout=1', {
        headers: ['Connection: Upgrade', 'Upgrade: tcp'],
      }),
      Buffer.from('id\nexit\n'),
    ],
    [
      requestBytes('POST /images/create?fromImage=alpine&tag=latest', {
        headers: [`X-Registry-Auth: ${Buffer.from('{"username":"u","password":"p"}').toString('base64')}`],
      }),
      requestBytes(`GET /containers/${id}/logs?stdout=1&follow=1`),
      requestBytes('GET /images/json'),
      requestBytes('DELETE /images/alpine'),
    ],
    [Buffer.from('GET /version HTTP/1.0\r\n\r\n')],
    [Buffer.from('\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 'latin1'), Buffer.alloc(512, 0x5a)],
    [Buffer.from('POST /containers/create HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nffffffff\r\n{')],
  ],
  served: (reply) => reply.toString('latin1').startsWith('HTTP/1.1 200 OK'),
})

abuseInside({
  name: 'docker_api over TLS',
  port: 2376,
  service: () => engineWith({tls: true}),
  dialogues: [[requestBytes('GET /_ping'), requestBytes('GET /v1.41/containers/json?all=1')]],
})
