/** The Synology that a persona is: the same model, serial number and release of DSM in every service of it. */
import type {Persona} from '../persona.ts'
import {applianceSerial} from './serials.ts'

/** DSM 7.2 of its years: the kernel's build has the number of the release. */
const RELEASES = [
  {version: '7.2', build: '64570', kernel: '#64570 SMP Thu Jul 20 01:06:41 CST 2023'},
  {version: '7.2', build: '69057', kernel: '#69057 SMP Fri Jan 12 17:02:28 CST 2024'},
  {version: '7.2', build: '72806', kernel: '#72806 SMP Thu Sep 5 13:45:56 CST 2024'},
] as const
const MODELS = [
  {name: 'DS920+', bays: 4, cores: 4, processor: 'GenuineIntel: Intel(R) Celeron(R) J4125 CPU @ 2.00GHz'},
  {name: 'DS923+', bays: 4, cores: 4, processor: 'AuthenticAMD: AMD Ryzen Embedded R1600'},
  {name: 'RS1221+', bays: 8, cores: 8, processor: 'AuthenticAMD: AMD Ryzen Embedded V1500B'},
] as const

export interface Nas {
  readonly model: (typeof MODELS)[number]
  readonly release: (typeof RELEASES)[number]
  readonly serial: string
}

/** `7.2.64570`: version and build. */
export const NAS_RELEASES: readonly string[] = RELEASES.map(({version, build}) => `${version}.${build}`)

export function nasOf(persona: Persona): Nas {
  return {
    model: persona.pick('synology model', MODELS),
    release: persona.pick('dsm release', RELEASES),
    serial: applianceSerial(persona, 'synology'),
  }
}
