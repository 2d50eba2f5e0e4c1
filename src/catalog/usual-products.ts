/** What services claim to be where the fleet file does not say, by the OS of the decky; a test asks the services. */
import type {OsName} from '../fleet/catalog.ts'

type ByOs = Readonly<Record<OsName, readonly string[]>>

const everywhere = (...products: string[]): ByOs => ({
  linux: products,
  windows: products,
  windows_server: products,
  bsd: products,
  embedded: products,
  cisco: products,
})
/** Several: the distro or the persona decides. */
const usual = (elsewhere: readonly string[], windows: readonly string[], more: Partial<ByOs> = {}): ByOs => ({
  ...everywhere(...elsewhere),
  windows,
  windows_server: windows,
  ...more,
})

const WEB = usual(['nginx'], ['iis'], {linux: ['apache', 'nginx'], bsd: ['apache', 'nginx']})
const MAIL = usual(['postfix'], ['exchange'], {bsd: ['sendmail']})

export const USUAL_PRODUCTS: Readonly<Record<string, ByOs>> = {
  ssh: usual(['openssh'], ['openssh'], {embedded: ['dropbear'], cisco: ['cisco']}),
  dns: usual(['bind'], ['windows']),
  ftp: usual(['vsftpd', 'proftpd'], ['iis']),
  http: WEB,
  https: WEB,
  ipp: usual(['hp'], ['hp'], {linux: ['cups'], bsd: ['cups']}),
  ldap: usual(['openldap'], ['active-directory']),
  llmnr: usual(['avahi'], ['windows']),
  modbus: everywhere('siemens', 'schneider', 'wago'),
  nbns: usual(['samba'], ['windows']),
  ntp: usual(['ntpd'], ['w32time'], {linux: ['chrony']}),
  sip: usual(['asterisk'], ['asterisk'], {linux: ['asterisk', 'freepbx']}),
  smb: usual(['samba'], ['windows']),
  smtp: MAIL,
  smtp_relay: MAIL,
  snmp: usual(['net-snmp'], ['windows'], {embedded: ['axis'], cisco: ['cisco']}),
  telnet: usual(['linux'], ['linux'], {embedded: ['busybox'], cisco: ['ios']}),
  vnc: usual(['realvnc'], ['tightvnc', 'ultravnc'], {linux: ['x11vnc'], bsd: ['x11vnc']}),
}
