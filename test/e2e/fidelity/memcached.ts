import type {FidelityRow} from './row.ts'

export const MEMCACHED_ROWS: readonly FidelityRow[] = [
  {
    service: 'memcached',
    port: 11_211,
    product: 'memcached 1.6 of Debian',
    decky: {services: 'memcached', distro: 'debian'},
    nmap: /^memcached\s+Memcached 1\.6\.18 \(uptime \d+ seconds\)$/,
    clients: [
      {
        name: 'nmap --script memcached-info',
        tool: 'nmap',
        command: ({ip}) => ['nmap', '-Pn', '-n', '-p', '11211', '--script', 'memcached-info', ip],
        prints:
          /Process ID: +\d+[\s\S]*Server time: +\d{4}-[\s\S]*Architecture: +64 bit[\s\S]*UDP Port: +0[\s\S]*Authentication: +no/,
        exit: 0,
        outcome: 'gets the settings',
      },
      {
        name: 'memcstat',
        tool: 'memcstat',
        command: ({ip}) => ['memcstat', `--servers=${ip}`],
        prints: /version: 1\.6\.18[\s\S]*curr_items: [1-9]/,
        exit: 0,
        outcome: 'gets the statistics',
      },
      {
        name: 'memcdump, memccat',
        tool: 'memcdump',
        command: ({ip}) => ['sh', '-c', `memccat --servers=${ip} "$(memcdump --servers=${ip} | grep sess | head -1)"`],
        prints: /user_id\|i:\d+;username/,
        outcome: "reads a user's session",
        leaves: {
          event: 'command',
          matching: ({data}) => JSON.stringify(data).includes('memc.sess.key.'),
          captured: 'every command',
        },
      },
      {
        name: 'nc, binary and meta protocol',
        tool: 'nc',
        command: ({ip}) => [
          'sh',
          '-c',
          `printf 'ms intruder 2 T60\\r\\nhi\\r\\nmg intruder v t\\r\\nquit\\r\\n' | nc -w 3 ${ip} 11211`,
        ],
        prints: /HD\r?\nVA 2 t60\r?\nhi/,
        outcome: 'stores and reads back',
        leaves: {
          event: 'command',
          matching: ({data}) => JSON.stringify(data).includes('"text":"hi"'),
          captured: 'what is stored',
        },
      },
    ],
  },
]
