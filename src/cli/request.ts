import {dirname, resolve} from 'node:path'

import {readFleetSpec} from '../fleet/read-spec.ts'
import type {EngineName} from '../fleet/spec.ts'
import type {DeploymentRequest} from '../operations/desired-fleet.ts'
import {checkNetworkFlags} from '../operations/network-sources.ts'

import {buildDirectories} from './build-directory.ts'
import type {CommandContext} from './context.ts'
import type {FleetFile} from './fleet-file.ts'
import {optionDirectories} from './option-directories.ts'
import {diagnosticText} from './views/diagnostics.ts'
import {columnsOf} from './views/width.ts'

export interface RequestFlags {
  readonly 'replace-fleet': boolean
  readonly interface?: string | undefined
  readonly subnet?: string | undefined
  readonly gateway?: string | undefined
  readonly engine?: EngineName | undefined
  readonly 'port-offset'?: number | undefined
  readonly 'log-file'?: string | undefined
}

/** Reads the fleet file and joins it with the flags. Warnings go to standard error; errors throw all at once. */
export function readRequest(file: FleetFile, flags: RequestFlags, context: CommandContext): DeploymentRequest {
  checkNetworkFlags(flags)
  const {spec, warnings} = readFleetSpec(file.name, file.bytes, context.deps.catalog, {
    engine: flags.engine,
    directories: optionDirectories(file.path),
    builds: buildDirectories(file.path),
  })
  for (const warning of warnings)
    process.stderr.write(`${diagnosticText(warning, context.errorStyle, columnsOf(process.stderr))}\n`)
  return {
    spec,
    replaceFleet: flags['replace-fleet'],
    interface: flags.interface,
    subnet: flags.subnet,
    gateway: flags.gateway,
    engine: flags.engine,
    portOffset: flags['port-offset'],
    logFile: logFileOf(flags['log-file'], spec.general.logFile, file.path),
  }
}

/** Absolute, because another process writes it: a flag counts from here, the fleet file's from where that file is. */
function logFileOf(flag: string | undefined, named: string | undefined, fleetFile: string): string | undefined {
  if (flag !== undefined) return resolve(flag)
  if (named === undefined) return undefined
  return fleetFile === '-' ? resolve(named) : resolve(dirname(fleetFile), named)
}
