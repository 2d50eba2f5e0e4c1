import {existsSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {findCommand, hasCommand, installPackages, type Report, unpackPackages} from './debian.ts'
import {capture} from './process.ts'

/** Engine versions that a lab can be asked for; their errors differ. */
export const DOCKER_VERSIONS = ['20.10', '26.1'] as const
export type DockerVersion = (typeof DOCKER_VERSIONS)[number]

const SUITE_OF: Readonly<Record<DockerVersion, string>> = {'20.10': 'bookworm', '26.1': 'trixie'}

export interface DockerBinaries {
  /** As the daemon states it, shortened: `20.10`. */
  readonly version: string
  readonly dockerd: string
  readonly containerd: string
  readonly docker: string
  /** Folders to search first, so that the shim beside this containerd is found before an installed one. */
  readonly path: readonly string[]
}

export function isDockerVersion(text: string): text is DockerVersion {
  return DOCKER_VERSIONS.some((version) => version === text)
}

/**
 * Finds an Engine: the installed one (installed from Debian where there is none), or, when another version is asked
 * for, that one unpacked beside it. runc is always the machine's own: a newer release's needs a newer C library.
 *
 * @throws Error when the packages cannot be had or do not run here.
 */
export async function dockerBinaries(wanted: DockerVersion | undefined, report: Report): Promise<DockerBinaries> {
  const missing = [
    ...(hasCommand('dockerd') && hasCommand('containerd') && hasCommand('runc') ? [] : ['docker.io']),
    ...(hasCommand('iptables') ? [] : ['iptables']),
    ...(hasCommand('ip') ? [] : ['iproute2']),
  ]
  if (missing.length > 0) await installPackages(missing, report)
  const installed = await describe(findCommand('dockerd') ?? 'dockerd', findCommand('containerd') ?? 'containerd', [])
  if (wanted === undefined || installed.version === wanted) return installed
  const packages = ['docker.io', 'containerd', ...(wanted === '20.10' ? [] : ['docker-cli'])]
  const root = await unpackPackages(`docker-${wanted}`, packages, report, SUITE_OF[wanted])
  const [bin, sbin] = [join(root, 'usr/bin'), join(root, 'usr/sbin')]
  const found = await describe(join(sbin, 'dockerd'), join(bin, 'containerd'), [bin, sbin])
  if (found.version !== wanted)
    throw new Error(`Debian ${SUITE_OF[wanted]} has dockerd ${found.version}, not ${wanted}`)
  return found
}

async function describe(dockerd: string, containerd: string, path: readonly string[]): Promise<DockerBinaries> {
  const outcome = await capture(dockerd, ['--version'])
  const version = /version (\d+\.\d+)/.exec(outcome.stdout)?.[1]
  if (version === undefined) throw new Error(`${dockerd} does not run here: ${outcome.stderr.trim()}`)
  // A newer CLI on the PATH refuses an older Engine some flags: the one packaged with the Engine fits.
  const beside = [dirname(dockerd), join(dirname(dockerd), '../bin')].map((folder) => join(folder, 'docker'))
  const docker = beside.find((file) => existsSync(file)) ?? findCommand('docker') ?? 'docker'
  return {version, dockerd, containerd, docker, path}
}
