import type {OsName, OsProfile} from '../fleet/catalog.ts'

interface StackTraits {
  readonly ttl: number
  readonly synRetries: number
  readonly timestamps: 0 | 1
  readonly windowScaling: 0 | 1
  readonly sack: 0 | 1
  /** 0 never, 1 always, 2 when asked. */
  readonly ecn: 0 | 1 | 2
  /** 1: packets go out without the don't-fragment bit. */
  readonly noPathMtuDiscovery: 0 | 1
  readonly finTimeoutSeconds: number
  /** Milliseconds between ICMP errors of one kind; 0: no limit. */
  readonly icmpRateLimit: number
  readonly icmpRateMask: number
}

/** Only keys that the kernel keeps per network namespace: others cannot be set on one container. */
function sysctls(traits: StackTraits): Record<string, string> {
  return {
    'net.ipv4.icmp_ratelimit': String(traits.icmpRateLimit),
    'net.ipv4.icmp_ratemask': String(traits.icmpRateMask),
    'net.ipv4.ip_default_ttl': String(traits.ttl),
    'net.ipv4.ip_no_pmtu_disc': String(traits.noPathMtuDiscovery),
    'net.ipv4.tcp_ecn': String(traits.ecn),
    'net.ipv4.tcp_fin_timeout': String(traits.finTimeoutSeconds),
    'net.ipv4.tcp_sack': String(traits.sack),
    'net.ipv4.tcp_syn_retries': String(traits.synRetries),
    'net.ipv4.tcp_timestamps': String(traits.timestamps),
    'net.ipv4.tcp_window_scaling': String(traits.windowScaling),
  }
}

const UNIX: StackTraits = {
  ttl: 64,
  synRetries: 6,
  timestamps: 1,
  windowScaling: 1,
  sack: 1,
  ecn: 2,
  noPathMtuDiscovery: 0,
  finTimeoutSeconds: 60,
  icmpRateLimit: 1000,
  icmpRateMask: 6168,
}

const WINDOWS: StackTraits = {
  ...UNIX,
  ttl: 128,
  synRetries: 2,
  ecn: 0,
  finTimeoutSeconds: 30,
  icmpRateLimit: 0,
  icmpRateMask: 0,
}

/** Small stacks of printers, cameras and network gear: no TCP options, full TTL, no path MTU discovery. */
const MINIMAL: StackTraits = {
  ttl: 255,
  synRetries: 3,
  timestamps: 0,
  windowScaling: 0,
  sack: 0,
  ecn: 0,
  noPathMtuDiscovery: 1,
  finTimeoutSeconds: 15,
  icmpRateLimit: 0,
  icmpRateMask: 0,
}

const DELL = ['00:14:22', 'd4:be:d9', 'f8:b1:56', 'b8:ca:3a', '18:66:da', '90:b1:1c', '24:6e:96', 'ec:f4:bb']
const HP = ['3c:d9:2b', '94:57:a5', '9c:b6:54']
const SUPERMICRO = ['ac:1f:6b', '00:25:90', '0c:c4:7a']
const INTEL = ['00:1b:21', 'a0:36:9f']
const VMWARE = ['00:50:56', '00:0c:29']
const HYPER_V = ['00:15:5d']

const PROFILES: readonly OsProfile[] = [
  {name: 'linux', ouis: [...DELL, ...HP, ...SUPERMICRO, ...VMWARE], sysctls: sysctls(UNIX)},
  {name: 'windows', ouis: [...DELL, ...HP, ...INTEL], sysctls: sysctls(WINDOWS)},
  {name: 'windows_server', ouis: [...DELL, ...HP, ...VMWARE, ...HYPER_V], sysctls: sysctls({...WINDOWS, ecn: 1})},
  {name: 'bsd', ouis: [...SUPERMICRO, ...INTEL], sysctls: sysctls({...UNIX, ecn: 0, icmpRateLimit: 250})},
  {name: 'embedded', ouis: ['ac:cc:8e', '00:40:8c', '00:90:fb', '00:d0:c9'], sysctls: sysctls(MINIMAL)},
  {
    name: 'cisco',
    ouis: ['00:1a:a1', '00:0c:ce', '00:1e:bd', '58:97:bd', '70:db:98'],
    sysctls: sysctls({...MINIMAL, synRetries: 2}),
  },
]

export const OS_PROFILES: ReadonlyMap<OsName, OsProfile> = new Map(PROFILES.map((profile) => [profile.name, profile]))

export const OS_ALIASES: ReadonlyMap<string, OsName> = new Map<string, OsName>([
  ['windows-server', 'windows_server'],
  ['winserver', 'windows_server'],
  ['win', 'windows'],
  ['freebsd', 'bsd'],
  ['ios', 'cisco'],
])

/** Vendor prefixes of machines that are more than an operating system. The printer that is played is one of HP's. */
export const PRINTER_OUIS = HP
export const HP_OUIS = HP
export const VIRTUAL_OUIS = [...VMWARE, ...HYPER_V]
/** Synology. */
export const NAS_OUIS = ['00:11:32']
/** Axis. */
export const CAMERA_OUIS = ['ac:cc:8e', '00:40:8c']
/** Siemens. */
export const AUTOMATION_OUIS = ['00:1b:1b', '00:0e:8c']
