/** The emulated machine of one decky: its hardware, accounts and file system, shared by all sessions. */

import {FileSystem} from '../files/file-system.ts'
import {buildImage} from '../files/image.ts'
import {type Kernel, kernelOf} from '../kernel.ts'
import type {Persona} from '../persona.ts'
import {type Account, accountsOf} from './accounts.ts'
import {type Profile, profileOf} from './profiles.ts'

export interface Hardware {
  readonly cpu: string
  readonly mhz: number
  readonly cores: number
  /** KiB. */
  readonly memory: number
  /** KiB of the root file system, and how much of it is used. */
  readonly disk: number
  readonly diskUsed: number
}

export interface Machine {
  readonly persona: Persona
  readonly profile: Profile
  readonly kernel: Kernel
  readonly hardware: Hardware
  readonly accounts: readonly Account[]
  readonly files: FileSystem
  readonly now: () => number
}

const CPUS = [
  {cpu: 'Intel(R) Xeon(R) Gold 6230 CPU @ 2.10GHz', mhz: 2095.078},
  {cpu: 'Intel(R) Xeon(R) CPU E5-2680 v4 @ 2.40GHz', mhz: 2399.998},
  {cpu: 'Intel(R) Xeon(R) Silver 4214 CPU @ 2.20GHz', mhz: 2194.843},
  {cpu: 'Intel(R) Xeon(R) CPU E5-2650 v3 @ 2.30GHz', mhz: 2297.339},
  {cpu: 'AMD EPYC 7302 16-Core Processor', mhz: 2999.998},
]
const GIB = 1024 * 1024

/** @param names honey users, who all have an account. @param profile what it runs, where that is not its distro. */
export function createMachine(
  persona: Persona,
  names: readonly string[],
  now: () => number,
  profile: Profile = profileOf(persona),
): Machine {
  const accounts = accountsOf(persona, profile, names)
  const hardware = hardwareOf(persona)
  const kernel = kernelOf(persona.facts)
  const root = buildImage({persona, profile, kernel, accounts, hardware, now})
  return {persona, profile, kernel, hardware, accounts, files: new FileSystem(root, now), now}
}

export function hardwareOf(persona: Persona): Hardware {
  const gigabytes = persona.pick('memory', [2, 4, 4, 8, 16])
  const disk = persona.pick('disk', [20, 40, 40, 80, 100]) * GIB - persona.integer('disk-slack', 300_000, 900_000)
  return {
    ...persona.pick('cpu', CPUS),
    cores: persona.pick('cores', [1, 2, 2, 4, 8]),
    // The kernel keeps some of what the board has.
    memory: gigabytes * GIB - persona.integer('reserved-memory', 60_000, 140_000),
    disk,
    diskUsed: persona.integer('disk-used', 2 * GIB, Math.floor(disk * 0.55)),
  }
}

export function uptimeSeconds(machine: Machine): number {
  return Math.max(60, Math.floor((machine.now() - machine.persona.bootedAt(machine.now())) / 1000))
}
