import {existsSync} from 'node:fs'
import {INTRUDER_INTERFACE, inNamespace, LAN_INTERFACE, type LabLayout} from './layout.ts'
import {capture, must} from './process.ts'

/**
 * Makes the LAN: two network namespaces joined by one cable (a veth pair). No address of it is reachable from the
 * machine's own interfaces, and nothing inside can leave.
 */
export async function createNetwork(layout: LabLayout): Promise<void> {
  const {namespace, intruderNamespace, prefix} = layout
  await must('ip', ['netns', 'add', namespace])
  await must('ip', ['netns', 'add', intruderNamespace])
  await must('ip', [
    'link',
    'add',
    LAN_INTERFACE,
    'netns',
    namespace,
    'type',
    'veth',
    'peer',
    'name',
    INTRUDER_INTERFACE,
    'netns',
    intruderNamespace,
  ])
  await script(namespace, [
    'ip link set lo up',
    `ip link set ${LAN_INTERFACE} up`,
    `ip addr add ${layout.address}/${prefix} dev ${LAN_INTERFACE}`,
    `ip route add default via ${layout.gateway}`,
  ])
  // The far end also is the LAN's router, so that the gateway can be detected and answers ARP. It forwards to
  // nowhere: what leaves the subnet gets "network unreachable" at once and no time-out.
  await script(intruderNamespace, [
    'ip link set lo up',
    `ip link set ${INTRUDER_INTERFACE} up`,
    `ip addr add ${layout.intruderAddress}/${prefix} dev ${INTRUDER_INTERFACE}`,
    `ip addr add ${layout.gateway}/${prefix} dev ${INTRUDER_INTERFACE}`,
    'echo 1 > /proc/sys/net/ipv4/ip_forward',
  ])
}

async function script(namespace: string, lines: readonly string[]): Promise<void> {
  await must(...inNamespace(namespace, 'sh', ['-ec', lines.join('\n')]))
}

export function namespaceExists(namespace: string): boolean {
  return existsSync(`/run/netns/${namespace}`)
}

/** Deletes both namespaces, and with them the cable and every macvlan on it. */
export async function deleteNetwork(layout: LabLayout): Promise<void> {
  for (const namespace of [layout.namespace, layout.intruderNamespace]) {
    if (!namespaceExists(namespace)) continue
    const outcome = await capture('ip', ['netns', 'delete', namespace])
    if (outcome.code !== 0 && namespaceExists(namespace)) throw new Error(outcome.stderr.trim())
  }
}
