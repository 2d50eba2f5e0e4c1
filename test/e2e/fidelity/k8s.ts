import type {ClientRun, FidelityRow, Target} from './row.ts'

const TOKEN = 'honey-token-1'

const kubectl = (name: string, args: readonly string[], prints: RegExp, outcome: string, token = TOKEN): ClientRun => ({
  name: `kubectl ${name}`,
  tool: 'kubectl',
  command: ({ip}: Target) => [
    'kubectl',
    '--server',
    `https://${ip}:6443`,
    '--insecure-skip-tls-verify',
    `--token=${token}`,
    ...args,
  ],
  env: {HOME: '/tmp/decnet-no-kube-home'},
  prints,
  outcome,
})

export const K8S_ROWS: readonly FidelityRow[] = [
  {
    service: 'k8s',
    port: 6443,
    product: 'Kubernetes 1.26.3 (kubeadm)',
    decky: {services: 'k8s', distro: 'debian'},
    options: {version: '1.26.3', users: `ci:${TOKEN}`},
    // nmap 7.93 has no signature of a server that refuses anonymous callers: it shows its certificate and its answers.
    nmap: /^ssl\/sun-sr-https\?/,
    unknownToNmap: true,
    scripts: [/commonName=kube-apiserver/, /DNS:kubernetes\.default\.svc\.cluster\.local/, /system:anonymous/],
    clients: [
      {
        name: 'curl',
        tool: 'curl',
        command: ({ip}) => ['curl', '-ski', `https://${ip}:6443/`],
        prints:
          /^HTTP\/1\.1 403 Forbidden\r\nAudit-Id: [0-9a-f-]{36}\r\n[\s\S]*forbidden: User \\"system:anonymous\\" cannot get path/,
        outcome: 'refused',
      },
      {
        ...kubectl(
          'get pods',
          ['get', 'pods'],
          /You must be logged in to the server|Unauthorized/,
          'refused',
          'stolen',
        ),
        leaves: {
          event: 'auth.attempt',
          matching: ({credential}) => credential?.method === 'bearer' && credential.secret?.text === 'stolen',
          captured: 'bearer token',
        },
      },
      kubectl('version', ['version'], /v1\.26\.3/, 'told'),
      kubectl('get nodes', ['get', 'nodes'], /Ready +control-plane/, 'lists'),
      kubectl('auth can-i', ['auth', 'can-i', 'create', 'pods'], /^yes$/m, 'yes'),
      {
        ...kubectl('get secrets', ['get', 'secrets', '-A'], /db-credentials +Opaque/, 'lists bait'),
        leaves: {event: 'file.read', matching: ({data}) => data?.path === 'secrets', captured: 'what was read'},
      },
      {
        ...kubectl('run', ['run', 'x', '--image=evil/miner'], /pod\/x created/, 'made'),
        leaves: {
          event: 'command',
          matching: ({data}) => data?.action === 'pods.create' && JSON.stringify(data).includes('evil/miner'),
          captured: 'image, command',
        },
      },
    ],
  },
  {
    service: 'k8s',
    port: 8080,
    product: 'Kubernetes, insecure port',
    decky: {services: 'k8s', distro: 'debian'},
    options: {insecure: 'yes'},
    nmap: /^(?:http\s+Golang net\/http server|http-proxy\?|http-proxy)/,
    unknownToNmap: true,
    clients: [
      {
        name: 'curl',
        tool: 'curl',
        command: ({ip}) => ['curl', '-s', `http://${ip}:8080/api/v1/namespaces`],
        prints: /"kind": "NamespaceList"[\s\S]*"name": "kube-system"/,
        outcome: 'lists',
      },
    ],
  },
]
