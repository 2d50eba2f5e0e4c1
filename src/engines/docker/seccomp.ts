/**
 * The seccomp profile of every container: a taken-over decoy can answer whoever connected to it, and can open no
 * way to anything else.
 *
 * It allows by default, because V8 and libuv change their system calls from release to release, and refuses what
 * reaches out of the container. Only the native architecture is listed, so that the 32-bit and x32 entry points, which
 * have other numbers for the same calls, kill the process. What remains to an intruder inside: to listen on further
 * ports, and, in a decky that has a UDP service, to send datagrams anywhere.
 */

/** From linux/socket.h. */
const AF_INET = 2
const AF_INET6 = 10
const AF_NETLINK = 16
const SOCK_TYPE_MASK = 0xf
const MSG_FASTOPEN = 0x2000_0000
const IPPROTO_TCP = 6
/** Datagram, raw, reliable datagram, seqpacket (SCTP), DCCP, packet. */
const SOCK_DGRAM = 2
const OTHER_SOCKET_TYPES = [3, 4, 5, 6, 10]
/** Everything below netlink that is neither unix (1) nor internet (2, 10). */
const OLD_FAMILIES = [0, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14, 15]
/** CLONE_NEW{TIME,NS,CGROUP,UTS,IPC,USER,PID,NET} */
const NAMESPACE_FLAGS = [0x80, 0x2_0000, 0x200_0000, 0x400_0000, 0x800_0000, 0x1000_0000, 0x2000_0000, 0x4000_0000]
const ENOSYS = 38

const REFUSED = [
  // New connections. io_uring performs socket calls that no filter sees.
  'connect',
  'socketcall',
  'io_uring_setup',
  'io_uring_enter',
  'io_uring_register',
  // Other processes and namespaces.
  'ptrace',
  'process_vm_readv',
  'process_vm_writev',
  'process_madvise',
  'kcmp',
  'pidfd_getfd',
  'unshare',
  'setns',
  // File systems.
  'mount',
  'umount',
  'umount2',
  'mount_setattr',
  'move_mount',
  'open_tree',
  'fsopen',
  'fsconfig',
  'fsmount',
  'fspick',
  'pivot_root',
  'chroot',
  'mknod',
  'mknodat',
  'name_to_handle_at',
  'open_by_handle_at',
  'fanotify_init',
  'quotactl',
  'quotactl_fd',
  'swapon',
  'swapoff',
  // The kernel itself.
  'bpf',
  'perf_event_open',
  'userfaultfd',
  'keyctl',
  'add_key',
  'request_key',
  'kexec_load',
  'kexec_file_load',
  'init_module',
  'finit_module',
  'delete_module',
  'create_module',
  'lookup_dcookie',
  'acct',
  'reboot',
  'settimeofday',
  'stime',
  'clock_settime',
  'clock_settime64',
  'clock_adjtime',
  'clock_adjtime64',
  'adjtimex',
  'iopl',
  'ioperm',
  'uselib',
  'ustat',
  'sysfs',
  '_sysctl',
  'vm86',
  'vm86old',
  'modify_ldt',
  'syslog',
  'vhangup',
]

interface Argument {
  readonly index: number
  readonly value: number
  readonly valueTwo?: number
  readonly op: 'SCMP_CMP_EQ' | 'SCMP_CMP_GT' | 'SCMP_CMP_MASKED_EQ'
}

const equals = (index: number, value: number): Argument => ({index, value, op: 'SCMP_CMP_EQ'})
const above = (index: number, value: number): Argument => ({index, value, op: 'SCMP_CMP_GT'})
const masked = (index: number, mask: number, value: number): Argument => ({
  index,
  value: mask,
  valueTwo: value,
  op: 'SCMP_CMP_MASKED_EQ',
})

const refuse = (name: string, args: readonly Argument[]) => ({names: [name], action: 'SCMP_ACT_ERRNO', args})

function socketRules(udp: boolean) {
  const types = udp ? OTHER_SOCKET_TYPES : [SOCK_DGRAM, ...OTHER_SOCKET_TYPES]
  const internet = [AF_INET, AF_INET6].flatMap((family) => [
    ...types.map((type) => refuse('socket', [equals(0, family), masked(1, SOCK_TYPE_MASK, type)])),
    // MPTCP and SCTP stream sockets connect by other means than connect(); UDP's own number is not above UDP.
    refuse('socket', [equals(0, family), masked(1, SOCK_TYPE_MASK, 1), above(2, IPPROTO_TCP)]),
  ])
  return [
    ...OLD_FAMILIES.map((family) => refuse('socket', [equals(0, family)])),
    refuse('socket', [above(0, AF_NETLINK)]),
    ...internet,
  ]
}

/** A TCP SYN with data needs no connect(). Flags are the 4th argument of sendto and sendmmsg, the 3rd of sendmsg. */
const FAST_OPEN_RULES = [
  refuse('sendto', [masked(3, MSG_FASTOPEN, MSG_FASTOPEN)]),
  refuse('sendmmsg', [masked(3, MSG_FASTOPEN, MSG_FASTOPEN)]),
  refuse('sendmsg', [masked(2, MSG_FASTOPEN, MSG_FASTOPEN)]),
]

/** The profile as the engine wants it; `udp`: whether the container may open UDP sockets. */
export function seccompProfile(udp: boolean): string {
  return JSON.stringify({
    defaultAction: 'SCMP_ACT_ALLOW',
    syscalls: [
      {names: REFUSED, action: 'SCMP_ACT_ERRNO', args: []},
      // Its flags are behind a pointer; callers fall back to clone.
      {names: ['clone3'], action: 'SCMP_ACT_ERRNO', errnoRet: ENOSYS, args: []},
      ...NAMESPACE_FLAGS.map((flag) => refuse('clone', [masked(0, flag, flag)])),
      ...socketRules(udp),
      ...FAST_OPEN_RULES,
    ],
  })
}
