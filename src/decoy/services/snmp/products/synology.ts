/** A Synology NAS: Net-SNMP with DSM's own objects. */
import {nasOf} from '../../../persona/nas.ts'
import type {Persona} from '../../../persona.ts'
import {netSnmpEngineId} from '../engine.ts'
import type {MibBuilder} from '../mib/builder.ts'
import {hostResources} from '../mib/host-resources.ts'
import {interfaces} from '../mib/interfaces.ts'
import {internet, snmpGroup} from '../mib/internet.ts'
import {system} from '../mib/system.ts'
import {counter64, integer, text} from '../wire/values.ts'
import {applianceMemory, unixDevices, unixStorage} from './hardware.ts'
import {type AgentProduct, type Entered, helpDesk, roomOf} from './product.ts'
import {netSnmpModules, ucdLoad, ucdMemory, ucdProcessor, unixInterfaces} from './unix.ts'

const SYNOLOGY = '1.3.6.1.4.1.6574'
const KIB = 1024
const GIB = KIB * KIB
/** DSM's own partition, in KiB. */
const SYSTEM_KIB = 2_385_528

const DISKS = [
  {model: 'WD40EFRX-68N32N0', size: 4},
  {model: 'ST8000VN004-2M2101', size: 8},
  {model: 'HAT5300-8T', size: 8},
] as const
const NORMAL = 1

export const SYNOLOGY_NAS: AgentProduct = {
  engineId: netSnmpEngineId,
  maxMessage: 65_507,
  writeCommunity: null,
  interfaceNumber: 2,
  entered: (persona) => ({contact: helpDesk(persona), location: roomOf(persona, 'servers')}),
  build,
}

function build(mib: MibBuilder, persona: Persona, entered: Entered): void {
  const {model, release, serial} = nasOf(persona)
  const disk = persona.pick('synology disk', DISKS)
  system(mib, {
    ...entered,
    description: `Linux ${persona.hostname} 4.4.302+ ${release.kernel} x86_64`,
    objectId: '1.3.6.1.4.1.8072.3.2.10',
    name: persona.hostname,
    services: 72,
    startMs: persona.integer('snmp start', 40_000, 90_000),
  })
  netSnmpModules(mib)
  const memory = applianceMemory(persona, [4, 8])
  interfaces(mib, persona, unixInterfaces(persona, 'eth0', 90_000))
  internet(mib, persona, {
    forwarding: 2,
    ttl: 64,
    interfaceNumber: 2,
    loopback: 1,
    retransmission: [1, 200, 120_000, -1],
  })
  snmpGroup(mib, persona)
  const capacity = Math.floor((disk.size * (model.bays - 1) * 0.96 * 1e12) / 1024 ** 3)
  const part = (size: number, purpose: string, least: number, most: number): number =>
    Math.floor((size * persona.integer(`synology ${purpose}`, least, most)) / 1000)
  const free = part(capacity * GIB, 'free', 140, 600)
  hostResources(mib, persona, {
    memory: memory.total,
    storage: unixStorage(memory, [
      {path: '/', size: SYSTEM_KIB, used: part(SYSTEM_KIB, 'system', 500, 700)},
      {path: '/volume1', size: capacity * GIB, used: capacity * GIB - free},
    ]),
    devices: unixDevices(model.processor, model.cores, ['lo', 'eth0']),
    processes: PROCESSES.map(([pid, path, memoryUsed]) => ({
      pid: pid + persona.integer(`snmp pid ${path}`, 0, 90),
      name: path.slice(path.lastIndexOf('/') + 1).slice(0, 15),
      path,
      parameters: '',
      type: 4 as const,
      memory: memoryUsed,
      load: 1,
    })),
    software: [],
    maxProcesses: 0,
  })
  ucdMemory(mib, memory)
  ucdLoad(mib, persona)
  ucdProcessor(mib, persona, model.cores)
  synologyObjects(mib, persona, {
    release: `DSM ${release.version}-${release.build}`,
    model: model.name,
    serial,
    bays: model.bays,
    disk,
    capacity,
    free,
  })
}

const PROCESSES: readonly (readonly [number, string, number])[] = [
  [1, '/sbin/init', 7900],
  [5200, '/usr/syno/sbin/scemd', 21_400],
  [5900, '/usr/bin/synologand', 8700],
  [6800, '/usr/bin/nginx', 9200],
  [7700, '/usr/bin/smbd', 24_100],
  [8500, '/usr/bin/nmbd', 9800],
  [9400, '/usr/bin/snmpd', 12_200],
  [10_300, '/usr/bin/sshd', 6900],
  [11_200, '/usr/bin/postgres', 31_000],
  [12_100, '/usr/syno/bin/synoindexd', 14_700],
]

interface Machine {
  readonly release: string
  readonly model: string
  readonly serial: string
  readonly bays: number
  readonly disk: (typeof DISKS)[number]
  /** GiB. */
  readonly capacity: number
  /** KiB. */
  readonly free: number
}

/** SYNOLOGY-SYSTEM-MIB, SYNOLOGY-DISK-MIB, SYNOLOGY-RAID-MIB. */
function synologyObjects(
  mib: MibBuilder,
  persona: Persona,
  {release, model, serial, bays, disk, capacity, free}: Machine,
): void {
  mib.scalars(`${SYNOLOGY}.1`, {
    1: integer(NORMAL),
    2: integer(persona.integer('synology temperature', 33, 46)),
    3: integer(NORMAL),
  })
  mib.scalars(`${SYNOLOGY}.1.4`, {1: integer(NORMAL), 2: integer(NORMAL)})
  mib.scalars(`${SYNOLOGY}.1.5`, {
    1: text(model),
    2: text(serial),
    3: text(release),
    4: integer(2),
  })
  const rows = Array.from({length: bays}, (_, at) => ({index: String(at), number: at}))
  mib.table(`${SYNOLOGY}.2.1.1`, rows, {
    1: ({number}) => integer(number),
    2: ({number}) => text(`Drive ${number + 1}`),
    3: () => text(disk.model),
    4: () => text('SATA'),
    5: () => integer(NORMAL),
    6: ({number}) => integer(persona.integer(`synology disk ${number}`, 29, 41)),
  })
  const size = capacity * GIB * KIB
  mib.table(
    `${SYNOLOGY}.3.1.1`,
    [
      {index: '0', name: 'Volume 1'},
      {index: '1', name: 'Storage Pool 1'},
    ],
    {
      1: ({index}) => integer(Number(index)),
      2: ({name}) => text(name),
      3: () => integer(NORMAL),
      4: ({index}) => counter64(index === '0' ? free * KIB : 0),
      5: ({index}) => counter64(index === '0' ? size : size + 16 * GIB * KIB),
    },
  )
}
