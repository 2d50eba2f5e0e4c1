import {honeyUsers, portOption} from '../../common-options.ts'
import type {ServiceDefinition} from '../../definition.ts'

export const K8S_PORT = 6443
export const K8S_INSECURE_PORT = 8080

export const K8S_VERSIONS = ['1.24.17', '1.26.3'] as const

export const K8S: ServiceDefinition = {
  name: 'k8s',
  summary:
    'Kubernetes API server of a kubeadm cluster: refuses anonymous callers as a real one, or lets them read bait.',
  roles: ['k8s', 'kube', 'master', 'node'],
  ports: [
    {port: K8S_PORT, protocol: 'tcp', purpose: 'Kubernetes API over TLS', option: 'port'},
    {
      port: K8S_INSECURE_PORT,
      protocol: 'tcp',
      purpose: 'Kubernetes API without TLS and authentication',
      option: 'insecure_port',
      needs: 'insecure',
    },
  ],
  options: {
    port: portOption(K8S_PORT, 'The port with TLS.'),
    insecure: {
      type: 'boolean',
      default: false,
      summary: 'Whether the API is to be had without TLS as well, where everybody is an administrator.',
    },
    insecure_port: portOption(K8S_INSECURE_PORT, 'The port without TLS.'),
    version: {
      type: 'enum',
      values: K8S_VERSIONS,
      default: null,
      summary: 'The release it claims; by default one that is usual.',
    },
    anonymous: {
      type: 'boolean',
      default: false,
      summary: 'Whether who shows no credentials is an administrator: a cluster with bait in its secrets.',
    },
    users: honeyUsers(
      /^[^:,\s]{1,64}:[\x21-\x2b\x2d-\x7e]{1,1024}$/,
      'Honey credentials: bearer tokens with which one is an administrator.',
      'name:token',
    ),
  },
  events: ['request', 'auth.attempt', 'command', 'file.read', 'malformed', 'probe'],
}
