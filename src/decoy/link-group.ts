/** Multicast on the decky's own link. */
import type {Socket} from 'node:dgram'

import {linksOf} from './own-links.ts'
import type {LinkGroup} from './service.ts'

/** 224.0.0.0/24: no router passes it on (RFC 5771 §4). Everything else is a bug of the service's. */
export function expectLinkGroup({address}: Pick<LinkGroup, 'address'>): void {
  if (!/^224\.0\.0\.\d{1,3}$/.test(address)) throw new RangeError(`${address} is no group of the link`)
}

/** From which link a socket speaks to groups; without it the system takes the one of its default route. */
export function speakOnLink(socket: Socket, {ttl}: Pick<LinkGroup, 'ttl'>, bind: string): void {
  const [link] = linksOf(bind)
  socket.setMulticastTTL(ttl)
  // What the decky says itself is no news to it.
  socket.setMulticastLoopback(false)
  if (link !== undefined) socket.setMulticastInterface(ownAddress(bind, link.address))
}

/**
 * Makes a bound socket hear a group. Where that cannot be, as on the loopback addresses of the embedded engine, it goes on
 * hearing what is sent to its own address.
 */
export function joinGroup(socket: Socket, group: LinkGroup, bind: string): void {
  try {
    speakOnLink(socket, group, bind)
    const [link] = linksOf(bind)
    if (link !== undefined) socket.addMembership(group.address, ownAddress(bind, link.address))
  } catch {
    // Nobody multicasts there.
  }
}

const ownAddress = (bind: string, interfaceAddress: string): string => (bind === '0.0.0.0' ? interfaceAddress : bind)
