/** The configuration of a container: fields in the order of the Engine, defaults where the client said nothing. */
import type {Release} from './releases.ts'
import {type Container, type Json, text} from './state.ts'

const MASKED = [
  '/proc/asound',
  '/proc/acpi',
  '/proc/kcore',
  '/proc/keys',
  '/proc/latency_stats',
  '/proc/timer_list',
  '/proc/timer_stats',
  '/proc/sched_debug',
  '/proc/scsi',
  '/sys/firmware',
]
const READONLY = ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger']

/** What a client sent, laid over the defaults; what is no field of them is dropped, as the decoder does. */
function overlay(defaults: Json, sent: Json): Json {
  return Object.fromEntries(Object.entries(defaults).map(([key, value]) => [key, sent[key] ?? value]))
}

/** The default of `NetworkMode` is what a client asked for, in the words of the release. */
export function networkMode(host: Json, {old}: Release): string {
  const asked = text(host.NetworkMode)
  if (asked !== '' && asked !== 'default') return asked
  return old ? 'default' : 'bridge'
}

export const networkName = (host: Json, release: Release): string =>
  networkMode(host, release).replace(/^default$/, 'bridge')

export function hostConfig({host, state}: Container, release: Release): Json {
  const {old} = release
  const privileged = host.Privileged === true
  const console = {ConsoleSize: [0, 0]}
  const named = !old || state !== 'created' || Object.keys(host).length > 0
  const defaults = {
    Binds: null,
    ContainerIDFile: '',
    LogConfig: {Type: 'json-file', Config: {}},
    NetworkMode: networkMode({}, release),
    PortBindings: null,
    RestartPolicy: {Name: old ? '' : 'no', MaximumRetryCount: 0},
    AutoRemove: false,
    VolumeDriver: '',
    VolumesFrom: null,
    ...(old ? {} : console),
    CapAdd: null,
    CapDrop: null,
    CgroupnsMode: privileged ? 'host' : 'private',
    Dns: null,
    DnsOptions: null,
    DnsSearch: null,
    ExtraHosts: null,
    GroupAdd: null,
    IpcMode: 'private',
    Cgroup: '',
    Links: null,
    OomScoreAdj: 0,
    PidMode: '',
    Privileged: false,
    PublishAllPorts: false,
    ReadonlyRootfs: false,
    SecurityOpt: privileged ? ['label=disable'] : null,
    UTSMode: '',
    UsernsMode: '',
    ShmSize: 67_108_864,
    ...(named ? {Runtime: 'runc'} : {}),
    ...(old ? console : {}),
    Isolation: '',
    CpuShares: 0,
    Memory: 0,
    NanoCpus: 0,
    CgroupParent: '',
    BlkioWeight: 0,
    BlkioWeightDevice: null,
    BlkioDeviceReadBps: null,
    BlkioDeviceWriteBps: null,
    BlkioDeviceReadIOps: null,
    BlkioDeviceWriteIOps: null,
    CpuPeriod: 0,
    CpuQuota: 0,
    CpuRealtimePeriod: 0,
    CpuRealtimeRuntime: 0,
    CpusetCpus: '',
    CpusetMems: '',
    Devices: null,
    DeviceCgroupRules: null,
    DeviceRequests: null,
    ...(old ? {KernelMemory: 0, KernelMemoryTCP: 0} : {}),
    MemoryReservation: 0,
    MemorySwap: 0,
    MemorySwappiness: null,
    OomKillDisable: false,
    PidsLimit: null,
    Ulimits: null,
    CpuCount: 0,
    CpuPercent: 0,
    IOMaximumIOps: 0,
    IOMaximumBandwidth: 0,
    MaskedPaths: privileged ? null : old ? MASKED : [...MASKED, '/sys/devices/virtual/powercap'],
    ReadonlyPaths: privileged ? null : READONLY,
  }
  // Empty words are left out by the clients of Go, or mean the default.
  const sent = Object.fromEntries(Object.entries(host).filter(([, value]) => value !== '' && value !== 0))
  return {...overlay(defaults, sent), NetworkMode: networkMode(host, release)}
}

const CONFIG = {
  Hostname: '',
  Domainname: '',
  User: '',
  AttachStdin: false,
  AttachStdout: false,
  AttachStderr: false,
  Tty: false,
  OpenStdin: false,
  StdinOnce: false,
  Env: null,
  Cmd: null,
  Image: '',
  Volumes: null,
  WorkingDir: '',
  Entrypoint: null,
  OnBuild: null,
  Labels: null,
} as const

/** A container's or an image's configuration; fields that are left out where they are empty stand where they stand. */
export function configJson(sent: Json): Json {
  const {ExposedPorts: exposed, StopSignal: signal} = sent
  const entries = Object.entries(overlay(CONFIG, sent)).flatMap(([key, value]) =>
    key === 'Tty' && exposed !== undefined && exposed !== null
      ? [['ExposedPorts', exposed] as const, [key, value] as const]
      : [[key, value] as const],
  )
  return Object.fromEntries(signal === undefined ? entries : [...entries, ['StopSignal', signal]])
}
