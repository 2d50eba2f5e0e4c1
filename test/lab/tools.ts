import {findCommand, hasCommand, installPackages, type Report} from './debian.ts'
import {capture} from './process.ts'

/** What an intruder's client is called, and the Debian package that has it. */
export const INTRUDER_TOOLS = {
  nmap: 'nmap',
  ssh: 'openssh-client',
  sshpass: 'sshpass',
  curl: 'curl',
  wget: 'wget',
  lftp: 'lftp',
  telnet: 'telnet',
  arping: 'arping',
  ping: 'iputils-ping',
  nc: 'netcat-openbsd',
  'redis-cli': 'redis-tools',
  mysql: 'default-mysql-client',
  psql: 'postgresql-client',
  ldapsearch: 'ldap-utils',
  smbclient: 'smbclient',
  rpcclient: 'smbclient',
  nmblookup: 'samba-common-bin',
  nbtscan: 'nbtscan',
  xfreerdp: 'freerdp2-x11',
  snmpget: 'snmp',
  mosquitto_pub: 'mosquitto-clients',
  mosquitto_sub: 'mosquitto-clients',
  memcstat: 'libmemcached-tools',
  memcdump: 'libmemcached-tools',
  // Modules, no commands: found from the folder of those.
  '../lib/python3/dist-packages/paho': 'python3-paho-mqtt',
  '../lib/python3/dist-packages/pymongo': 'python3-pymongo',
  dig: 'dnsutils',
  nslookup: 'dnsutils',
  nsupdate: 'dnsutils',
  host: 'bind9-host',
  swaks: 'swaks',
  hydra: 'hydra',
  mutt: 'mutt',
  fetchmail: 'fetchmail',
  medusa: 'medusa',
  onesixtyone: 'onesixtyone',
  ntpdig: 'ntpsec-ntpdig',
  chronyd: 'chrony',
  svmap: 'sipvicious',
  sipsak: 'sipsak',
  tsql: 'freetds-bin',
  bsqldb: 'freetds-bin',
  tftp: 'tftp-hpa',
  atftp: 'atftp',
  ipptool: 'cups-ipp-utils',
  lpstat: 'cups-client',
  mbpoll: 'mbpoll',
  'amqp-get': 'amqp-tools',
  'amqp-publish': 'amqp-tools',
  rpcinfo: 'rpcbind',
  showmount: 'nfs-common',
  'nfs-ls': 'libnfs-utils',
  kinit: 'krb5-user',
  masscan: 'masscan',
  tcpdump: 'tcpdump',
  vncsnapshot: 'vncsnapshot',
  tnftp: 'tnftp',
  tmux: 'tmux',
  docker: 'docker.io',
  kubectl: 'kubernetes-client',
  'xvfb-run': 'xvfb',
  'impacket-rpcdump': 'python3-impacket',
} as const

/** Debian packages of what receives events and shows reports. */
export const RECEIVER_PACKAGES = [
  'rsyslog',
  'rsyslog-openssl',
  'nats-server',
  'python3',
  'python3-aiosmtpd',
  'logrotate',
] as const
/** Renders reports. */
export const BROWSER_PACKAGES = ['chromium', 'fonts-dejavu-core'] as const

export type IntruderTool = keyof typeof INTRUDER_TOOLS

export const ALL_INTRUDER_TOOLS = Object.keys(INTRUDER_TOOLS).filter(isTool)

function isTool(name: string): name is IntruderTool {
  return Object.hasOwn(INTRUDER_TOOLS, name)
}

/**
 * Installs the clients among `tools` that are not there yet.
 *
 * @throws Error with apt's words when one cannot be had.
 */
export async function installTools(tools: readonly IntruderTool[], report: Report): Promise<void> {
  const missing = tools.filter((tool) => findCommand(tool) === undefined).map((tool) => INTRUDER_TOOLS[tool])
  if (missing.length > 0) await installPackages([...new Set(missing)], report)
}

/** Those of Debian's packages that are not installed. */
export async function missingPackages(packages: readonly string[]): Promise<string[]> {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg's own placeholders
  const {stdout} = await capture('dpkg-query', ['-W', '-f', '${Package} ${db:Status-Status}\\n', ...packages])
  const installed = new Set(stdout.split('\n').flatMap((line) => /^(\S+) installed$/.exec(line)?.[1] ?? []))
  return packages.filter((name) => !installed.has(name))
}

/** Why these packages cannot be had here, or nothing. */
export async function whyNoPackages(packages: readonly string[]): Promise<string | undefined> {
  if (!hasCommand('dpkg-query')) return 'this is no Debian'
  const missing = await missingPackages(packages)
  if (missing.length === 0 || process.getuid?.() === 0) return undefined
  return `only root can install ${missing.join(', ')}`
}

/**
 * Installs those that are not there yet.
 *
 * @throws Error with apt's words when one cannot be had.
 */
export async function ensurePackages(packages: readonly string[], report: Report): Promise<void> {
  const missing = await missingPackages(packages)
  if (missing.length > 0) await installPackages(missing, report)
}
