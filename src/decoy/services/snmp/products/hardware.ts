/** Memory and disks of a machine, the same for every group of objects that tells of them. */
import {memoryUse} from '../../../files/proc.ts'
import type {Persona} from '../../../persona.ts'
import type {Hardware} from '../../../shell/machine.ts'
import {DEVICE, type Device, STORAGE, type Storage} from '../mib/host-resources.ts'

const KIB = 1024
const GIB = KIB * KIB
/** KiB, as every installer makes it (`/proc/meminfo` of `files/proc.ts`). */
const SWAP = 999_420

export interface Memory {
  /** KiB. */
  readonly total: number
  readonly used: number
  readonly buffers: number
  readonly cached: number
  readonly swap: number
  readonly swapUsed: number
}

/** Of a machine with a shell: what `free` shows on it. */
export function linuxMemory(persona: Persona, hardware: Hardware): Memory {
  const {total, free, buffers, cached} = memoryUse({persona, hardware})
  return {total, used: total - free - buffers - cached, buffers, cached, swap: SWAP, swapUsed: 0}
}

export function applianceMemory(persona: Persona, gigabytes: readonly number[]): Memory {
  const total = persona.pick('memory', gigabytes) * GIB - persona.integer('reserved-memory', 60_000, 140_000)
  const share = (purpose: string, least: number, most: number): number =>
    Math.floor((total * persona.integer(`snmp ${purpose}`, least, most)) / 1000)
  return {
    total,
    used: share('memory used', 300, 600),
    buffers: share('memory buffers', 10, 40),
    cached: share('memory cached', 150, 250),
    swap: SWAP,
    swapUsed: persona.integer('snmp swap', 0, 90_000),
  }
}

export interface Volume {
  readonly path: string
  /** KiB. */
  readonly size: number
  readonly used: number
}

/** As Net-SNMP numbers them: memory from 1, file systems from 31. */
export function unixStorage(memory: Memory, volumes: readonly Volume[]): Storage[] {
  const {total, used, buffers, cached, swap, swapUsed} = memory
  const row = (number: number, type: number, description: string, size: number, taken: number): Storage => ({
    number,
    type,
    description,
    unit: KIB,
    size,
    used: taken,
  })
  return [
    row(1, STORAGE.RAM, 'Physical memory', total, used + buffers + cached),
    row(3, STORAGE.VIRTUAL, 'Virtual memory', total + swap, used + buffers + cached + swapUsed),
    row(6, STORAGE.OTHER, 'Memory buffers', total, buffers),
    row(7, STORAGE.OTHER, 'Cached memory', cached, cached),
    row(8, STORAGE.OTHER, 'Shared memory', 2400, 2400),
    row(10, STORAGE.VIRTUAL, 'Swap space', swap, swapUsed),
    ...volumes.map(({path, size, used: taken}, at): Storage => {
      const [blocks, full] = [size / 4, taken / 4].map(Math.floor)
      return {
        number: 31 + at,
        type: STORAGE.FIXED_DISK,
        description: path,
        unit: 4096,
        size: blocks ?? 0,
        used: full ?? 0,
      }
    }),
  ]
}

/** As Net-SNMP numbers them: the kind in the upper bits. */
export function unixDevices(processor: string, cores: number, networks: readonly string[]): Device[] {
  return [
    ...Array.from({length: cores}, (_, at) => ({
      number: 196_608 + at,
      type: DEVICE.PROCESSOR,
      description: processor,
    })),
    ...networks.map((name, at) => ({
      number: 262_145 + at,
      type: DEVICE.NETWORK,
      description: `network interface ${name}`,
    })),
  ]
}
