/** What the kernel and the two programs called `arping` say of who has an address. */

/** Neighbours that answered, by address; the MAC in lower case. `/proc/net/arp`, one interface. */
export function parseArpTable(table: string, device: string): Map<string, string> {
  const rows = table
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
  return new Map(
    rows.flatMap(([address = '', , flags = '', mac = '', , interfaceName]) =>
      interfaceName === device && (Number(flags) & ATF_COMPLETE) !== 0 ? [[address, mac.toLowerCase()] as const] : [],
    ),
  )
}

/** `if_arp.h`: the MAC address is known. */
const ATF_COMPLETE = 0x2

export type ArpingKind = 'iputils' | 'habets'

/** Which `arping` it is, from what it prints when asked for its version; null: neither of the two we know. */
export function arpingKind(output: string): ArpingKind | null {
  if (/iputils/i.test(output)) return 'iputils'
  return /habets/i.test(output) ? 'habets' : null
}

/**
 * Arguments of two probes as RFC 5227 section 2.1.1 has them, with 0.0.0.0 as the sender's address, so that no
 * neighbour learns a wrong one; given up after a second.
 */
export function arpingArguments(kind: ArpingKind, device: string, address: string): string[] {
  return kind === 'iputils'
    ? ['-D', '-c', '2', '-w', '1', '-I', device, address]
    : ['-0', '-c', '2', '-w', '1', '-i', device, address]
}

/** The MAC that answered; null: nobody did; undefined: the program could not ask. */
export function arpingAnswer(output: string): string | null | undefined {
  const mac = /(?:^|[[\s])((?:[0-9a-f]{2}:){5}[0-9a-f]{2})(?:$|[\]\s])/im.exec(output)?.[1]
  if (mac !== undefined) return mac.toLowerCase()
  return /received 0 response|\b0 packets received/i.test(output) ? null : undefined
}
