import {createSocket} from 'node:dgram'
import {setTimeout as sleep} from 'node:timers/promises'

/** RFC 863: what it gets is thrown away. */
const DISCARD_PORT = 9
/** At most 50 requests a second. */
const PACE_MS = 20

/**
 * Makes the kernel ask the LAN for the MAC of each address, by having something to send to it: an empty datagram. Needs
 * no privilege, and an address of this host's in the same subnet. The answers are in `/proc/net/arp`, soon after.
 */
export async function solicit(addresses: readonly string[], signal: AbortSignal): Promise<void> {
  const socket = createSocket('udp4')
  // An address that nobody has comes back as an error some seconds later, and says nothing new.
  socket.on('error', () => {})
  try {
    for (const address of addresses) {
      socket.send('', DISCARD_PORT, address, () => {})
      await sleep(PACE_MS, undefined, {signal})
    }
  } finally {
    socket.close()
  }
}
