/** What an intruder's session knows of itself and of its instance. */
import type {Persona} from '../../../persona.ts'
import type {Connection} from '../../../service.ts'
import {type BaitDatabase, baitDatabase} from '../../../sql/bait.ts'
import type {Release} from '../releases.ts'

export interface Instance {
  readonly persona: Persona
  readonly release: Release
  readonly port: number
  /** `MSSQLSERVER`, or the name of an instance beside the default one. */
  readonly name: string
  /** @@SERVERNAME: the machine, and for a named instance its name behind a backslash. */
  readonly serverName: string
  readonly bait: BaitDatabase
  /** Of the whole instance, as sp_configure changes it, until the decky starts anew. */
  readonly configuration: Configuration
}

export interface Setting {
  configured: number
  running: number
}

/** Advanced options are shown once `show advanced options` is on. */
const SETTINGS: Readonly<
  Record<string, {readonly initial: number; readonly most: number; readonly advanced: boolean}>
> = {
  'Ad Hoc Distributed Queries': {initial: 0, most: 1, advanced: true},
  'Agent XPs': {initial: 1, most: 1, advanced: true},
  'allow updates': {initial: 0, most: 1, advanced: false},
  'backup compression default': {initial: 0, most: 1, advanced: false},
  'clr enabled': {initial: 0, most: 1, advanced: false},
  'Database Mail XPs': {initial: 0, most: 1, advanced: true},
  'max degree of parallelism': {initial: 0, most: 32_767, advanced: true},
  'max server memory (MB)': {initial: 2_147_483_647, most: 2_147_483_647, advanced: true},
  'nested triggers': {initial: 1, most: 1, advanced: false},
  'Ole Automation Procedures': {initial: 0, most: 1, advanced: true},
  'remote access': {initial: 1, most: 1, advanced: false},
  'remote admin connections': {initial: 0, most: 1, advanced: false},
  'show advanced options': {initial: 0, most: 1, advanced: false},
  xp_cmdshell: {initial: 0, most: 1, advanced: true},
}

export class Configuration {
  readonly #values = new Map<string, Setting>(
    Object.entries(SETTINGS).map(([name, {initial}]) => [name, {configured: initial, running: initial}]),
  )

  get visible(): string[] {
    const all = this.running('show advanced options') === 1
    return [...this.#values.keys()].filter((name) => all || SETTINGS[name]?.advanced === false)
  }

  /** The full name of what is written in any case and as short as it is unique; null: there is none to be seen. */
  find(written: string): string | null {
    const wanted = written.toLowerCase()
    const exact = this.visible.filter((name) => name.toLowerCase() === wanted)
    const found = exact.length > 0 ? exact : this.visible.filter((name) => name.toLowerCase().includes(wanted))
    return found.length === 1 ? (found[0] ?? null) : null
  }

  most(name: string): number {
    return SETTINGS[name]?.most ?? 0
  }

  setting(name: string): Setting {
    return this.#values.get(name) ?? {configured: 0, running: 0}
  }

  running(name: string): number {
    return this.setting(name).running
  }

  reconfigure(): void {
    for (const setting of this.#values.values()) setting.running = setting.configured
  }
}

export interface SessionState {
  readonly instance: Instance
  readonly connection: Connection
  readonly spid: number
  /** As SYSTEM_USER tells it. */
  readonly login: string
  readonly application: string
  readonly host: string
  database: string
}

export const SYSTEM_DATABASES = ['master', 'tempdb', 'model', 'msdb'] as const

export const createInstance = (facts: Omit<Instance, 'bait' | 'configuration'>): Instance => ({
  ...facts,
  bait: baitDatabase(facts.persona),
  configuration: new Configuration(),
})

/** In the order of their numbers, which begin at 1. */
export const databases = ({bait}: Instance): string[] => [...SYSTEM_DATABASES, bait.name]

export function findDatabase(instance: Instance, name: string): string | null {
  return databases(instance).find((each) => each.toLowerCase() === name.toLowerCase()) ?? null
}

/** The service starts some seconds after the machine, as its certificate says. */
export function startedAt({persona}: Instance, now: number): number {
  return persona.bootedAt(now) + persona.integer('mssql start', 20, 90) * 1000
}
