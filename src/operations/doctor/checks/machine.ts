import {hypervisorOf} from '../../../network/hypervisor.ts'
import {moduleState} from '../../../network/kernel-module.ts'
import {moduleProblem} from '../../../network/parent.ts'
import {type Check, failed, ofParent, ok, skipped, warning} from '../check.ts'
import type {DoctorFacts} from '../facts.ts'

const ELSEWHERE = skipped('deckies run on another machine: run decnet doctor there')

/** Bits of `capabilities(7)`. */
const CAP_NET_ADMIN = 12
const CAP_NET_RAW = 13

export const kernelModules: Check = {
  id: 'kernel-modules',
  group: 'machine',
  title: 'Kernel drivers',
  why: 'macvlan or ipvlan gives each decky an address of its own on the LAN.',
  engine: 'docker',
  async run(facts) {
    if (!facts.local || facts.host.platform !== 'linux') return ELSEWHERE
    const network = await facts.knownNetwork()
    const driver = network?.network.driver ?? facts.request.spec?.general.driver ?? 'macvlan'
    const found = ['macvlan', 'ipvlan'].map((name) => `${name} ${moduleState(facts.host, name)}`).join(', ')
    return ofParent(moduleProblem(facts.host, driver), found)
  },
}

export const virtualSwitch: Check = {
  id: 'virtual-switch',
  group: 'machine',
  title: 'Virtual switch',
  why: 'A virtual switch drops frames of MAC addresses that it did not give out, and every decky has its own.',
  engine: 'docker',
  async run(facts) {
    if (!facts.local) return ELSEWHERE
    const hypervisor = hypervisorOf(facts.host)
    if (hypervisor === null) return ok('this is no virtual machine')
    const network = await facts.knownNetwork()
    if (network?.network.driver === 'ipvlan' && hypervisor.bridgeable) {
      return ok(`a guest of ${hypervisor.name}, and ipvlan uses the machine's own MAC address`)
    }
    return warning(`this machine is a guest of ${hypervisor.name}`, hypervisor.advice)
  },
}

export const probePrivileges: Check = {
  id: 'probe-privileges',
  group: 'machine',
  title: 'Probe privileges',
  why: 'An ARP probe that no neighbour remembers (RFC 5227) needs a raw socket, and those need CAP_NET_RAW.',
  engine: 'docker',
  run(facts) {
    if (!facts.request.probeLan) return skipped('only with --probe-lan')
    const held = capabilities(facts)
    if (held === null) return skipped('this system does not tell')
    const missing = [...(held(CAP_NET_ADMIN) ? [] : ['CAP_NET_ADMIN']), ...(held(CAP_NET_RAW) ? [] : ['CAP_NET_RAW'])]
    if (missing.length === 0) return ok('CAP_NET_ADMIN and CAP_NET_RAW are held')
    return warning(
      `${missing.join(' and ')} not held; the kernel is made to ask instead`,
      'sudo decnet doctor --probe-lan',
    )
  },
}

/** Whether the process has a capability; null: not told. */
export function capabilities({host}: Pick<DoctorFacts, 'host'>): ((bit: number) => boolean) | null {
  const mask = /^CapEff:\s*([0-9a-f]+)$/m.exec(host.read('/proc/self/status') ?? '')?.[1]
  if (mask === undefined) return null
  const bits = BigInt(`0x${mask}`)
  return (bit) => ((bits >> BigInt(bit)) & 1n) === 1n
}

/** No clock of a machine that could run this is behind it. */
const EARLIEST = Date.UTC(2025, 0, 1)

export const clock: Check = {
  id: 'clock',
  group: 'machine',
  title: 'Clock',
  why: 'Evidence is worth as much as its times, and TLS to a remote engine fails with a wrong clock.',
  async run({deps}, signal) {
    const now = deps.now()
    if (now.getTime() < EARLIEST) return failed(`says ${now.toISOString()}`, 'timedatectl set-ntp true')
    const timedatectl = await deps.surroundings.run('timedatectl', ['show', '-p', 'NTPSynchronized', '--value'], signal)
    const synchronised = timedatectl?.code === 0 ? timedatectl.output.trim() : ''
    if (synchronised === 'no') return warning('is not kept by a time server', 'timedatectl set-ntp true')
    const shown = now.toISOString().slice(0, 16)
    return ok(
      synchronised === 'yes' ? `${shown}Z, kept by a time server` : `${shown}Z; nothing here tells whether it is kept`,
    )
  },
}
