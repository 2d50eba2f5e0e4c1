import type {ClientRun, FidelityRow} from './row.ts'

const PASSWORD = 'Winter-2024'
const DECKY = {services: 'rabbitmq', distro: 'debian'}
const OPTIONS = {users: `ops:${PASSWORD}`}

const captured = (secret: string): NonNullable<ClientRun['leaves']> => ({
  event: 'auth.attempt',
  matching: ({credential}) => credential?.secret?.text === secret,
  captured: 'plaintext',
})

export const RABBITMQ_ROWS: readonly FidelityRow[] = [
  {
    service: 'rabbitmq',
    port: 5672,
    product: 'RabbitMQ 3.10.8',
    decky: DECKY,
    options: OPTIONS,
    nmap: /^amqp\s+RabbitMQ 3\.10\.8 \(0-9\)$/,
    scripts: [/cluster_name: rabbit@/, /mechanisms: AMQPLAIN PLAIN/],
    clients: [
      {
        name: 'amqp-get as guest',
        tool: 'amqp-get',
        command: ({ip}) => ['amqp-get', `--url=amqp://guest:guest@${ip}`, '-q', 'orders'],
        prints: /ACCESS_REFUSED|403/,
        outcome: 'refused',
        leaves: captured('guest'),
      },
      {
        name: 'amqp-publish, amqp-get',
        tool: 'amqp-publish',
        command: ({ip}) => [
          'sh',
          '-c',
          `u=--url=amqp://ops:${PASSWORD}@${ip}; amqp-declare-queue $u -q tasks && amqp-publish $u -r tasks -b payload && amqp-get $u -q tasks`,
        ],
        prints: /^tasks\npayload$/,
        exit: 0,
        outcome: 'publishes and gets',
        leaves: captured(PASSWORD),
      },
    ],
  },
  {
    service: 'rabbitmq',
    port: 15_672,
    product: 'RabbitMQ management 3.10.8',
    decky: DECKY,
    options: OPTIONS,
    nmap: /^http\s+Cowboy httpd$/,
    scripts: [/http-title: RabbitMQ Management/],
    clients: [
      {
        name: 'curl -u',
        tool: 'curl',
        command: ({ip}) => ['curl', '-s', '-i', '-u', 'guest:guest', `http://${ip}:15672/api/whoami`],
        prints: /401 Unauthorized[\s\S]*"error":"not_authorized","reason":"Login failed"/,
        outcome: 'refused',
        leaves: captured('guest'),
      },
      {
        name: 'curl, signed in',
        tool: 'curl',
        command: ({ip}) => ['curl', '-s', '-u', `ops:${PASSWORD}`, `http://${ip}:15672/api/overview`],
        prints: /"rabbitmq_version":"3\.10\.8"/,
        outcome: 'told',
      },
    ],
  },
  {
    service: 'rabbitmq',
    port: 4369,
    product: 'Erlang port mapper',
    decky: DECKY,
    nmap: /^epmd\s+Erlang Port Mapper Daemon$/,
    scripts: [/rabbit: 25672/],
    clients: [
      {
        name: 'nc, names',
        tool: 'nc',
        command: ({ip}) => ['sh', '-c', `printf '\\000\\001n' | nc -q 1 -w 3 ${ip} 4369 | tr -d '\\000'`],
        prints: /name rabbit at port 25672/,
        outcome: 'told',
      },
    ],
  },
]
