import type {ClientRun, FidelityRow} from './row.ts'

const SIEMENS = {mac: '00:1b:1b:0a:0b:01', os: 'embedded'}

const poll = (name: string, args: readonly string[], prints: RegExp, outcome: string): ClientRun => ({
  name: `mbpoll ${name}`,
  tool: 'mbpoll',
  command: ({ip}) => ['mbpoll', '-m', 'tcp', '-1', '-o', '2', ...args.map((arg) => (arg === 'IP' ? ip : arg))],
  prints,
  outcome,
})

/** An intruder's own words on a port: bytes in octal, and the answer in hexadecimal. */
const raw = (name: string, port: number, bytes: string, prints: RegExp, outcome: string): ClientRun => ({
  name,
  tool: 'nc',
  command: ({ip}) => ['sh', '-c', `printf '${bytes}' | nc -q 1 -w 3 ${ip} ${port} | od -An -tx1 -v | tr -d ' \\n'`],
  prints,
  outcome,
})

const write: ClientRun = {
  ...poll('writes', ['-r', '1', 'IP', '321'], /Written 1 references/, 'writes a set point'),
  leaves: {
    event: 'command',
    matching: ({data}) => data?.function === 'write-single-register' && data.value === 321,
    captured: 'what was written',
  },
}

const discover = (prints: RegExp): ClientRun => ({
  name: 'nmap modbus-discover',
  tool: 'nmap',
  command: ({ip}) => ['nmap', '-n', '-Pn', '-p', '502', '--script', 'modbus-discover', ip],
  prints,
  outcome: 'identified',
})

export const MODBUS_ROWS: readonly FidelityRow[] = [
  {
    service: 'modbus',
    port: 502,
    product: 'Siemens SIMATIC S7-300',
    decky: {services: 'modbus', ...SIEMENS},
    nmap: /^modbus\s+Modbus TCP$/,
    clients: [
      poll('reads', ['-r', '9', '-c', '6', 'IP'], /\[9\]:\s+-?\d+\n\[10\]:\s+-?\d+/, 'reads the process'),
      write,
      discover(/error: ILLEGAL FUNCTION/),
    ],
  },
  {
    service: 'modbus',
    port: 502,
    product: 'Schneider Electric Modicon M340',
    decky: {services: 'modbus', os: 'embedded', mac: '00:80:f4:0a:0b:02'},
    nmap: /^modbus\s+Modbus TCP$/,
    clients: [
      discover(/Device identification: Schneider Electric BMX P34 20\d+ v\d\.\d+/),
      poll('coils', ['-t', '0', '-r', '1', '-c', '4', 'IP'], /\[1\]:\s+[01]\n/, 'reads the outputs'),
      poll('behind the end', ['-r', '9000', 'IP'], /Illegal data address/, 'refused'),
    ],
  },
  {
    service: 'modbus',
    port: 502,
    product: 'WAGO 750 coupler',
    decky: {services: 'modbus', os: 'embedded', mac: '00:30:de:0a:0b:03'},
    nmap: /^modbus\s+Modbus TCP$/,
    clients: [
      poll(
        'constants',
        ['-r', '8194', '-c', '3', '-t', '4:hex', 'IP'],
        /0xFFFF\n\[8195\]:\s+0x1234\n\[8196\]:\s+0xAAAA/,
        'identified',
      ),
    ],
  },
  {
    service: 'modbus',
    port: 502,
    product: 'Schneider Electric gateway with power meters',
    decky: {services: 'modbus', os: 'embedded', mac: '00:80:f4:0a:0b:04'},
    options: {product: 'gateway'},
    nmap: /^modbus\s+Modbus TCP$/,
    clients: [
      discover(/Slave ID data: \\xFA\\xFFPM\d+[\s\S]*Device identification: Schneider Electric PM\d+ /),
      poll('absent meter', ['-a', '99', '-r', '1', 'IP'], /Target device failed to respond/, 'refused'),
    ],
  },
]

export const S7_ROWS: readonly FidelityRow[] = [
  {
    service: 's7',
    port: 102,
    product: 'Siemens SIMATIC S7-300',
    decky: {services: 's7', ...SIEMENS, mac: '00:1b:1b:0a:0b:05', hostname: 'plc-line4'},
    nmap: /^iso-tsap\s+Siemens S7 PLC$/,
    scripts: [
      /Module: 6ES7 31\d-\w{5}-0AB0/,
      /Version: 3\.\d+\.\d+/,
      /System Name: plc-line4/,
      /Module Type: CPU 31\d/,
      /Serial Number: S C-[A-Z]{2}\d{10}/,
      /Plant Identification: \w+/,
    ],
    clients: [
      raw(
        'COTP to slot 2, then stop',
        102,
        String.raw`\003\000\000\026\021\340\000\000\000\024\000\301\002\001\000\302\002\001\002\300\001\012\003\000\000\031\002\360\200\062\001\000\000\000\000\000\010\000\000\360\000\000\001\000\001\001\340\003\000\000\041\002\360\200\062\001\000\000\000\001\000\020\000\000\051\000\000\000\000\000\011P_PROGRAM`,
        /32030000000100010000000029$/,
        'stopped',
      ),
      raw(
        'COTP to slot 0',
        102,
        String.raw`\003\000\000\026\021\340\000\000\000\005\000\301\002\001\000\302\002\002\000\300\001\012`,
        /^0300000b0680000500/,
        'refused',
      ),
    ],
  },
]
