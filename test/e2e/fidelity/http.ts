import type {FidelityRow} from './row.ts'

const basicAuth = (user: string): FidelityRow['clients'][number] => ({
  name: 'curl -u',
  tool: 'curl',
  command: ({ip}) => ['curl', '-s', '-o', '/dev/null', '-w', '%{http_code}', '-u', `${user}:letmein`, `http://${ip}/`],
  prints: /^401$/,
  outcome: 'refused',
  leaves: {
    event: 'auth.attempt',
    matching: ({credential}) => credential?.principal === user && credential.secret?.text === 'letmein',
    captured: 'plaintext',
  },
})

export const HTTP_ROWS: readonly FidelityRow[] = [
  {
    service: 'http',
    port: 80,
    product: 'nginx 1.22.1',
    decky: {services: 'http', distro: 'debian'},
    options: {product: 'nginx'},
    nmap: /^http\s+nginx 1\.22\.1$/,
    scripts: [/http-title: Welcome to nginx!/],
    clients: [
      {
        name: 'curl',
        tool: 'curl',
        command: ({ip}) => ['curl', '-si', `http://${ip}/`],
        prints: /Server: nginx\/1\.22\.1/,
        outcome: 'gets the page',
      },
    ],
  },
  {
    service: 'http',
    port: 80,
    product: 'Microsoft IIS 10.0',
    decky: {services: 'http', os: 'windows_server', distro: 'windows2022'},
    options: {product: 'iis', page: 'basic'},
    nmap: /^http\s+Microsoft IIS httpd 10\.0$/,
    clients: [basicAuth('administrator')],
  },
]
