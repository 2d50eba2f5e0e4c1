import type {ClientRun, FidelityRow} from './row.ts'

const curl = (path: string, prints: RegExp, outcome = 'told', more: readonly string[] = []): ClientRun => ({
  name: `curl ${path}`,
  tool: 'curl',
  command: ({ip}) => ['curl', '-si', ...more, `http://${ip}:9200${path}`],
  prints,
  outcome,
})

export const ELASTICSEARCH_ROWS: readonly FidelityRow[] = [
  {
    service: 'elasticsearch',
    port: 9200,
    product: 'Elasticsearch 7.10.2',
    decky: {services: 'elasticsearch', distro: 'debian'},
    nmap: /^http\s+Elasticsearch REST API 7\.10\.2 \(name: .*; cluster: .*; Lucene 8\.7\.0\)$/,
    scripts: [/Potentially risky methods: DELETE/],
    clients: [
      curl(
        '/',
        /^HTTP\/1\.1 200 OK\r\ncontent-type: application\/json; charset=UTF-8\r\n[\s\S]*"tagline" : "You Know, for Search"/,
      ),
      curl('/_cat/indices?v', /health status index +uuid[\s\S]*open +customers/, 'lists'),
      {
        ...curl('/users/_search?q=admin', /"username":"admin"/, 'finds bait'),
        leaves: {event: 'query', matching: ({data}) => data?.action === '_search', captured: 'index and query'},
      },
      {
        ...curl('/users', /\{"acknowledged":true\}$/, 'deletes', ['-X', 'DELETE']),
        leaves: {
          event: 'command',
          matching: ({data}) => data?.action === 'index.delete',
          captured: 'what is destroyed',
        },
      },
      {
        name: 'wget',
        tool: 'wget',
        command: ({ip}) => ['wget', '-qO-', `http://${ip}:9200/_cluster/health?pretty`],
        prints: /"number_of_nodes" : 1,/,
        outcome: 'told',
      },
    ],
  },
  {
    service: 'elasticsearch',
    port: 9200,
    product: 'Elasticsearch 8.15.0, secured',
    decky: {services: 'elasticsearch', distro: 'ubuntu22'},
    options: {version: '8.15.0'},
    // nmap 7.93 knows the refusals of version 2 only.
    nmap: /^(?:http|wap-wsp)/,
    unknownToNmap: true,
    clients: [
      {
        ...curl(
          '/',
          /^HTTP\/1\.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm="security", charset="UTF-8"\r\n[\s\S]*security_exception/,
          'refused',
          ['-u', 'elastic:changeme'],
        ),
        leaves: {
          event: 'auth.attempt',
          matching: ({credential}) => credential?.principal === 'elastic' && credential.secret?.text === 'changeme',
          captured: 'plaintext',
        },
      },
      {
        name: 'wget',
        tool: 'wget',
        command: ({ip}) => ['wget', '-SqO-', `http://${ip}:9200/`],
        prints: /401 Unauthorized[\s\S]*X-elastic-product: Elasticsearch/,
        outcome: 'refused',
      },
    ],
  },
]
