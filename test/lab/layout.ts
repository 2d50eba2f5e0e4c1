import {isIPv4} from 'node:net'
import {join} from 'node:path'

/** Where everything of one lab is; a pure function of its name and subnet. */
export interface LabLayout {
  readonly name: string
  readonly directory: string
  readonly socket: string
  readonly pidFile: string
  readonly containerdSocket: string
  readonly containerdPidFile: string
  readonly dockerdLog: string
  readonly containerdLog: string
  readonly stateDir: string
  readonly binDir: string
  readonly recordFile: string
  readonly namespace: string
  readonly intruderNamespace: string
  readonly cgroup: string
  readonly subnet: string
  readonly prefix: number
  /** Address of `lan0`, the parent interface of the deckies. */
  readonly address: string
  readonly intruderAddress: string
  readonly gateway: string
}

export const LAB_PARENT = '/var/tmp'
export const LAB_DIRECTORY_PREFIX = 'decnet-lab-'
export const DEFAULT_SUBNET = '10.77.0.0/24'

/** Parent interface inside the lab's namespace, and the intruder's end of the cable. */
export const LAN_INTERFACE = 'lan0'
export const INTRUDER_INTERFACE = 'atk0'

// A unix socket's path has at most 107 bytes, and the daemons append up to 60 to the directory.
const NAME = /^[a-z][a-z0-9-]{0,23}$/
const SUBNET = /^(10\.\d{1,3}|172\.(?:1[6-9]|2\d|3[01])|192\.168)\.(\d{1,3})\.0\/(1[6-9]|2[0-4])$/

export const isLabName = (name: string): boolean => NAME.test(name)

/**
 * @throws RangeError for a name or subnet that a lab cannot have.
 */
export function layoutOf(name: string, subnet: string = DEFAULT_SUBNET): LabLayout {
  if (!isLabName(name)) {
    throw new RangeError(`"${name}" is no lab name: use up to 24 of a-z, 0-9 and "-", beginning with a letter`)
  }
  const match = SUBNET.exec(subnet)
  const prefix = Number(match?.[3])
  const network = `${match?.[1]}.${match?.[2]}`
  if (match === null || !isIPv4(`${network}.0`) || Number(match[2]) % 2 ** (24 - prefix) !== 0) {
    throw new RangeError(`"${subnet}" is no lab subnet: use a private network ending in .0 with a prefix of 16 to 24`)
  }
  const directory = join(LAB_PARENT, LAB_DIRECTORY_PREFIX + name)
  return {
    name,
    directory,
    socket: join(directory, 'docker.sock'),
    pidFile: join(directory, 'docker.pid'),
    containerdSocket: join(directory, 'containerd.sock'),
    containerdPidFile: join(directory, 'containerd.pid'),
    dockerdLog: join(directory, 'dockerd.log'),
    containerdLog: join(directory, 'containerd.log'),
    stateDir: join(directory, 'state'),
    binDir: join(directory, 'bin'),
    recordFile: join(directory, 'lab.json'),
    namespace: `decnet-${name}`,
    intruderNamespace: `decnet-${name}-intruder`,
    cgroup: LAB_DIRECTORY_PREFIX + name,
    subnet,
    prefix,
    address: `${network}.2`,
    // Not where a large fleet gets its addresses, from the first one on.
    intruderAddress: `${network}.250`,
    gateway: `${network}.1`,
  }
}

/** Arguments that make `nsenter` run a command in a network namespace and nowhere else. */
export function inNamespace(namespace: string, command: string, args: readonly string[]): [string, string[]] {
  // Not `ip netns exec`: that remounts /sys, and dockerd 20.10 then finds no devices cgroup.
  return ['nsenter', [`--net=/run/netns/${namespace}`, '--', command, ...args]]
}
