/** Host Resources (RFC 2790): what runs on a machine and what it is made of. */

import {utcOffset} from '../../../persona/place.ts'
import type {Persona} from '../../../persona.ts'
import {counter32, dateAndTime, gauge32, integer, objectId, text, ticks} from '../wire/values.ts'
import type {MibBuilder} from './builder.ts'
import type {Clock} from './tree.ts'

const HOST = '1.3.6.1.2.1.25'

/** hrStorageTypes. */
export const STORAGE = {OTHER: 1, RAM: 2, VIRTUAL: 3, FIXED_DISK: 4, REMOVABLE: 5, COMPACT: 7, FLASH: 9} as const
/** hrDeviceTypes. */
export const DEVICE = {OTHER: 1, PROCESSOR: 3, NETWORK: 4, PRINTER: 5, DISK: 6} as const

export interface Storage {
  readonly number: number
  readonly type: number
  readonly description: string
  /** Octets. */
  readonly unit: number
  /** Units. */
  readonly size: number
  readonly used: number
}

export interface Device {
  readonly number: number
  readonly type: number
  readonly description: string
}

export interface Process {
  readonly pid: number
  readonly name: string
  readonly path: string
  readonly parameters: string
  /** 2 of the system itself, 4 an application. */
  readonly type: 2 | 4
  /** KiB. */
  readonly memory: number
  /** Thousandths of one processor that it takes on average. */
  readonly load: number
}

export interface HostFacts {
  /** KiB. */
  readonly memory: number
  readonly storage: readonly Storage[]
  readonly devices: readonly Device[]
  readonly processes: readonly Process[]
  /** Installed packages. */
  readonly software: readonly {readonly name: string; readonly installedAt: number}[]
  /** Boot options of the kernel; absent on what has none. */
  readonly bootOptions?: string
  readonly maxProcesses: number
}

export function hostResources(mib: MibBuilder, persona: Persona, facts: HostFacts): void {
  const users = persona.integer('snmp users', 0, 2)
  mib.scalars(`${HOST}.1`, {
    1: ({uptime}: Clock) => ticks(uptime / 10),
    2: ({now}: Clock) => dateAndTime(now, utcOffset(persona, now)),
    3: integer(facts.devices[0]?.number ?? 1),
    ...(facts.bootOptions === undefined ? {} : {4: text(facts.bootOptions)}),
    5: gauge32(users),
    6: gauge32(facts.processes.length),
    7: integer(facts.maxProcesses),
  })
  mib.scalar(`${HOST}.2.2`, integer(facts.memory))
  storageTable(mib, facts.storage)
  deviceTable(mib, persona, facts.devices)
  processTables(mib, facts.processes)
  softwareTable(mib, persona, facts.software)
}

export function storageTable(mib: MibBuilder, storage: readonly Storage[]): void {
  const rows = storage.map((each) => ({...each, index: String(each.number)}))
  mib.table(`${HOST}.2.3.1`, rows, {
    1: ({number}) => integer(number),
    2: ({type}) => objectId(`${HOST}.2.1.${type}`),
    3: ({description}) => text(description),
    4: ({unit}) => integer(unit),
    5: ({size}) => integer(size),
    6: ({used}) => integer(used),
    7: () => counter32(0),
  })
}

export function deviceTable(mib: MibBuilder, persona: Persona, devices: readonly Device[]): void {
  const rows = devices.map((each) => ({...each, index: String(each.number)}))
  mib.table(`${HOST}.3.2.1`, rows, {
    1: ({number}) => integer(number),
    2: ({type}) => objectId(`${HOST}.3.1.${type}`),
    3: ({description}) => text(description),
    4: () => objectId('0.0'),
    5: () => integer(2),
    6: () => counter32(0),
  })
  const processors = rows.filter(({type}) => type === DEVICE.PROCESSOR)
  mib.table(`${HOST}.3.3.1`, processors, {
    1: () => objectId('0.0'),
    2:
      ({number}) =>
      (clock) =>
        integer(loadOf(persona, number, clock)),
  })
}

/** Percent; another one each minute. */
function loadOf(persona: Persona, processor: number, {now}: Clock): number {
  return persona.integer(`snmp load ${processor} ${Math.floor(now / 60_000) % 97}`, 1, 14)
}

function processTables(mib: MibBuilder, processes: readonly Process[]): void {
  const rows = processes.map((each) => ({...each, index: String(each.pid)}))
  mib.table(`${HOST}.4.2.1`, rows, {
    1: ({pid}) => integer(pid),
    2: ({name}) => text(name),
    3: () => objectId('0.0'),
    4: ({path}) => text(path),
    5: ({parameters}) => text(parameters),
    6: ({type}) => integer(type),
    7: ({load}) => integer(load > 10 ? 1 : 2),
  })
  mib.table(`${HOST}.5.1.1`, rows, {
    // Hundredths of a second.
    1:
      ({load}) =>
      ({uptime}) =>
        integer(Math.min(2 ** 31 - 1, ((uptime / 10) * load) / 1000)),
    2: ({memory}) => integer(memory),
  })
}

function softwareTable(mib: MibBuilder, persona: Persona, software: HostFacts['software']): void {
  const rows = software.map((each, at) => ({...each, number: at + 1, index: String(at + 1)}))
  mib.table(`${HOST}.6.3.1`, rows, {
    1: ({number}) => integer(number),
    2: ({name}) => text(name),
    3: () => objectId('0.0'),
    4: () => integer(4),
    5: ({installedAt}) => dateAndTime(installedAt, utcOffset(persona, installedAt)),
  })
}
