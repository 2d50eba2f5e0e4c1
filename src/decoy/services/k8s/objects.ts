/** The objects of the cluster as they are before anybody came; its secrets are bait. */
import {kubernetesAuthority} from '../../tls/kubernetes-authority.ts'
import {joiningConfig, nodeBody, podBody} from './bodies.ts'
import {type ClusterFacts, secretWord, stableId, suffix, timestamp} from './facts.ts'
import type {Release} from './releases.ts'

export type Json = Readonly<Record<string, unknown>>

export interface Stored {
  readonly group: string
  readonly resource: string
  readonly namespace: string
  readonly name: string
  /** Reading it is an event: nobody has business with it. */
  readonly bait: boolean
  /** Made when it is asked for: certificates take their time. */
  readonly object: () => Json
}

export class ObjectMaker {
  readonly #facts: ClusterFacts
  readonly #release: Release
  readonly #made: Stored[] = []

  constructor(facts: ClusterFacts, release: Release) {
    this.#facts = facts
    this.#release = release
  }

  all(): readonly Stored[] {
    const {project, nodes} = this.#facts
    const namespaces = ['default', 'kube-node-lease', 'kube-public', 'kube-system', project]
    for (const name of namespaces) this.#namespace(name)
    for (const [index, node] of nodes.entries()) this.#node(node, index)
    this.#system()
    this.#application(project)
    for (const name of namespaces) {
      this.#add('', 'serviceaccounts', name, 'default', () => ({}))
      this.#add('', 'configmaps', name, 'kube-root-ca.crt', () => ({
        data: {'ca.crt': kubernetesAuthority(this.#facts.persona)},
      }))
    }
    return this.#made
  }

  #add(group: string, resource: string, namespace: string, name: string, rest: () => Json, more: Json = {}): void {
    const purpose = `${resource} ${namespace} ${name}`
    const {persona, born} = this.#facts
    const version = persona.integer(`k8s version ${purpose}`, 200, 90_000)
    const at = born + persona.integer(`k8s age ${purpose}`, 20, 900) * 1000
    const metadata = {
      name,
      ...(namespace === '' ? {} : {namespace}),
      uid: stableId(this.#facts, purpose),
      resourceVersion: String(version),
      creationTimestamp: timestamp(at),
      ...more,
    }
    this.#made.push({
      group,
      resource,
      namespace,
      name,
      bait: resource === 'secrets',
      object: () => ({metadata, ...rest()}),
    })
  }

  #namespace(name: string): void {
    const object = {spec: {finalizers: ['kubernetes']}, status: {phase: 'Active'}}
    this.#add('', 'namespaces', '', name, () => object, {labels: {'kubernetes.io/metadata.name': name}})
  }

  #node({name}: {readonly name: string}, index: number): void {
    const control = index === 0 ? {'node-role.kubernetes.io/control-plane': ''} : {}
    const labels = {
      'beta.kubernetes.io/arch': 'amd64',
      'beta.kubernetes.io/os': 'linux',
      'kubernetes.io/arch': 'amd64',
      'kubernetes.io/hostname': name,
      'kubernetes.io/os': 'linux',
      ...control,
    }
    this.#add('', 'nodes', '', name, () => nodeBody(this.#facts, this.#release, index), {labels})
  }

  #system(): void {
    const {persona, nodes} = this.#facts
    const [control] = nodes
    if (control === undefined) return
    const image = (name: string, tag: string): string => `registry.k8s.io/${name}:${tag}`
    const version = `v${this.#release.version}`
    const dns = suffix(persona.bytes('k8s dns set', 10))
    for (const index of [0, 1]) {
      const name = `coredns-${dns}-${suffix(persona.bytes(`k8s dns ${index}`, 5))}`
      this.#pod('kube-system', name, image('coredns/coredns', 'v1.9.3'), {node: index, labels: {'k8s-app': 'kube-dns'}})
    }
    for (const component of ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler']) {
      this.#pod('kube-system', `${component}-${control.name}`, image(component, version), {node: 0, host: true})
    }
    this.#pod('kube-system', `etcd-${control.name}`, image('etcd', '3.5.6-0'), {node: 0, host: true})
    for (const [index] of nodes.entries()) {
      const name = `kube-proxy-${suffix(persona.bytes(`k8s proxy ${index}`, 5))}`
      this.#pod('kube-system', name, image('kube-proxy', version), {node: index, host: true})
    }
    this.#daemons('kube-system', 'kube-proxy', image('kube-proxy', version), nodes.length)
    this.#deployment('kube-system', 'coredns', image('coredns/coredns', 'v1.9.3'), 2)
    this.#service('default', 'kubernetes', '10.96.0.1', 443, 6443)
    this.#service('kube-system', 'kube-dns', '10.96.0.10', 53, 53)
    this.#add('', 'configmaps', 'kube-public', 'cluster-info', () => ({
      data: {kubeconfig: joiningConfig(this.#facts.persona, control.ip)},
    }))
    this.#secret(
      'kube-system',
      `bootstrap-token-${persona.bytes('k8s bootstrap', 3).toString('hex')}`,
      'bootstrap.kubernetes.io/token',
      {
        'auth-extra-groups': 'system:bootstrappers:kubeadm:default-node-token',
        'token-secret': persona.bytes('k8s bootstrap secret', 8).toString('hex'),
        'usage-bootstrap-authentication': 'true',
      },
    )
  }

  #application(project: string): void {
    const {persona, registry, database, token} = this.#facts
    const api = `${registry}/${project}/api:${persona.integer('k8s major', 1, 4)}.${persona.integer('k8s minor', 0, 19)}`
    const set = suffix(persona.bytes('k8s api set', 10))
    for (const index of [0, 1]) {
      const name = `${project}-api-${set}-${suffix(persona.bytes(`k8s api ${index}`, 5))}`
      this.#pod(project, name, api, {node: 1 + index, labels: {app: `${project}-api`}, secret: 'db-credentials'})
    }
    this.#pod(project, `${project}-db-0`, `${registry}/base/postgres:14.6`, {
      node: 2,
      labels: {app: `${project}-db`},
      secret: 'db-credentials',
    })
    this.#deployment(project, `${project}-api`, api, 2)
    this.#service(
      project,
      `${project}-api`,
      `10.10${persona.integer('k8s service', 0, 9)}.${persona.integer('k8s service 2', 1, 250)}.14`,
      80,
      8000,
    )
    this.#secret(project, 'db-credentials', 'Opaque', {
      host: `${project}-db`,
      username: database.user,
      password: database.password,
    })
    const auth = Buffer.from(`ci-pull:${token}`).toString('base64')
    this.#secret(project, 'registry-pull', 'kubernetes.io/dockerconfigjson', {
      '.dockerconfigjson': JSON.stringify({auths: {[registry]: {username: 'ci-pull', password: token, auth}}}),
    })
    this.#secret(project, 'backup-s3', 'Opaque', {
      access_key: persona.bytes('k8s access', 10).toString('hex').toUpperCase(),
      secret_key: persona.bytes('k8s secret', 30).toString('base64'),
      restic_password: secretWord(persona, 'restic'),
    })
  }

  #secret(namespace: string, name: string, type: string, data: Readonly<Record<string, string>>): void {
    const encoded = Object.fromEntries(
      Object.entries(data).map(([key, value]) => [key, Buffer.from(value).toString('base64')]),
    )
    this.#add('', 'secrets', namespace, name, () => ({data: encoded, type}))
  }

  #daemons(namespace: string, name: string, image: string, count: number): void {
    const labels = {'k8s-app': name}
    this.#add('apps', 'daemonsets', namespace, name, () => ({
      spec: {
        selector: {matchLabels: labels},
        template: {metadata: {creationTimestamp: null, labels}, spec: {containers: [{name, image, resources: {}}]}},
        updateStrategy: {type: 'RollingUpdate', rollingUpdate: {maxUnavailable: 1, maxSurge: 0}},
        revisionHistoryLimit: 10,
      },
      status: {
        currentNumberScheduled: count,
        numberMisscheduled: 0,
        desiredNumberScheduled: count,
        numberReady: count,
        observedGeneration: 1,
        updatedNumberScheduled: count,
        numberAvailable: count,
      },
    }))
  }

  #service(namespace: string, name: string, ip: string, port: number, target: number): void {
    this.#add('', 'services', namespace, name, () => ({
      spec: {
        ports: [{protocol: port === 53 ? 'UDP' : 'TCP', port, targetPort: target}],
        selector: {app: name},
        clusterIP: ip,
        clusterIPs: [ip],
        type: 'ClusterIP',
        sessionAffinity: 'None',
        ipFamilies: ['IPv4'],
        ipFamilyPolicy: 'SingleStack',
        internalTrafficPolicy: 'Cluster',
      },
      status: {loadBalancer: {}},
    }))
  }

  #deployment(namespace: string, name: string, image: string, replicas: number): void {
    const labels = {app: name}
    this.#add('apps', 'deployments', namespace, name, () => ({
      spec: {
        replicas,
        selector: {matchLabels: labels},
        template: {metadata: {creationTimestamp: null, labels}, spec: {containers: [{name, image, resources: {}}]}},
        strategy: {type: 'RollingUpdate', rollingUpdate: {maxUnavailable: '25%', maxSurge: '25%'}},
        revisionHistoryLimit: 10,
        progressDeadlineSeconds: 600,
      },
      status: {
        observedGeneration: 1,
        replicas,
        updatedReplicas: replicas,
        readyReplicas: replicas,
        availableReplicas: replicas,
      },
    }))
  }

  #pod(
    namespace: string,
    name: string,
    image: string,
    options: {node: number; host?: true; labels?: Readonly<Record<string, string>>; secret?: string},
  ): void {
    const {persona, nodes, born} = this.#facts
    const node = nodes[options.node]
    if (node === undefined) return
    const container = image.slice(image.lastIndexOf('/') + 1).split(':', 1)[0] ?? name
    const restarts = persona.integer(`k8s restarts ${name}`, 0, 6)
    const started = timestamp(born + persona.integer(`k8s started ${name}`, 60, 900) * 1000)
    const ip =
      options.host === true ? node.ip : `10.244.${options.node}.${persona.integer(`k8s pod ip ${name}`, 2, 250)}`
    this.#add(
      '',
      'pods',
      namespace,
      name,
      () =>
        podBody({
          container,
          image,
          node,
          ip,
          started,
          restarts,
          host: options.host === true,
          secret: options.secret ?? null,
        }),
      options.labels === undefined ? {} : {labels: options.labels},
    )
  }
}
