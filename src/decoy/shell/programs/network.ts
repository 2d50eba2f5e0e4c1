/** The network as the machine sees it. Nothing here sends a byte: every fetch is recorded and fails. */
import {type Call, type Program, type Programs, readFlags} from '../command.ts'

interface Interface {
  readonly name: string
  readonly ip: string
  readonly mac: string
  readonly network: string
  readonly gateway: string
}

function nic({machine}: Call): Interface {
  const {persona} = machine
  const network = persona.facts.ip.split('.').slice(0, 3).join('.')
  return {
    name: persona.pick('interface', ['eth0', 'ens18', 'ens192', 'enp0s3']),
    ip: persona.facts.ip,
    mac: persona.facts.mac === '' ? '52:54:00:00:00:01' : persona.facts.mac,
    network,
    gateway: `${network}.1`,
  }
}

const ifconfig: Program = (call) => {
  const {name, ip, mac, network} = nic(call)
  const packets = call.machine.persona.integer('packets', 200_000, 9_000_000)
  const rows = (count: number): string =>
    `        RX packets ${count}  bytes ${count * 113} (${((count * 113) / 1e6).toFixed(1)} MB)\n        RX errors 0  dropped 0  overruns 0  frame 0\n        TX packets ${Math.floor(count * 0.71)}  bytes ${count * 64} (${((count * 64) / 1e6).toFixed(1)} MB)\n        TX errors 0  dropped 0 overruns 0  carrier 0  collisions 0\n\n`
  call.out(
    `${name}: flags=4163<UP,BROADCAST,RUNNING,MULTICAST>  mtu 1500\n        inet ${ip}  netmask 255.255.255.0  broadcast ${network}.255\n        ether ${mac}  txqueuelen 1000  (Ethernet)\n${rows(packets)}`,
  )
  call.out(
    `lo: flags=73<UP,LOOPBACK,RUNNING>  mtu 65536\n        inet 127.0.0.1  netmask 255.0.0.0\n        loop  txqueuelen 1000  (Local Loopback)\n${rows(412)}`,
  )
  return 0
}

const ip: Program = (call) => {
  const {name, ip: address, mac, network, gateway} = nic(call)
  const [object = ''] = call.args.filter((arg) => !arg.startsWith('-'))
  if (object === '') {
    call.err('Usage: ip [ OPTIONS ] OBJECT { COMMAND | help }\n')
    return 255
  }
  if ('route'.startsWith(object)) {
    call.out(
      `default via ${gateway} dev ${name} \n${network}.0/24 dev ${name} proto kernel scope link src ${address} \n`,
    )
  } else if ('neighbor'.startsWith(object)) {
    call.out(`${gateway} dev ${name} lladdr ${gatewayMac(call)} REACHABLE\n`)
  } else if ('link'.startsWith(object) || 'address'.startsWith(object)) {
    const addresses = 'address'.startsWith(object)
    call.out(
      '1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN group default qlen 1000\n    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00\n',
    )
    if (addresses) call.out('    inet 127.0.0.1/8 scope host lo\n       valid_lft forever preferred_lft forever\n')
    call.out(
      `2: ${name}: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc fq_codel state UP group default qlen 1000\n    link/ether ${mac} brd ff:ff:ff:ff:ff:ff\n`,
    )
    if (addresses)
      call.out(
        `    inet ${address}/24 brd ${network}.255 scope global ${name}\n       valid_lft forever preferred_lft forever\n`,
      )
  } else {
    call.err(`Object "${object}" is unknown, try "ip help".\n`)
    return 1
  }
  return 0
}

function gatewayMac({machine}: Call): string {
  return [
    '00',
    '1b',
    '21',
    ...[...machine.persona.bytes('gateway mac', 3)].map((value) => value.toString(16).padStart(2, '0')),
  ].join(':')
}

const route: Program = (call) => {
  const {name, network, gateway} = nic(call)
  call.out('Kernel IP routing table\nDestination     Gateway         Genmask         Flags Metric Ref    Use Iface\n')
  call.out(`0.0.0.0         ${gateway.padEnd(15)} 0.0.0.0         UG    100    0        0 ${name}\n`)
  call.out(`${`${network}.0`.padEnd(15)} 0.0.0.0         255.255.255.0   U     100    0        0 ${name}\n`)
  return 0
}

const arp: Program = (call) => {
  const {name, gateway} = nic(call)
  call.out(`_gateway (${gateway}) at ${gatewayMac(call)} [ether] on ${name}\n`)
  return 0
}

const netstat: Program = (call) => {
  const {host} = call.shell
  const root = call.account.uid === 0 && /p/.test(call.args.join(''))
  const owner = (text: string): string => (root ? text : /p/.test(call.args.join('')) ? '-' : '')
  const local = `${host.local.ip}:${host.local.port}`.padEnd(23)
  call.out(
    'Active Internet connections (servers and established)\nProto Recv-Q Send-Q Local Address           Foreign Address         State       PID/Program name    \n',
  )
  call.out(
    `tcp        0      0 0.0.0.0:${String(host.local.port).padEnd(15)} 0.0.0.0:*               LISTEN      ${owner('612/sshd: /usr/sbin ')}\n`,
  )
  call.out(
    `tcp        0      0 ${local} ${`${host.peer.ip}:${host.peer.port}`.padEnd(23)} ESTABLISHED ${owner('1871/sshd: [priv]')}\n`,
  )
  return 0
}

const ss: Program = (call) => {
  const {host} = call.shell
  call.out('Netid State  Recv-Q Send-Q Local Address:Port   Peer Address:Port Process\n')
  call.out(`tcp   LISTEN 0      128          0.0.0.0:${String(host.local.port).padEnd(5)}      0.0.0.0:*          \n`)
  if (!/l/.test(call.args.join(''))) {
    call.out(
      `tcp   ESTAB  0      0      ${`${host.local.ip}:${host.local.port}`.padStart(21)} ${host.peer.ip}:${host.peer.port}\n`,
    )
  }
  return 0
}

const LOOPBACK = /^(?:localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3})$/

const ping: Program = async (call) => {
  const flags = readFlags(call.args, 'cwWist')
  const [target] = flags.operands
  if (target === undefined) {
    call.err('ping: usage error: Destination address required\n')
    return 2
  }
  const own = LOOPBACK.test(target) || target === call.machine.persona.facts.ip
  if (!own && !/^[\d.]+$/.test(target)) {
    await call.shell.sleep(900)
    call.err(`ping: ${target}: Temporary failure in name resolution\n`)
    return 2
  }
  const count = Math.min(Math.max(Number.parseInt(flags.value('c') ?? '4', 10) || 4, 1), 10)
  const ip = target === 'localhost' ? '127.0.0.1' : target
  call.out(`PING ${target} (${ip}) 56(84) bytes of data.\n`)
  for (let turn = 1; turn <= count; turn++) {
    if (turn > 1) await call.shell.sleep(1000)
    if (own) call.out(`64 bytes from ${ip}: icmp_seq=${turn} ttl=64 time=0.0${30 + turn} ms\n`)
  }
  const received = own ? count : 0
  const times = own ? '\nrtt min/avg/max/mdev = 0.031/0.033/0.038/0.002 ms' : ''
  call.out(
    `\n--- ${target} ping statistics ---\n${count} packets transmitted, ${received} received, ${own ? 0 : 100}% packet loss, time ${(count - 1) * 1011}ms${times}\n`,
  )
  return own ? 0 : 1
}

/** The host of a URL, and whether it is a name that would have to be resolved. */
function target(url: string): {readonly host: string; readonly port: number; readonly named: boolean} {
  const [, scheme = 'http', host = '', port] = /^(?:([a-z]+):\/\/)?(?:[^@/]*@)?([^:/?#]*)(?::(\d+))?/i.exec(url) ?? []
  const usual = scheme === 'https' ? 443 : scheme === 'ftp' ? 21 : 80
  return {host, port: port === undefined ? usual : Number(port), named: !/^\d+(?:\.\d+){3}$/.test(host)}
}

function record(call: Call, url: string): void {
  call.shell.host.requested({action: 'download', tool: call.name, url: url.slice(0, 2048)})
}

const wget: Program = async (call) => {
  const flags = readFlags(call.args, 'OPTtUo')
  const quiet = flags.has('q')
  const [url] = flags.operands
  if (url === undefined) {
    call.err("wget: missing URL\nUsage: wget [OPTION]... [URL]...\n\nTry `wget --help' for more options.\n")
    return 1
  }
  record(call, url)
  const {host, port, named} = target(url)
  const stamp = new Date(call.machine.now()).toISOString().slice(0, 19).replace('T', ' ')
  const full = url.includes('://') ? url : `http://${url}`
  if (!quiet) call.err(`--${stamp}--  ${full}${/:\/\/[^/]+$/.test(full) ? '/' : ''}\n`)
  if (named) {
    await call.shell.sleep(1200)
    if (!quiet) call.err(`Resolving ${host} (${host})... failed: Temporary failure in name resolution.\n`)
    call.err(`wget: unable to resolve host address '${host}'\n`)
    return 4
  }
  if (!quiet) call.err(`Connecting to ${host}:${port}... `)
  await call.shell.sleep(3000)
  if (!quiet) call.err('failed: Connection timed out.\n')
  return 4
}

const curl: Program = async (call) => {
  const flags = readFlags(call.args, 'oHXdAmuTeb')
  const [url] = flags.operands
  if (url === undefined) {
    call.err("curl: try 'curl --help' or 'curl --manual' for more information\n")
    return 2
  }
  record(call, url)
  const silent = flags.has('s') && !flags.has('S')
  const {host, port, named} = target(url)
  await call.shell.sleep(named ? 1200 : 3000)
  if (!silent) {
    call.err(
      named
        ? `curl: (6) Could not resolve host: ${host}\n`
        : `curl: (28) Failed to connect to ${host} port ${port} after 3001 ms: Couldn't connect to server\n`,
    )
  }
  return named ? 6 : 28
}

/** `tftp`, `ftpget` and `nc`: one argument names a machine, and nothing comes of it. */
const unreachable: Program = async (call) => {
  const host = call.args.find((arg) => !arg.startsWith('-')) ?? ''
  record(call, call.args.join(' '))
  await call.shell.sleep(2000)
  call.err(
    `${call.name}: ${host === '' ? 'missing operand' : `can't connect to remote host (${host}): Connection timed out`}\n`,
  )
  return 1
}

const lookUp: Program = async (call) => {
  await call.shell.sleep(1500)
  call.err(';; connection timed out; no servers could be reached\n')
  return call.args.length === 0 ? 1 : 9
}

const iptables: Program = ({account, args, out, err}) => {
  if (account.uid !== 0) {
    err('iptables v1.8.9 (nf_tables): Could not fetch rule set generation id: Permission denied (you must be root)\n')
    return 4
  }
  if (/L|S/.test(args.join(''))) {
    for (const chain of ['INPUT', 'FORWARD', 'OUTPUT']) {
      out(`Chain ${chain} (policy ACCEPT)\ntarget     prot opt source               destination         \n\n`)
    }
  }
  return 0
}

export const NETWORK: Programs = {
  ifconfig,
  ip,
  route,
  arp,
  netstat,
  ss,
  ping,
  wget,
  curl,
  nc: unreachable,
  tftp: unreachable,
  ftpget: unreachable,
  nslookup: lookUp,
  dig: lookUp,
  host: lookUp,
  iptables,
}
