/** `docker info`. */
import {kernelOf} from '../../../kernel.ts'
import {hardwareOf} from '../../../shell/machine.ts'
import {profileOf} from '../../../shell/profiles.ts'
import type {AppResponse} from '../../http/products/product.ts'
import {type Call, json} from '../call.ts'
import {ROOT} from '../container-json.ts'
import type {Engine} from '../engine.ts'
import type {Container} from '../state.ts'

const countOf = ({containers}: Engine, states: readonly Container['state'][]): number =>
  [...containers.values()].filter(({state}) => states.includes(state)).length

/** Twelve groups of four from the base32 of a key's hash; later a UUID. */
function engineId({persona, release}: Engine): string {
  const bytes = persona.bytes('docker id', 48)
  if (!release.old) {
    const hex = bytes.toString('hex')
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`
  }
  const letters = [...bytes].map((byte) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.charAt(byte & 31)).join('')
  return letters.match(/.{4}/g)?.join(':') ?? letters
}

function warnings({plain, connection, engine}: Call): string[] {
  if (!plain) return []
  const where = `API is accessible on http://0.0.0.0:${connection.local.port} without encryption.`
  const what = `
         Access to the remote API is equivalent to root access on the host. Refer
         to the 'Docker daemon attack surface' section in the documentation for
         more information: https://docs.docker.com/go/attack-surface/`
  const end =
    '\nIn future versions this will be a hard failure preventing the daemon from starting! Learn more at: https://docs.docker.com/go/api-security/'
  return [engine.release.old ? `WARNING: ${where}${what}` : `[DEPRECATION NOTICE]: ${where}${what}${end}`]
}

export function info(call: Call): AppResponse {
  const {engine, connection} = call
  const {release, persona} = engine
  const {old} = release
  const now = connection.now()
  const hardware = hardwareOf(persona)
  const profile = profileOf(persona)
  const empty = old ? [] : null
  return json(200, {
    ID: engineId(engine),
    Containers: engine.containers.size,
    ContainersRunning: countOf(engine, ['running']),
    ContainersPaused: countOf(engine, ['paused']),
    ContainersStopped: countOf(engine, ['created', 'exited']),
    Images: engine.images.size,
    Driver: 'overlay2',
    DriverStatus: [
      ['Backing Filesystem', 'extfs'],
      ['Supports d_type', 'true'],
      ...(old ? [] : [['Using metacopy', 'false']]),
      ['Native Overlay Diff', 'true'],
      ['userxattr', 'false'],
    ],
    Plugins: {
      Volume: ['local'],
      Network: ['bridge', 'host', 'ipvlan', 'macvlan', 'null', 'overlay'],
      Authorization: null,
      Log: [
        'awslogs',
        'fluentd',
        'gcplogs',
        'gelf',
        'journald',
        'json-file',
        'local',
        ...(old ? ['logentries'] : []),
        'splunk',
        'syslog',
      ],
    },
    MemoryLimit: true,
    SwapLimit: true,
    ...(old ? {KernelMemory: false, KernelMemoryTCP: false} : {}),
    CpuCfsPeriod: true,
    CpuCfsQuota: true,
    CPUShares: true,
    CPUSet: true,
    PidsLimit: true,
    IPv4Forwarding: true,
    BridgeNfIptables: true,
    BridgeNfIp6tables: true,
    Debug: false,
    NFd: 25 + 7 * engine.containers.size + (Math.floor(now / 60_000) % 5),
    OomKillDisable: false,
    NGoroutines: 40 + 9 * engine.containers.size + (Math.floor(now / 1000) % 6),
    SystemTime: new Date(now).toISOString().replace('Z', `${persona.integer(`tick ${now}`, 100_000, 999_999)}Z`),
    LoggingDriver: 'json-file',
    CgroupDriver: 'systemd',
    CgroupVersion: '2',
    NEventsListener: 0,
    KernelVersion: kernelOf(persona.facts).release,
    OperatingSystem: profile.prettyName,
    OSVersion: profile.versionId,
    OSType: 'linux',
    Architecture: 'x86_64',
    IndexServerAddress: 'https://index.docker.io/v1/',
    RegistryConfig: {
      AllowNondistributableArtifactsCIDRs: empty,
      AllowNondistributableArtifactsHostnames: empty,
      InsecureRegistryCIDRs: ['127.0.0.0/8'],
      IndexConfigs: {'docker.io': {Name: 'docker.io', Mirrors: [], Secure: true, Official: true}},
      Mirrors: empty,
    },
    NCPU: hardware.cores,
    MemTotal: hardware.memory * 1024,
    GenericResources: null,
    DockerRootDir: ROOT,
    HttpProxy: '',
    HttpsProxy: '',
    NoProxy: '',
    Name: persona.hostname,
    Labels: [],
    ExperimentalBuild: false,
    ServerVersion: release.version,
    Runtimes: {
      'io.containerd.runc.v2': {path: 'runc'},
      ...(old ? {'io.containerd.runtime.v1.linux': {path: 'runc'}} : {}),
      runc: {path: 'runc'},
    },
    DefaultRuntime: 'runc',
    Swarm: {
      NodeID: '',
      NodeAddr: '',
      LocalNodeState: 'inactive',
      ControlAvailable: false,
      Error: '',
      RemoteManagers: null,
    },
    LiveRestoreEnabled: false,
    Isolation: '',
    InitBinary: 'docker-init',
    ContainerdCommit: {ID: release.containerd.commit, Expected: release.containerd.commit},
    RuncCommit: {ID: release.runc.commit, Expected: release.runc.commit},
    InitCommit: {ID: release.init, Expected: release.init},
    SecurityOptions: ['name=apparmor', `name=seccomp,profile=${old ? 'default' : 'builtin'}`, 'name=cgroupns'],
    ...(old ? {} : {CDISpecDirs: []}),
    Warnings: warnings(call),
  })
}
