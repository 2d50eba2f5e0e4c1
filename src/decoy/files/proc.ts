/** `/proc`, made when it is read. */
import type {ImageFacts} from './image.ts'
import type {ImageBuilder} from './image-builder.ts'

export function buildProc(image: ImageBuilder, facts: ImageFacts): void {
  const {persona, profile, kernel, hardware, now} = facts
  const uptime = (): number => Math.max(60, (now() - persona.bootedAt(now())) / 1000)
  const put = (path: string, content: () => string): void => {
    image.file(path, content, {mode: 0o444, mtime: Math.floor(now() / 1000)})
  }
  image.directory('/proc/net', {fixed: true})
  image.directory('/proc/self', {fixed: true})
  image.directory('/proc/1', {fixed: true})
  image.directory('/proc/sys/kernel', {fixed: true})
  put('/proc/version', () => `Linux version ${kernel.release} ${kernel.compiler} ${kernel.build}\n`)
  put('/proc/uptime', () => `${uptime().toFixed(2)} ${(uptime() * hardware.cores * 0.97).toFixed(2)}\n`)
  put(
    '/proc/loadavg',
    () =>
      `0.0${persona.integer('load', 0, 9)} 0.0${persona.integer('load5', 0, 9)} 0.00 1/${persona.integer('threads', 110, 260)} ${pid(uptime())}\n`,
  )
  put('/proc/cpuinfo', () => Array.from({length: hardware.cores}, (_, core) => cpu(facts, core)).join('\n'))
  put('/proc/meminfo', () => memory(facts))
  put('/proc/mounts', () => mounts())
  put('/proc/cmdline', () => `BOOT_IMAGE=/boot/vmlinuz-${kernel.release} root=/dev/sda1 ro quiet\n`)
  put('/proc/filesystems', () => 'nodev\tsysfs\nnodev\ttmpfs\nnodev\tproc\n\text4\n')
  put(
    '/proc/net/tcp',
    () => '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n',
  )
  put('/proc/self/mounts', () => mounts())
  put('/proc/self/cgroup', () => '0::/user.slice/user-0.slice/session-1.scope\n')
  put('/proc/1/cgroup', () => '0::/init.scope\n')
  put('/proc/1/comm', () => (profile.family === 'alpine' ? 'init\n' : 'systemd\n'))
  put('/proc/1/cmdline', () => (profile.family === 'alpine' ? '/sbin/init\0' : '/sbin/init\0splash\0'))
  put('/proc/sys/kernel/hostname', () => `${persona.hostname}\n`)
  put('/proc/sys/kernel/osrelease', () => `${kernel.release}\n`)
  put('/proc/sys/kernel/ostype', () => 'Linux\n')
}

/** Process ids grow with time, as on a machine that runs cron jobs. */
export function pid(uptimeSeconds: number): number {
  return 1000 + (Math.floor(uptimeSeconds / 7) % 30_000)
}

function mounts(): string {
  return [
    'sysfs /sys sysfs rw,nosuid,nodev,noexec,relatime 0 0',
    'proc /proc proc rw,nosuid,nodev,noexec,relatime 0 0',
    'udev /dev devtmpfs rw,nosuid,relatime,size=1988552k,nr_inodes=497138,mode=755 0 0',
    'devpts /dev/pts devpts rw,nosuid,noexec,relatime,gid=5,mode=620,ptmxmode=000 0 0',
    'tmpfs /run tmpfs rw,nosuid,nodev,noexec,relatime,size=401456k,mode=755 0 0',
    '/dev/sda1 / ext4 rw,relatime,errors=remount-ro 0 0',
    'tmpfs /dev/shm tmpfs rw,nosuid,nodev 0 0',
    '',
  ].join('\n')
}

function cpu({hardware}: ImageFacts, core: number): string {
  const intel = hardware.cpu.startsWith('Intel')
  const rows: readonly (readonly [string, string | number])[] = [
    ['processor\t', core],
    ['vendor_id\t', intel ? 'GenuineIntel' : 'AuthenticAMD'],
    ['cpu family\t', intel ? 6 : 23],
    ['model\t\t', intel ? 85 : 49],
    ['model name\t', hardware.cpu],
    ['stepping\t', intel ? 7 : 0],
    ['cpu MHz\t\t', hardware.mhz.toFixed(3)],
    ['cache size\t', intel ? '28160 KB' : '512 KB'],
    ['physical id\t', 0],
    ['siblings\t', hardware.cores],
    ['core id\t\t', core],
    ['cpu cores\t', hardware.cores],
    ['fpu\t\t', 'yes'],
    [
      'flags\t\t',
      'fpu vme de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat pse36 clflush mmx fxsr sse sse2 ss ht syscall nx rdtscp lm constant_tsc rep_good nopl xtopology cpuid pni pclmulqdq ssse3 fma cx16 sse4_1 sse4_2 movbe popcnt aes xsave avx f16c rdrand hypervisor lahf_lm abm bmi1 avx2 bmi2 rdseed adx',
    ],
    ['bogomips\t', (hardware.mhz * 2).toFixed(2)],
    ['address sizes\t', '46 bits physical, 48 bits virtual'],
  ]
  return `${rows.map(([name, value]) => `${name}: ${value}`).join('\n')}\n`
}

export interface MemoryUse {
  readonly total: number
  readonly free: number
  readonly available: number
  readonly cached: number
  readonly buffers: number
}

/** KiB. */
export function memoryUse({hardware, persona}: Pick<ImageFacts, 'hardware' | 'persona'>): MemoryUse {
  const total = hardware.memory
  const used = Math.floor((total * persona.integer('memory used', 15, 40)) / 100)
  const cached = Math.floor((total * persona.integer('memory cached', 20, 35)) / 100)
  const buffers = Math.floor(total / 60)
  return {total, free: total - used - cached - buffers, available: total - used - buffers, cached, buffers}
}

function memory(facts: ImageFacts): string {
  const {total, free, available, cached, buffers} = memoryUse(facts)
  const row = (name: string, value: number): string => `${`${name}:`.padEnd(16)}${String(value).padStart(8)} kB\n`
  return [
    row('MemTotal', total),
    row('MemFree', free),
    row('MemAvailable', available),
    row('Buffers', buffers),
    row('Cached', cached),
    row('SwapCached', 0),
    row('SwapTotal', 999_420),
    row('SwapFree', 999_420),
  ].join('')
}
