import {abuse, abuseInside} from '../../../support/abuse.ts'
import {clusterWith, requestBytes} from './support.ts'

const POD = {
  kind: 'Pod',
  apiVersion: 'v1',
  metadata: {name: 'x'},
  spec: {containers: [{name: 'x', image: 'evil', command: ['sh'], securityContext: {privileged: true}}], hostPID: true},
}
const TOKEN = ['Authorization: Bearer tok']
const PROTOBUF = Buffer.from('6b383300', 'hex')

abuse({
  name: 'k8s',
  port: 8080,
  service: () => clusterWith({insecure: true, users: ['admin:tok']}),
  dialogues: [
    [
      requestBytes('GET /version'),
      requestBytes('GET /api/v1/namespaces/kube-system/secrets?limit=500', {headers: TOKEN}),
      requestBytes('POST /api/v1/namespaces/default/pods', {
        headers: [...TOKEN, 'Content-Type: application/json'],
        body: POD,
      }),
      requestBytes('GET /api/v1/pods', {headers: ['Accept: application/json;as=Table;v=v1;g=meta.k8s.io']}),
      requestBytes('POST /api/v1/namespaces/default/pods/x/exec?command=sh&command=-c&container=x'),
      requestBytes('DELETE /api/v1/namespaces/default/pods/x'),
    ],
    [
      requestBytes('GET /apis'),
      requestBytes('GET /apis/apps/v1'),
      requestBytes('GET /apis/apps/v1/deployments?watch=1'),
    ],
    [
      requestBytes('POST /apis/authorization.k8s.io/v1/selfsubjectaccessreviews', {
        headers: ['Content-Type: application/vnd.kubernetes.protobuf'],
        body: Buffer.concat([PROTOBUF, Buffer.from('0a060a0476312a0012020a00', 'hex')]),
      }),
    ],
    [requestBytes('GET /api/v1', {headers: ['Authorization: Bearer wrong']})],
    [Buffer.from('GET / HTTP/1.0\r\n\r\n')],
  ],
  served: (reply) => reply.toString('latin1').startsWith('HTTP/1.1 200 OK'),
})

abuseInside({
  name: 'k8s over TLS',
  port: 6443,
  service: () => clusterWith({users: ['admin:tok']}),
  dialogues: [
    [
      requestBytes('GET /version'),
      requestBytes('GET /api/v1/namespaces/kube-system/secrets?limit=500', {headers: TOKEN}),
      requestBytes('GET /api/v1/pods'),
    ],
    [requestBytes('GET /api/v1', {headers: ['Authorization: Bearer wrong']})],
  ],
})
