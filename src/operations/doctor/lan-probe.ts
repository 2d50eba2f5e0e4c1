import {setTimeout as sleep} from 'node:timers/promises'

import {type AddressRange, contains, parseAddress} from '../../fleet/ipv4.ts'
import {type ArpingKind, arpingAnswer, arpingArguments, arpingKind, parseArpTable} from '../../network/arp.ts'
import type {Surroundings} from '../surroundings.ts'

export interface ProbeOutcome {
  /** MACs of those who answered, by address. */
  readonly holders: ReadonlyMap<string, string>
  /** How it was asked, for the finding. */
  readonly method: string
}

/** Probes under way at once: each sends two frames within its second. */
const PARALLEL = 8
/** The kernel asks three times, a second apart; whoever is there has answered by then. */
const SETTLE_MS = 2200
const POLL_MS = 100

export interface ProbeRequest {
  readonly device: string
  readonly subnet: AddressRange
  /** Inside the subnet. */
  readonly addresses: readonly string[]
}

/**
 * Asks the LAN who has these addresses. With a usable `arping` nobody learns anything from the question; else the
 * kernel asks, under this host's own address. Null: neither can, and nothing was sent.
 */
export async function probeLan(
  {host, run, solicit}: Surroundings,
  {device, subnet, addresses}: ProbeRequest,
  signal: AbortSignal,
): Promise<ProbeOutcome | null> {
  const kind = arpingKind((await run('arping', ['-V'], signal))?.output ?? '')
  const asked = kind === null ? null : await probeWithArping(run, {kind, device, addresses}, signal)
  if (asked !== null) return {holders: asked, method: `ARP probes of arping (${kind})`}
  // Without an address on that LAN the datagrams would leave through the default route, for strangers.
  const reachable = host.addresses()[device]?.some(({address}) => contains(subnet, parseAddress(address) ?? -1))
  if (reachable !== true) return null
  await solicit(addresses, signal)
  const deadline = performance.now() + SETTLE_MS
  for (;;) {
    const known = parseArpTable(host.read('/proc/self/net/arp') ?? '', device)
    const holders = new Map([...known].filter(([address]) => addresses.includes(address)))
    if (holders.size === addresses.length || performance.now() >= deadline) {
      return {holders, method: "the kernel's own ARP (install arping for probes that leave no trace)"}
    }
    await sleep(POLL_MS, undefined, {signal})
  }
}

/** Null: it cannot ask, most often for want of a privilege. */
async function probeWithArping(
  run: Surroundings['run'],
  {kind, device, addresses}: {kind: ArpingKind; device: string; addresses: readonly string[]},
  signal: AbortSignal,
): Promise<Map<string, string> | null> {
  const holders = new Map<string, string>()
  let able = true
  const queue = addresses.values()
  const worker = async () => {
    for (const address of queue) {
      const outcome = await run('arping', arpingArguments(kind, device, address), signal)
      const answer = outcome === null ? undefined : arpingAnswer(outcome.output)
      if (answer === undefined) able = false
      if (!able) return
      if (typeof answer === 'string') holders.set(address, answer)
    }
  }
  await Promise.all(Array.from({length: PARALLEL}, worker))
  return able ? holders : null
}
