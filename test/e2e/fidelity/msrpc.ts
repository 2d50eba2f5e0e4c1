import type {FidelityRow} from './row.ts'

const RPCDUMP = '/usr/share/doc/python3-impacket/examples/rpcdump.py'
const DECKY = {services: 'msrpc', os: 'windows_server', distro: 'windows2019'}

export const MSRPC_ROWS: readonly FidelityRow[] = [
  {
    service: 'msrpc',
    port: 135,
    product: 'RPC endpoint mapper of Windows Server 2019',
    decky: DECKY,
    nmap: /^msrpc\s+Microsoft Windows RPC$/,
    clients: [
      {
        name: 'impacket rpcdump',
        tool: 'impacket-rpcdump',
        // Debian's wrapper takes the first python3 of the path, which need not be the one that has the package.
        command: ({ip}) => ['/usr/bin/python3', RPCDUMP, ip],
        prints: /Received \d+ endpoints/,
        outcome: 'lists the interfaces',
        leaves: {
          event: 'request',
          matching: ({data}) => data?.name === 'epmapper' && data.opnum === 2,
          captured: 'interface and operation',
        },
      },
      {
        name: 'rpcclient epmlookup',
        tool: 'rpcclient',
        command: ({ip}) => ['rpcclient', '-U%', `ncacn_ip_tcp:${ip}`, '-c', 'epmlookup'],
        prints: /MS NT Directory|Event log TCPIP|d95afe70/i,
        outcome: 'lists the interfaces',
      },
    ],
  },
  {
    service: 'msrpc',
    port: 593,
    product: 'RPC over HTTP of Windows Server 2019',
    decky: DECKY,
    nmap: /^ncacn_http\s+Microsoft Windows RPC over HTTP 1\.0$/,
    clients: [],
  },
]
