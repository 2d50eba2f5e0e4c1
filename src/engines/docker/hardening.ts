/** Holds a container to what `container.ts` asks for: an engine that dropped a setting, or a hand that changed one. */
import type {ContainerDetails, HostConfig} from './api-types.ts'
import {DECOY_MEMORY, DECOY_PIDS, DECOY_USER} from './container.ts'
import {seccompProfile} from './seccomp.ts'

type Check = (host: HostConfig) => string | null

const PROFILES = new Set([true, false].map((udp) => `seccomp=${seccompProfile(udp)}`))
const OWN_SYSCTLS = ['net.ipv4.ip_unprivileged_port_start', 'net.ipv6.conf.all.disable_ipv6']

/** True of a decky's own container and of its custom services'. */
const COMMON: readonly Check[] = [
  (host) => (host.Privileged === true ? 'runs privileged' : null),
  (host) => (size(host.CapAdd) > 0 ? `runs with capability ${(host.CapAdd ?? []).join(', ')}` : null),
  (host) => (host.CapDrop?.includes('ALL') === true ? null : 'keeps default capabilities'),
  (host) => (options(host).some((o) => /^no-new-privileges(:true|=true)?$/.test(o)) ? null : 'may gain privileges'),
  (host) => (options(host).some((o) => PROFILES.has(o)) ? null : 'runs without the seccomp profile'),
  (host) => (options(host).some((o) => o === 'seccomp=unconfined') ? 'runs with seccomp off' : null),
  (host) => ((host.PidsLimit ?? 0) > 0 ? null : 'has no process limit'),
  (host) => (host.Memory > 0 ? null : 'has no memory limit'),
  (host) => (size(host.Binds) + size(host.Mounts) > 0 ? 'has mounts' : null),
  (host) => (size(host.Devices) > 0 ? 'has devices' : null),
  (host) =>
    host.PidMode === 'host' || host.IpcMode === 'host' || host.UTSMode === 'host'
      ? 'shares namespaces with its host'
      : null,
  (host) => (host.NetworkMode === 'host' ? 'shares the network of its host' : null),
  (host) => (host.RestartPolicy.Name === 'always' ? null : `has restart policy ${host.RestartPolicy.Name}`),
  (host) => (host.LogConfig.Type === 'json-file' ? null : `logs with ${host.LogConfig.Type}`),
  (host) => (host.LogConfig.Config['max-size'] === undefined ? 'has an unlimited log' : null),
]

const OF_DECKY: readonly Check[] = [
  (host) => (host.ReadonlyRootfs ? null : 'has a writable root'),
  (host) => (host.PidsLimit === DECOY_PIDS ? null : `has a process limit of ${host.PidsLimit}`),
  (host) => (host.Memory === DECOY_MEMORY ? null : `has a memory limit of ${host.Memory}`),
  // 0 or -1 would let it swap; engines without swap accounting report 0 or -1 whatever was asked.
  (host) => (host.Tmpfs?.['/tmp']?.includes('noexec') === true ? null : 'has no noexec /tmp'),
  (host) => OWN_SYSCTLS.find((name) => host.Sysctls?.[name] === undefined)?.replace(/^/, 'lacks the setting ') ?? null,
]

/** In words; empty: as it was made. */
export function deviations(container: ContainerDetails, customService: boolean): string[] {
  const checks = customService ? COMMON : [...COMMON, ...OF_DECKY]
  const found = checks.map((check) => check(container.HostConfig)).filter((text) => text !== null)
  const user = container.Config.User
  if (!customService && user !== DECOY_USER) found.push(`runs as user ${user === '' ? 'root' : user}`)
  return found
}

function options(host: HostConfig): readonly string[] {
  return host.SecurityOpt ?? []
}

function size(list: readonly unknown[] | null | undefined): number {
  return list?.length ?? 0
}
