/** What is in nodes, pods and the configuration that machines join with. */
import {kernelOf} from '../../kernel.ts'
import type {Persona} from '../../persona.ts'
import {hardwareOf} from '../../shell/machine.ts'
import {profileOf} from '../../shell/profiles.ts'
import {kubernetesAuthority} from '../../tls/kubernetes-authority.ts'
import {type ClusterFacts, stableId} from './facts.ts'
import type {Json} from './objects.ts'
import type {Release} from './releases.ts'

export function nodeBody(facts: ClusterFacts, release: Release, index: number): Json {
  const {persona, nodes} = facts
  const {name = '', ip = ''} = nodes[index] ?? {}
  const {cores, memory} = hardwareOf(persona)
  const taints = index === 0 ? {taints: [{key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule'}]} : {}
  const resources = {cpu: String(Math.max(2, cores)), memory: `${memory}Ki`, pods: '110'}
  return {
    spec: {podCIDR: `10.244.${index}.0/24`, podCIDRs: [`10.244.${index}.0/24`], ...taints},
    status: {
      capacity: resources,
      allocatable: resources,
      conditions: [{type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'kubelet is posting ready status'}],
      addresses: [
        {type: 'InternalIP', address: ip},
        {type: 'Hostname', address: name},
      ],
      daemonEndpoints: {kubeletEndpoint: {Port: 10_250}},
      nodeInfo: {
        machineID: persona.bytes(`k8s machine ${index}`, 16).toString('hex'),
        systemUUID: stableId(facts, `system ${index}`),
        bootID: stableId(facts, `boot ${index}`),
        kernelVersion: kernelOf(persona.facts).release,
        osImage: profileOf(persona).prettyName,
        containerRuntimeVersion: 'containerd://1.6.20',
        kubeletVersion: `v${release.version}`,
        kubeProxyVersion: `v${release.version}`,
        operatingSystem: 'linux',
        architecture: 'amd64',
      },
    },
  }
}

export interface PodFacts {
  readonly container: string
  readonly image: string
  readonly node: {readonly name: string; readonly ip: string}
  readonly ip: string
  readonly started: string
  readonly restarts: number
  /** On the network of its node. */
  readonly host: boolean
  /** Whose values are in its environment. */
  readonly secret: string | null
}

export function podBody({container, image, node, ip, started, restarts, host, secret}: PodFacts): Json {
  const from = secret === null ? {} : {envFrom: [{secretRef: {name: secret}}]}
  return {
    spec: {
      containers: [{name: container, image, ...from, resources: {}, imagePullPolicy: 'IfNotPresent'}],
      restartPolicy: 'Always',
      terminationGracePeriodSeconds: 30,
      dnsPolicy: 'ClusterFirst',
      serviceAccountName: 'default',
      serviceAccount: 'default',
      nodeName: node.name,
      ...(host ? {hostNetwork: true} : {}),
      securityContext: {},
      schedulerName: 'default-scheduler',
      enableServiceLinks: true,
    },
    status: {
      phase: 'Running',
      conditions: ['Initialized', 'Ready', 'ContainersReady', 'PodScheduled'].map((type) => ({
        type,
        status: 'True',
      })),
      hostIP: node.ip,
      podIP: ip,
      podIPs: [{ip}],
      startTime: started,
      containerStatuses: [
        {
          name: container,
          state: {running: {startedAt: started}},
          lastState: {},
          ready: true,
          restartCount: restarts,
          image,
          started: true,
        },
      ],
      qosClass: 'BestEffort',
    },
  }
}

/** What a kubeconfig of nobody looks like: everybody may read it, that is how machines join. */
export function joiningConfig(persona: Persona, ip: string): string {
  const authority = Buffer.from(kubernetesAuthority(persona)).toString('base64')
  return [
    'apiVersion: v1',
    'clusters:',
    '- cluster:',
    `    certificate-authority-data: ${authority}`,
    `    server: https://${ip}:6443`,
    '  name: ""',
    'contexts: null',
    'current-context: ""',
    'kind: Config',
    'preferences: {}',
    'users: null',
    '',
  ].join('\n')
}
