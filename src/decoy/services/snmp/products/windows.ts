/** The SNMP service of Windows: MIB-II, Host Resources and LAN Manager's objects; no version 3. */
import {computerName} from '../../../persona/domain.ts'
import {windowsRelease} from '../../../persona/windows.ts'
import type {Persona} from '../../../persona.ts'
import {type MibBuilder, textIndex} from '../mib/builder.ts'
import {DEVICE, hostResources, STORAGE, type Storage} from '../mib/host-resources.ts'
import {IF_TYPE, type Interface, interfaces, macOf} from '../mib/interfaces.ts'
import {internet, snmpGroup} from '../mib/internet.ts'
import {system} from '../mib/system.ts'
import {integer, octets, text} from '../wire/values.ts'
import type {AgentProduct, Entered} from './product.ts'
import {
  CONTROLLER_SERVICES,
  type Platform,
  platformOf,
  WINDOWS_SERVICES,
  windowsProcesses,
  windowsSoftware,
} from './windows-software.ts'

const LAN_MANAGER = '1.3.6.1.4.1.77.1'
const OBJECT_IDS = '1.3.6.1.4.1.311.1.1.3.1'
const GIGABIT = 1_000_000_000
const ETHERNET_NUMBER = 6
const CARDS: Readonly<Record<Platform, readonly string[]>> = {
  vmware: ['vmxnet3 Ethernet Adapter', 'Intel(R) 82574L Gigabit Network Connection'],
  'hyper-v': ['Microsoft Hyper-V Network Adapter'],
  metal: ['Intel(R) I350 Gigabit Network Connection', 'Broadcom NetXtreme Gigabit Ethernet'],
}
const PROCESSORS = [
  {name: 'Intel64 Family 6 Model 85 Stepping 7', cores: 2},
  {name: 'Intel64 Family 6 Model 79 Stepping 1', cores: 4},
  {name: 'Intel64 Family 6 Model 63 Stepping 2', cores: 2},
] as const

export const WINDOWS: AgentProduct = {
  engineId: null,
  maxMessage: 8192,
  writeCommunity: null,
  interfaceNumber: ETHERNET_NUMBER,
  entered: () => ({contact: '', location: ''}),
  build,
}

const isController = ({facts}: Persona): boolean => facts.archetype === 'domain-controller'

function build(mib: MibBuilder, persona: Persona, entered: Entered): void {
  const processor = persona.pick('snmp windows processor', PROCESSORS)
  // The version that every Windows since 8.1 tells those who were not written for it.
  const release = `Windows Version 6.3 (Build ${windowsRelease(persona).build} Multiprocessor Free)`
  system(mib, {
    ...entered,
    description: `Hardware: ${processor.name} AT/AT COMPATIBLE - Software: ${release}`,
    objectId: `${OBJECT_IDS}.${persona.facts.os === 'windows' ? 1 : isController(persona) ? 3 : 2}`,
    name: persona.facts.domain === null ? computerName(persona) : `${computerName(persona)}.${persona.facts.domain}`,
    services: 76,
    startMs: persona.integer('snmp start', 20_000, 55_000),
  })
  interfaces(mib, persona, networkCards(persona))
  internet(mib, persona, {
    forwarding: 2,
    ttl: 128,
    interfaceNumber: ETHERNET_NUMBER,
    loopback: 1,
    retransmission: [4, 300, -1, -1],
  })
  snmpGroup(mib, persona)
  const memory = persona.pick('windows memory', [4, 8, 8, 16]) * 1024 * 1024
  hostResources(mib, persona, {
    memory,
    storage: storageOf(persona, memory),
    devices: Array.from({length: processor.cores}, (_, at) => ({
      number: at + 2,
      type: DEVICE.PROCESSOR,
      description: 'Intel',
    })),
    processes: windowsProcesses(persona),
    software: windowsSoftware(persona),
    maxProcesses: 0,
  })
  lanManager(mib, persona)
}

/** Texts of the kernel end with a NUL, which the service sends as well. */
const kernelText = (name: string): string => `${name}\0`

function networkCards(persona: Persona): Interface[] {
  const idle = {mtu: 0, speed: 0, mac: Buffer.alloc(0), up: false, traffic: 0}
  const card = persona.pick('network card', CARDS[platformOf(persona)])
  const other = ['Microsoft Teredo Tunneling Adapter', 'Microsoft IP-HTTPS Platform Adapter', 'Microsoft 6to4 Adapter']
  return [
    {
      ...idle,
      number: 1,
      description: kernelText('Software Loopback Interface 1'),
      name: 'loopback_0',
      type: IF_TYPE.LOOPBACK,
      mtu: 1500,
      speed: 1_073_741_824,
      up: true,
    },
    ...other.map((description, at) => ({
      ...idle,
      number: 2 + at,
      description: kernelText(description),
      name: `tunnel_${at}`,
      type: IF_TYPE.TUNNEL,
    })),
    {
      ...idle,
      number: 5,
      description: kernelText('Microsoft Kernel Debug Network Adapter'),
      name: 'ethernet_0',
      type: IF_TYPE.ETHERNET,
    },
    {
      number: ETHERNET_NUMBER,
      description: kernelText(card),
      name: 'ethernet_32769',
      alias: 'Ethernet0',
      type: IF_TYPE.ETHERNET,
      mtu: 1500,
      speed: GIGABIT,
      mac: macOf(persona),
      up: true,
      traffic: 14_000,
    },
  ]
}

function storageOf(persona: Persona, memory: number): Storage[] {
  const blocks =
    persona.pick('windows disk', [60, 80, 100, 120]) * 256 * 1024 - persona.integer('windows slack', 90, 900)
  const share = (purpose: string, size: number, least: number, most: number): number =>
    Math.floor((size * persona.integer(`snmp ${purpose}`, least, most)) / 1000)
  const serial = persona.bytes('windows volume', 4).toString('hex')
  const virtual = Math.floor((memory * 1.19) / 64)
  const physical = Math.floor(memory / 64)
  return [
    {
      number: 1,
      type: STORAGE.FIXED_DISK,
      description: `C:\\ Label:  Serial Number ${serial}`,
      unit: 4096,
      size: blocks,
      used: share('windows used', blocks, 260, 720),
    },
    {number: 2, type: STORAGE.COMPACT, description: 'D:\\', unit: 0, size: 0, used: 0},
    {
      number: 3,
      type: STORAGE.VIRTUAL,
      description: 'Virtual Memory',
      unit: 65_536,
      size: virtual,
      used: share('windows virtual', virtual, 280, 600),
    },
    {
      number: 4,
      type: STORAGE.RAM,
      description: 'Physical Memory',
      unit: 65_536,
      size: physical,
      used: share('windows physical', physical, 300, 700),
    },
  ]
}

/** LanMgr-Mib-II: services and accounts, which nobody has to log in for. */
function lanManager(mib: MibBuilder, persona: Persona): void {
  const names = [...WINDOWS_SERVICES, ...(isController(persona) ? CONTROLLER_SERVICES : [])]
  const services = names.map((name) => ({index: textIndex(name), name}))
  mib.scalars(`${LAN_MANAGER}.1`, {1: octets(Buffer.from('6')), 2: octets(Buffer.from('3'))})
  mib.scalar(`${LAN_MANAGER}.2.1`, text(''))
  mib.scalar(`${LAN_MANAGER}.2.2`, integer(services.length))
  mib.table(`${LAN_MANAGER}.2.3.1`, services, {
    1: ({name}) => text(name),
    2: () => integer(4),
    3: () => integer(1),
    4: () => integer(2),
    5: () => integer(1),
  })
  const users = isController(persona)
    ? ['Administrator', 'Guest', 'krbtgt']
    : ['Administrator', 'DefaultAccount', 'Guest', 'WDAGUtilityAccount']
  mib.scalar(`${LAN_MANAGER}.2.24`, integer(users.length))
  mib.table(
    `${LAN_MANAGER}.2.25.1`,
    users.map((name) => ({index: textIndex(name), name})),
    {1: ({name}) => text(name)},
  )
  mib.scalar(`${LAN_MANAGER}.4.1`, text(persona.facts.domain?.split('.')[0]?.toUpperCase() ?? 'WORKGROUP'))
}
