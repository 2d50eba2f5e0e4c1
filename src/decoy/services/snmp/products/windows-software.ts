/** What runs on a Windows machine with nothing special on it. */
import type {Persona} from '../../../persona.ts'
import type {Process} from '../mib/host-resources.ts'

const SYSTEM32 = 'C:\\Windows\\system32\\'

/** Of the system itself, in the order of their start. */
const EARLY: readonly (readonly [name: string, memory: number])[] = [
  ['smss.exe', 1100],
  ['csrss.exe', 5200],
  ['wininit.exe', 6800],
  ['csrss.exe', 4900],
  ['winlogon.exe', 10_900],
  ['services.exe', 11_300],
  ['lsass.exe', 19_800],
]
const HOSTS = [
  'DcomLaunch',
  'RPCSS',
  'LocalService',
  'netsvcs',
  'LocalServiceNetworkRestricted',
  'NetworkService',
  'termsvcs',
]
const LATE: readonly (readonly [name: string, path: string, memory: number])[] = [
  ['spoolsv.exe', SYSTEM32, 15_300],
  ['snmp.exe', SYSTEM32, 9200],
  ['MsMpEng.exe', 'C:\\ProgramData\\Microsoft\\Windows Defender\\platform\\', 182_400],
  ['dllhost.exe', SYSTEM32, 13_700],
  ['msdtc.exe', SYSTEM32, 10_600],
  ['LogonUI.exe', '', 48_200],
  ['dwm.exe', '', 41_900],
]

const VMWARE_TOOLS: typeof LATE = [
  ['VGAuthService.exe', 'C:\\Program Files\\VMware\\VMware Tools\\VMware VGAuth\\', 11_100],
  ['vmtoolsd.exe', 'C:\\Program Files\\VMware\\VMware Tools\\', 24_600],
]

/** What a machine is made of, which its address tells. */
export type Platform = 'vmware' | 'hyper-v' | 'metal'

const PLATFORMS: Readonly<Record<string, Platform>> = {
  '00:50:56': 'vmware',
  '00:0c:29': 'vmware',
  '00:15:5d': 'hyper-v',
}

export const platformOf = ({facts}: Persona): Platform => PLATFORMS[facts.mac.slice(0, 8).toLowerCase()] ?? 'metal'

export function windowsProcesses(persona: Persona): Process[] {
  const process = (pid: number, name: string, path: string, parameters: string, memory: number): Process => ({
    pid,
    name,
    path,
    parameters,
    type: path === '' ? 2 : 4,
    memory: memory + persona.integer(`snmp memory ${name}${pid % 7}`, 0, 2800),
    load: 1,
  })
  // Windows' process ids are multiples of four, and grow as they are given out.
  let pid = 4
  const next = (purpose: string): number => {
    pid += 4 * persona.integer(`snmp pid ${purpose}`, 3, 52)
    return pid
  }
  return [
    {pid: 1, name: 'System Idle Process', path: '', parameters: '', type: 2, memory: 8, load: 940},
    {pid: 4, name: 'System', path: '', parameters: '', type: 2, memory: 144, load: 4},
    ...EARLY.map(([name, memory], at) => process(next(`early ${at}`), name, '', '', memory)),
    ...HOSTS.map((group) => process(next(group), 'svchost.exe', SYSTEM32, `-k ${group}`, 14_200)),
    ...[...LATE, ...(platformOf(persona) === 'vmware' ? VMWARE_TOOLS : [])].map(([name, path, memory], at) =>
      process(next(`late ${at}`), name, path, '', memory),
    ),
  ]
}

/** Services that every Windows runs, by the names that the service manager shows. */
export const WINDOWS_SERVICES = [
  'Power',
  'Server',
  'Themes',
  'IP Helper',
  'DNS Client',
  'DHCP Client',
  'Workstation',
  'SNMP Service',
  'Windows Time',
  'Plug and Play',
  'Print Spooler',
  'Windows Update',
  'Task Scheduler',
  'User Manager',
  'Windows Event Log',
  'COM+ Event System',
  'Remote Procedure Call (RPC)',
  'Security Accounts Manager',
  'Network Location Awareness',
  'Windows Defender Firewall',
  'RPC Endpoint Mapper',
  'Cryptographic Services',
  'Group Policy Client',
  'Local Session Manager',
  'Remote Desktop Services',
  'TCP/IP NetBIOS Helper',
  'Base Filtering Engine',
  'DCOM Server Process Launcher',
  'Windows Management Instrumentation',
  'Distributed Transaction Coordinator',
] as const

export const CONTROLLER_SERVICES = [
  'DNS Server',
  'DFS Replication',
  'Kerberos Key Distribution Center',
  'Active Directory Domain Services',
  'Active Directory Web Services',
] as const

export function windowsSoftware(persona: Persona): {name: string; installedAt: number}[] {
  const names = [
    ...(platformOf(persona) === 'vmware' ? ['VMware Tools'] : []),
    'Microsoft Visual C++ 2015-2022 Redistributable (x64) - 14.34.31931',
    'Microsoft Visual C++ 2015-2022 Redistributable (x86) - 14.34.31931',
    ...(persona.facts.os === 'windows'
      ? ['7-Zip 23.01 (x64)', 'Microsoft Edge', 'Microsoft 365 Apps for business - en-us']
      : []),
  ]
  return names.map((name) => ({
    name,
    installedAt: persona.installedAt + persona.integer(`snmp package ${name}`, 3600, 86_400) * 1000,
  }))
}
