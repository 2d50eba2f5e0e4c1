/** A container as the Engine shows it. */
import {configJson, hostConfig, networkMode, networkName} from './host-config.ts'
import type {Release} from './releases.ts'
import {type Container, type Json, type Network, object, strings, text, timestamp} from './state.ts'
import {commandLine, status} from './status.ts'

export const ROOT = '/var/lib/docker'

const macOf = (address: number): string =>
  `02:42:ac:11:${[address >> 8, address & 255].map((octet) => octet.toString(16).padStart(2, '0')).join(':')}`

function addressOf(container: Container): {ip: string; mac: string; on: boolean} {
  const {address, state} = container
  const on = address > 0 && (state === 'running' || state === 'paused')
  return {on, ip: on ? `172.17.${address >> 8}.${address & 255}` : '', mac: on ? macOf(address) : ''}
}

/** What a container has on its network. */
export function endpoints(container: Container, network: Network | undefined, release: Release): Json {
  const {ip, mac, on} = addressOf(container)
  const name = networkName(container.host, release)
  const started = container.startedAt > 0
  const head = {IPAMConfig: null, Links: null, Aliases: null}
  const tail = {
    NetworkID: started ? (network?.id ?? '') : '',
    EndpointID: on || (started && name === 'host') ? container.endpoint : '',
    Gateway: on ? (network?.gateway ?? '172.17.0.1') : '',
    IPAddress: ip,
    IPPrefixLen: on ? 16 : 0,
    IPv6Gateway: '',
    GlobalIPv6Address: '',
    GlobalIPv6PrefixLen: 0,
  }
  const endpoint = release.old
    ? {...head, ...tail, MacAddress: mac, DriverOpts: null}
    : {...head, MacAddress: mac, ...tail, DriverOpts: null, DNSNames: null}
  return name === 'none' && !started ? {} : {[name]: endpoint}
}

function networkSettings(container: Container, network: Network | undefined, release: Release): Json {
  const {ip, mac, on} = addressOf(container)
  const live = container.state === 'running' || container.state === 'paused'
  const sandbox = container.startedAt > 0 ? container.sandbox : ''
  const key = sandbox === '' ? '' : `/var/run/docker/netns/${sandbox.slice(0, 12)}`
  const ports = live ? portMap(container) : {}
  return {
    Bridge: '',
    SandboxID: sandbox,
    ...(release.old ? {} : {SandboxKey: key, Ports: ports}),
    HairpinMode: false,
    LinkLocalIPv6Address: '',
    LinkLocalIPv6PrefixLen: 0,
    ...(release.old ? {Ports: ports, SandboxKey: key} : {}),
    SecondaryIPAddresses: null,
    SecondaryIPv6Addresses: null,
    EndpointID: on ? container.endpoint : '',
    Gateway: on ? (network?.gateway ?? '172.17.0.1') : '',
    GlobalIPv6Address: '',
    GlobalIPv6PrefixLen: 0,
    IPAddress: ip,
    IPPrefixLen: on ? 16 : 0,
    IPv6Gateway: '',
    MacAddress: mac,
    Networks: endpoints(container, network, release),
  }
}

/** Ports that the container exposes, and where they lead to. */
function portMap({config, host}: Container): Json {
  const bindings = object(host.PortBindings)
  const exposed = new Set([...Object.keys(object(config.ExposedPorts)), ...Object.keys(bindings)])
  return Object.fromEntries(
    [...exposed].map((port) => {
      const bound = Array.isArray(bindings[port]) ? bindings[port].map(object) : []
      const shown = bound.map(({HostIp: ip, HostPort: to}) => ({HostIp: text(ip) || '0.0.0.0', HostPort: text(to)}))
      return [port, shown.length === 0 ? null : shown]
    }),
  )
}

export function portsJson(container: Container): readonly Json[] {
  if (container.state !== 'running' && container.state !== 'paused') return []
  return Object.entries(portMap(container)).flatMap(([key, bound]) => {
    const [number = '', type = 'tcp'] = key.split('/')
    const own = {PrivatePort: Number(number) || 0, Type: type}
    if (!Array.isArray(bound)) return [own]
    return bound.map((to: Json) => ({
      IP: text(to.HostIp),
      PrivatePort: own.PrivatePort,
      PublicPort: Number(text(to.HostPort)) || 0,
      Type: type,
    }))
  })
}

export function mountsJson({host}: Container): readonly Json[] {
  const binds = strings(host.Binds).map((bind) => bind.split(':'))
  const mounts = Array.isArray(host.Mounts) ? host.Mounts.map(object) : []
  return [
    ...binds.map(([source = '', target = '', mode = '']) =>
      mountJson(source, target, mode, !mode.split(',').includes('ro')),
    ),
    ...mounts.map((mount) => mountJson(text(mount.Source), text(mount.Target), '', mount.ReadOnly !== true)),
  ].slice(0, 16)
}

function mountJson(source: string, target: string, mode: string, writable: boolean): Json {
  if (source.startsWith('/')) {
    const propagation = source === '/' ? 'rslave' : 'rprivate'
    return {Type: 'bind', Source: source, Destination: target, Mode: mode, RW: writable, Propagation: propagation}
  }
  return {
    Type: 'volume',
    Name: source,
    Source: `${ROOT}/volumes/${source}/_data`,
    Destination: target,
    Driver: 'local',
    Mode: mode === '' ? 'z' : mode,
    RW: writable,
    Propagation: '',
  }
}

export function stateJson(container: Container): Json {
  const {state, exitCode, error, pid, startedAt, finishedAt, id} = container
  const live = state === 'running' || state === 'paused'
  return {
    Status: state,
    Running: live,
    Paused: state === 'paused',
    Restarting: false,
    OOMKilled: false,
    Dead: false,
    Pid: live ? pid : 0,
    ExitCode: exitCode,
    Error: error,
    StartedAt: timestamp(startedAt, id.slice(8)),
    FinishedAt: timestamp(finishedAt, id.slice(16)),
  }
}

export function inspectJson(
  container: Container,
  release: Release,
  {network, layer}: {network: Network | undefined; layer: string},
): Json {
  const {id} = container
  const begun = container.startedAt > 0 || container.error !== ''
  const own = (name: string): string => (begun ? `${ROOT}/containers/${id}/${name}` : '')
  const over = `${ROOT}/overlay2/${container.sandbox.split('').reverse().join('')}`
  const execs = container.state === 'running' && container.execs.length > 0 ? container.execs : null
  return {
    Id: id,
    Created: timestamp(container.created, id),
    Path: container.path,
    Args: container.args,
    State: stateJson(container),
    Image: container.imageId,
    ResolvConfPath: own('resolv.conf'),
    HostnamePath: own('hostname'),
    HostsPath: own('hosts'),
    LogPath: own(`${id}-json.log`),
    Name: `/${container.name}`,
    RestartCount: 0,
    Driver: 'overlay2',
    Platform: 'linux',
    MountLabel: '',
    ProcessLabel: '',
    AppArmorProfile: begun ? (container.host.Privileged === true ? 'unconfined' : 'docker-default') : '',
    ExecIDs: execs,
    HostConfig: hostConfig(container, release),
    GraphDriver: {
      Data: {
        LowerDir: `${over}-init/diff:${ROOT}/overlay2/${layer}/diff`,
        MergedDir: `${over}/merged`,
        UpperDir: `${over}/diff`,
        WorkDir: `${over}/work`,
      },
      Name: 'overlay2',
    },
    Mounts: mountsJson(container),
    Config: configJson(container.config),
    NetworkSettings: networkSettings(container, network, release),
  }
}

export function listJson(
  container: Container,
  release: Release,
  {network, now, size}: {network: Network | undefined; now: number; size: number | null},
): Json {
  return {
    Id: container.id,
    Names: [`/${container.name}`],
    Image: container.image,
    ImageID: container.imageId,
    Command: commandLine(container),
    Created: Math.floor(container.created / 1000),
    Ports: portsJson(container),
    ...(size === null ? {} : {SizeRootFs: size}),
    Labels: container.config.Labels ?? null,
    State: container.state,
    Status: status(container, now),
    HostConfig: {NetworkMode: networkMode(container.host, release)},
    NetworkSettings: {Networks: endpoints(container, network, release)},
    Mounts: mountsJson(container),
  }
}
