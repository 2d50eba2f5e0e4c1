import type {FidelityRow} from './row.ts'

const DECKY = {services: 'ipp, jetdirect, lpd', os: 'embedded', distro: 'embedded'}

/** Of the services on one printer: nmap tells its model only where it is asked for all ports (`--allports`). */
export const PRINTER_ROWS: readonly FidelityRow[] = [
  {
    service: 'jetdirect',
    port: 9100,
    product: 'HP LaserJet (PJL)',
    decky: DECKY,
    options: {message: 'Ready'},
    // By default nmap leaves the port alone, lest it prints on paper.
    nmap: /^jetdirect\?|^hp-pjl\s+HP (?:Color )?LaserJet/,
    unknownToNmap: true,
    clients: [
      {
        name: 'nmap --allports',
        tool: 'nmap',
        command: ({ip}) => ['nmap', '-n', '-Pn', '-sV', '--allports', '-p', '9100', ip],
        prints: /9100\/tcp open +hp-pjl +HP (?:Color )?LaserJet/,
        outcome: 'told the model',
      },
      {
        name: 'nmap, pjl-ready-message',
        tool: 'nmap',
        command: ({ip}) => [
          ...(['nmap', '-n', '-Pn', '-p', '9100', '--script', 'pjl-ready-message'] as const),
          ...['--script-args', 'pjl_ready_message="INSERT COIN"', ip],
        ],
        prints: /"Ready" changed to "INSERT COIN"/,
        outcome: 'changes the display',
        leaves: {
          event: 'command',
          matching: ({data}) => data?.command === 'RDYMSG',
          captured: 'the command',
        },
      },
      {
        name: 'nc, a PostScript job',
        tool: 'nc',
        command: ({ip}) => ['nc', '-N', '-w', '5', ip, '9100'],
        input: '%!PS\n(hello) show showpage\n',
        prints: /^$/,
        outcome: 'prints',
        leaves: {
          event: 'file.write',
          matching: ({data}) => data?.language === 'POSTSCRIPT' && typeof data.sha256 === 'string',
          captured: 'the job, SHA-256',
        },
      },
    ],
  },
  {
    service: 'ipp',
    port: 631,
    product: 'HP LaserJet (IPP)',
    decky: DECKY,
    nmap: /^(?:http|ipp)\s+HP (?:Color )?LaserJet .*(?:printer http config|ipp)/,
    clients: [
      {
        name: 'ipptool get-printer-attributes',
        tool: 'ipptool',
        command: ({ip}) => ['ipptool', '-tv', `ipp://${ip}/ipp/print`, 'get-printer-attributes.test'],
        prints: /\[PASS\][\s\S]*printer-make-and-model \(textWithoutLanguage\) = HP /,
        outcome: 'told the model',
      },
      {
        name: 'ipptool print-job',
        tool: 'ipptool',
        command: ({ip}) => ['ipptool', '-t', '-f', '/etc/hostname', `ipp://${ip}/ipp/print`, 'print-job.test'],
        prints: /\[PASS\]/,
        outcome: 'prints',
        leaves: {
          event: 'file.write',
          matching: ({data}) => typeof data?.sha256 === 'string' && Number(data.size) > 0,
          captured: 'the document, SHA-256',
        },
      },
    ],
  },
  {
    service: 'ipp',
    port: 631,
    product: 'CUPS 2.4.2',
    decky: {services: 'ipp', distro: 'debian'},
    nmap: /^ipp\s+CUPS 2\.4$/,
    clients: [
      {
        name: 'lpstat -t',
        tool: 'lpstat',
        command: ({ip}) => ['lpstat', '-h', ip, '-t'],
        prints: /scheduler is running[\s\S]*system default destination: HP_/,
        outcome: 'told the queue',
      },
      {
        name: 'nmap, cups-info',
        tool: 'nmap',
        command: ({ip}) => ['nmap', '-n', '-Pn', '-sV', '-p', '631', '--script', 'cups-info,cups-queue-info', ip],
        prints: /cups-info:[\s\S]*Model: HP [\s\S]*State: Idle/,
        outcome: 'told the queue',
      },
    ],
  },
  {
    service: 'lpd',
    port: 515,
    product: 'HP LaserJet (LPD)',
    decky: DECKY,
    nmap: /^printer/,
    clients: [
      {
        name: 'nc, a job as lpr sends it',
        tool: 'nc',
        command: ({ip}) => [
          'sh',
          '-c',
          `printf '\\002raw\\n\\00211 cfA001ws01\\nHws01\\nPbob\\n\\000\\0035 dfA001ws01\\nhello\\000' | nc -N -w 5 ${ip} 515 | od -An -tx1`,
        ],
        prints: /00 00 00 00 00/,
        outcome: 'prints',
        leaves: {
          event: 'file.write',
          matching: ({data}) => data?.user === 'bob' && data.size === 5,
          captured: 'the job, SHA-256',
        },
      },
      {
        name: 'nc, queue state',
        tool: 'nc',
        command: ({ip}) => ['sh', '-c', `printf '\\003raw\\n' | nc -N -w 5 ${ip} 515`],
        prints: /no entries/,
        outcome: 'told the queue',
      },
    ],
  },
]
