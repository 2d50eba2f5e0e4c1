import {spawnSync} from 'node:child_process'
import {describe, expect, it} from 'vitest'
import type {EngineName} from '../../src/fleet/spec.ts'
import {hasCommand} from '../lab/debian.ts'
import {type DockerVersion, dockerBinaries, isDockerVersion} from '../lab/docker-binaries.ts'
import {bringUp, type Lab, type LabOptions} from '../lab/lab.ts'
import {markOf} from '../lab/processes.ts'
import {sweepOrphans} from '../lab/record.ts'

export type {Lab} from '../lab/lab.ts'

const report = (line: string): void => console.info(`lab: ${line}`)

/** The Engine that scenarios run on when they name none: `DECNET_LAB_DOCKERD`, else the installed one. */
function defaultVersion(): DockerVersion | undefined {
  const wanted = process.env.DECNET_LAB_DOCKERD
  if (wanted === undefined || wanted === '') return undefined
  if (!isDockerVersion(wanted)) throw new Error(`DECNET_LAB_DOCKERD: "${wanted}" is no version a lab can have`)
  return wanted
}

/**
 * A lab of this test process. Its name is made unique, so runs beside each other do not meet, and labs of test
 * processes that were killed are removed first.
 */
export async function startLab(options: Pick<LabOptions, 'name' | 'subnet' | 'version'> = {}): Promise<Lab> {
  for (const orphan of await sweepOrphans()) report(`removed ${orphan}, which a killed run left behind`)
  const owner = markOf(process.pid)
  const version = options.version ?? defaultVersion()
  return await bringUp({
    name: `${options.name ?? 'test'}-${process.pid}`,
    report,
    ...(options.subnet && {subnet: options.subnet}),
    ...(version && {version}),
    ...(owner && {owner}),
  })
}

/** Why no lab can be had on this machine, or nothing. */
export function whyNoLab(): string | undefined {
  if (process.platform !== 'linux') return `network namespaces need Linux, this is ${process.platform}`
  if (process.getuid?.() !== 0) return 'network namespaces need root'
  if (!hasCommand('dockerd') && !hasCommand('apt-get')) return 'there is neither dockerd nor apt-get to install it'
  if (spawnSync('unshare', ['--net', 'true']).status !== 0) return 'this root may not make network namespaces'
  return undefined
}

export const labAvailable = (): boolean => whyNoLab() === undefined

async function whyNotOn(version: DockerVersion | undefined): Promise<string | undefined> {
  const why = whyNoLab()
  if (why !== undefined || version === undefined) return why
  try {
    await dockerBinaries(version, report)
    return undefined
  } catch (error) {
    return `dockerd ${version} cannot be had: ${error instanceof Error ? error.message : error}`
  }
}

/** What `DECNET_REQUIRE_LAB=1` insists on; another Engine than the installed one is its own demand. */
function isRequired(version: DockerVersion | undefined): boolean {
  if (process.env.DECNET_REQUIRE_LAB !== '1') return false
  return version === undefined || whyNoLab() !== undefined || process.env.DECNET_REQUIRE_DOCKER_26 === '1'
}

/**
 * A suite that needs a lab. Where none can be had it says so loudly and is skipped, or fails under
 * `DECNET_REQUIRE_LAB=1`. An Engine `version` that cannot be had fails only if `DECNET_REQUIRE_DOCKER_26=1` too:
 * packages of another Debian release are not everywhere.
 */
export function describeOnLab(name: string, body: () => void, {version}: {version?: DockerVersion} = {}): void {
  describe(name, async () => {
    const why = await whyNotOn(version)
    if (why === undefined) return body()
    if (!isRequired(version)) {
      console.warn(`\n*** SKIPPED: ${name}: ${why} ***\n`)
      it.skip(`needs a lab: ${why}`, () => {})
      return
    }
    it('has a lab', () => expect.fail(why))
  })
}

/** Scenarios that are the same wherever deckies run. Without a lab those of the embedded engine still run. */
export function describeOnEngines(name: string, body: (engine: EngineName) => void): void {
  describeOnLab(`${name} (docker)`, () => body('docker'))
  describe(`${name} (embedded)`, () => body('embedded'))
}
