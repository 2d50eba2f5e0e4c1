import {decodeAddress} from '../../fleet/addresses.ts'
import {AddressPool, type Reservations, refusal} from '../../fleet/allocation.ts'
import {DecnetError} from '../../fleet/errors.ts'
import {contains, formatAddress, parseAddress} from '../../fleet/ipv4.ts'
import type {GeneralSpec} from '../../fleet/spec.ts'
import type {DraftDecky} from './draft.ts'
import {required} from './usage.ts'

/** Gives the deckies fixed addresses in order, from `start` on. Throws USAGE where the subnet has no room for them. */
export function fixAddresses(
  deckies: readonly DraftDecky[],
  start: string,
  general: GeneralSpec,
  own: readonly string[],
): DraftDecky[] {
  const first = required(decodeAddress(start), '--ip-start')
  const reservations = reservationsOf(general, own)
  if (reservations === undefined) {
    const hint = 'name it: --net 192.168.1.0/24'
    throw new DecnetError('USAGE', '--ip-start needs the subnet, which was not detected', {hint})
  }
  const {subnet} = reservations
  if (!contains(subnet, first)) {
    const message = `--ip-start: ${start} lies outside ${subnet.cidr}`
    throw new DecnetError('USAGE', message, {hint: `name an address of ${subnet.cidr}`})
  }
  let next = first
  return deckies.map((decky, index) => {
    while (next <= subnet.last && refusal(next, reservations) !== undefined) next++
    if (next > subnet.last) {
      const message = `from ${start} on, ${subnet.cidr} has addresses for ${index} of ${deckies.length} deckies`
      throw new DecnetError('USAGE', message, {hint: 'start earlier, exclude less, or ask for fewer deckies'})
    }
    return {...decky, ip: formatAddress(next++)}
  })
}

/** Throws USAGE where fewer than `count` addresses are left to draw from. */
export function checkRoom(count: number, general: GeneralSpec, own: readonly string[]): void {
  const reservations = reservationsOf(general, own)
  if (reservations === undefined) return
  const pool = new AddressPool(reservations, new Set())
  for (let index = 0; index < count; index++) {
    if (pool.next() !== undefined) continue
    const message = `${reservations.subnet.cidr} has free addresses for ${index} of ${count} deckies`
    throw new DecnetError('USAGE', message, {hint: 'use a larger --net, exclude less, or ask for fewer deckies'})
  }
}

function reservationsOf({net, gateway, exclude}: GeneralSpec, own: readonly string[]): Reservations | undefined {
  if (net === undefined) return undefined
  return {
    subnet: net,
    gateway: parseAddress(gateway ?? '') ?? net.first + 1,
    host: new Set(own.flatMap((address) => parseAddress(address) ?? [])),
    exclude,
  }
}
