import type {FidelityRow} from './row.ts'

export const REDIS_ROWS: readonly FidelityRow[] = [
  {
    service: 'redis',
    port: 6379,
    product: 'Redis 7.0.15',
    decky: {services: 'redis', distro: 'debian'},
    options: {version: '7.0.15', password: 'Winter-2024'},
    nmap: /^redis\s+Redis key-value store/,
    clients: [
      {
        name: 'redis-cli -a',
        tool: 'redis-cli',
        command: ({ip}) => ['redis-cli', '-h', ip, '--no-auth-warning', '-a', 'guessed', 'ping'],
        prints: /NOAUTH Authentication required/,
        outcome: 'refused',
        leaves: {
          event: 'auth.attempt',
          matching: ({credential}) => credential?.secret?.text === 'guessed' && credential.outcome === 'failure',
          captured: 'plaintext',
        },
      },
      {
        name: 'redis-cli INFO',
        tool: 'redis-cli',
        command: ({ip}) => ['redis-cli', '-h', ip, '--no-auth-warning', '-a', 'Winter-2024', 'info', 'server'],
        prints: /redis_version:7\.0\.15/,
        outcome: 'told',
      },
    ],
  },
]
