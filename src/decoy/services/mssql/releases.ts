/** What SQL Server says of its version: facts of builds that were really published. */
import {mssqlRelease} from '../../persona/products.ts'
import {windowsRelease} from '../../persona/windows.ts'
import type {Persona} from '../../persona.ts'
import {MSSQL_VERSIONS} from './definition.ts'

export type ReleaseVersion = (typeof MSSQL_VERSIONS)[number]
export type Edition = 'Standard' | 'Enterprise' | 'Express' | 'Developer'

export interface Release {
  readonly version: ReleaseVersion
  readonly year: number
  readonly major: number
  readonly build: number
  /** SERVERPROPERTY('ProductLevel') and the update on top of it. */
  readonly level: string
  readonly update: string | null
  readonly article: string
  /** As Browser tells it: of the installation and its service packs, without updates. */
  readonly installed: string
  /** The first line of @@VERSION and the three others. */
  readonly banner: string
  readonly edition: string
  /** SERVERPROPERTY('EngineEdition'). */
  readonly engineEdition: number
}

interface Build {
  readonly year: number
  readonly level: string
  readonly update: string | null
  readonly article: string
  /** When it was compiled, as @@VERSION prints it. */
  readonly compiled: string
  readonly installed: string
}

const BUILDS: Readonly<Record<ReleaseVersion, Build>> = {
  '13.0.6300.2': {
    year: 2016,
    level: 'SP3',
    update: null,
    article: 'KB5003279',
    compiled: 'Aug  7 2021 01:20:37',
    installed: '13.3.6300.2',
  },
  '14.0.3456.2': {
    year: 2017,
    level: 'RTM',
    update: 'CU31',
    article: 'KB5016884',
    compiled: 'Sep  2 2022 11:01:50',
    installed: '14.0.1000.169',
  },
  '15.0.4355.3': {
    year: 2019,
    level: 'RTM',
    update: 'CU25',
    article: 'KB5033688',
    compiled: 'Jan 30 2024 17:02:22',
    installed: '15.0.2000.5',
  },
  '15.0.4375.4': {
    year: 2019,
    level: 'RTM',
    update: 'CU27',
    article: 'KB5037331',
    compiled: 'Jun 10 2024 18:00:07',
    installed: '15.0.2000.5',
  },
  '16.0.4115.5': {
    year: 2022,
    level: 'RTM',
    update: 'CU12',
    article: 'KB5033663',
    compiled: 'Mar  4 2024 08:56:10',
    installed: '16.0.1000.6',
  },
  '16.0.4135.4': {
    year: 2022,
    level: 'RTM',
    update: 'CU14',
    article: 'KB5038325',
    compiled: 'Jul 10 2024 14:09:09',
    installed: '16.0.1000.6',
  },
}

/** SERVERPROPERTY('EngineEdition'): 2 Standard, 3 Enterprise and Developer, 4 Express. */
const ENGINES: Readonly<Record<Edition, number>> = {Standard: 2, Enterprise: 3, Developer: 3, Express: 4}

/** Containers of SQL Server are Ubuntu, whatever they run on, and there is none before 2017. */
const ON_LINUX: readonly ReleaseVersion[] = ['15.0.4375.4', '16.0.4115.5', '16.0.4135.4']

export function releaseOf(persona: Persona, wanted: ReleaseVersion | null, edition: Edition): Release {
  const version = wanted ?? usual(persona)
  const build = BUILDS[version]
  const [major = '', , number = ''] = version.split('.')
  const level = build.update === null ? build.level : `${build.level}-${build.update}`
  const full = `${edition} Edition (64-bit)`
  // 2016 was the last without a year.
  const copyright = build.year === 2016 ? '(c)' : `(C) ${build.year}`
  const lines = [
    `Microsoft SQL Server ${build.year} (${level}) (${build.article}) - ${version} (X64) `,
    `${build.compiled} `,
    `Copyright ${copyright} Microsoft Corporation`,
    `${full} on ${system(persona, version)}`,
  ]
  return {
    version,
    year: build.year,
    major: Number(major),
    build: Number(number),
    level: build.level,
    update: build.update,
    article: build.article,
    installed: build.installed,
    banner: lines.join('\n\t'),
    edition: full,
    engineEdition: ENGINES[edition],
  }
}

export const onWindows = ({facts}: Persona): boolean => facts.os === 'windows' || facts.os === 'windows_server'

function usual(persona: Persona): ReleaseVersion {
  if (!onWindows(persona)) return persona.pick('mssql release', ON_LINUX)
  const {version} = mssqlRelease(persona)
  return MSSQL_VERSIONS.find((each) => each === version) ?? '15.0.4375.4'
}

function system(persona: Persona, version: ReleaseVersion): string {
  if (!onWindows(persona)) return `Linux (Ubuntu ${version.startsWith('16.') ? '22.04.4' : '20.04.6'} LTS) <X64>`
  const {product, major, minor, build} = windowsRelease(persona)
  return `${product} ${major}.${minor} <X64> (Build ${build}: ) (Hypervisor)\n`
}
