import {existsSync} from 'node:fs'
import {writeFile} from 'node:fs/promises'
import {join} from 'node:path'

import {unpackPackages} from '../test/lab/debian.ts'
import {must, poll} from '../test/lab/process.ts'

import type {FleetLab} from './fleet-lab.ts'

/** Beside the project file: Compose takes a profile by name of a file only. */
const SECCOMP_FILE = './seccomp.json'

/** `docker compose` 2 from Debian, unpacked beside the system. */
export async function composeBinary(): Promise<string> {
  const root = await unpackPackages('docker-compose', ['docker-compose'], () => undefined, 'trixie')
  const places = ['usr/libexec/docker/cli-plugins/docker-compose', 'usr/bin/docker-compose'].map((path) =>
    join(root, path),
  )
  const found = places.find((path) => existsSync(path))
  if (found === undefined) throw new Error('the docker-compose package holds no docker-compose')
  return found
}

/** What we read of an inspected container. */
interface Inspected {
  readonly Name: string
  readonly State: {readonly Pid: number}
  readonly Config: {readonly Image: string; readonly Env: string[]; readonly User: string; readonly Hostname: string}
  readonly HostConfig: {
    readonly Sysctls: Record<string, string>
    readonly SecurityOpt: string[]
    readonly Memory: number
    readonly NanoCpus: number
    readonly LogConfig: {readonly Type: string; readonly Config: Record<string, string>}
    readonly PidsLimit: number
    readonly Tmpfs: Record<string, string>
  }
  readonly NetworkSettings: {
    readonly Networks: Record<string, {readonly IPAddress: string; readonly MacAddress: string}>
  }
}

interface ComposeService {
  readonly [key: string]: unknown
}

/** The containers of our deckies, as `docker inspect` gives them. */
export async function inspectDeckies({lab}: FleetLab): Promise<Inspected[]> {
  const ids = (await lab.docker(['ps', '-q', '--filter', 'label=decnet.decky'])).trim().split('\n')
  return JSON.parse(await lab.docker(['inspect', ...ids])) as Inspected[]
}

/** A Compose project with the same containers: image, environment, hardening, address. */
export function sameContainers(containers: readonly Inspected[]): object {
  return project(
    containers,
    Object.fromEntries(containers.map((container) => [container.Name.slice(1), whole(container)])),
  )
}

/** The shape of one container per service and one more that holds the address. */
export function holderAndServices(containers: readonly Inspected[]): object {
  const services: Record<string, ComposeService> = {}
  for (const container of containers) {
    const name = container.Name.slice(1)
    services[name] = {...whole(container), command: ['-e', 'setInterval(() => {}, 1e9)'], entrypoint: ['/usr/bin/node']}
    for (const [service, manifest] of manifestsByService(container)) {
      const {networks: _, sysctls: __, mac_address: ___, ...shared} = whole(container)
      services[`${name}-${service}`] = {
        ...shared,
        environment: {MANIFEST: escaped(manifest)},
        network_mode: `service:${name}`,
        depends_on: [name],
      }
    }
  }
  return project(containers, services)
}

function project(containers: readonly Inspected[], services: Record<string, ComposeService>): object {
  const network = Object.keys(containers[0]?.NetworkSettings.Networks ?? {})[0]
  return {name: 'bench', services, networks: {lan: {external: true, name: network}}}
}

function whole({Config, HostConfig, NetworkSettings}: Inspected): ComposeService {
  const [endpoint] = Object.values(NetworkSettings.Networks)
  return {
    image: Config.Image,
    user: Config.User,
    environment: Object.fromEntries(Config.Env.map((entry) => split(entry))),
    cap_drop: ['ALL'],
    read_only: true,
    security_opt: HostConfig.SecurityOpt.map((option) =>
      option.startsWith('seccomp=') ? `seccomp:${SECCOMP_FILE}` : option,
    ),
    cpus: HostConfig.NanoCpus / 1e9,
    logging: {driver: HostConfig.LogConfig.Type, options: HostConfig.LogConfig.Config},
    sysctls: HostConfig.Sysctls,
    mem_limit: HostConfig.Memory,
    pids_limit: HostConfig.PidsLimit,
    tmpfs: Object.entries(HostConfig.Tmpfs).map(([path, options]) => `${path}:${options}`),
    restart: 'always',
    mac_address: endpoint?.MacAddress,
    networks: {lan: {ipv4_address: endpoint?.IPAddress}},
  }
}

function split(entry: string): [string, string] {
  const at = entry.indexOf('=')
  return [entry.slice(0, at), escaped(entry.slice(at + 1))]
}

/** Compose interpolates `$`. */
function escaped(value: string): string {
  return value.replaceAll('$', '$$$$')
}

function manifestsByService(container: Inspected): [string, string][] {
  const entry = container.Config.Env.find((candidate) => candidate.startsWith('MANIFEST=')) ?? ''
  const manifest = JSON.parse(entry.slice('MANIFEST='.length)) as {
    deckies: {services: {name: string}[]}[]
  }
  const [decky] = manifest.deckies
  return (decky?.services ?? []).map((service) => [
    service.name,
    JSON.stringify({...manifest, deckies: [{...decky, services: [service]}]}),
  ])
}

/** The seccomp profile that our containers run under. */
export function seccompOf(containers: readonly Inspected[]): string {
  const option = containers[0]?.HostConfig.SecurityOpt.find((text) => text.startsWith('seccomp='))
  if (option === undefined) throw new Error('the deckies run without a seccomp profile')
  return option.slice('seccomp='.length)
}

/** Brings a project up and resolves once every one of its services has announced that it answers. */
export async function composeUp(
  bench: FleetLab,
  compose: object,
  {ready, seccomp}: {readonly ready: number; readonly seccomp: string},
): Promise<() => Promise<void>> {
  const binary = await composeBinary()
  const directory = join(bench.lab.layout.directory, 'bench')
  const file = join(directory, 'compose.json')
  await writeFile(file, JSON.stringify(compose))
  await writeFile(join(directory, SECCOMP_FILE), seccomp)
  const env = bench.lab.environment()
  await must(binary, ['-f', file, 'up', '--detach', '--quiet-pull'], {env, timeoutMs: 600_000})
  await poll('every service to answer', async () => (await countReady(binary, file, env)) >= ready, {
    timeoutMs: 120_000,
    everyMs: 250,
  })
  return async () => {
    await must(binary, ['-f', file, 'down', '--timeout', '1'], {env, timeoutMs: 600_000})
  }
}

async function countReady(binary: string, file: string, env: NodeJS.ProcessEnv): Promise<number> {
  const logs = await must(binary, ['-f', file, 'logs', '--no-color'], {env, timeoutMs: 60_000})
  return logs.split('"service.ready"').length - 1
}
