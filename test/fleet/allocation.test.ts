import fc from 'fast-check'
import {describe, expect, it} from 'vitest'

import {AddressPool, type Reservations, refusal} from '../../src/fleet/allocation.ts'
import {type AddressRange, contains, formatAddress, parseAddress, subnetAt} from '../../src/fleet/ipv4.ts'

const at = (text: string): number => parseAddress(text) ?? Number.NaN

function reservations(changes: Partial<Reservations> = {}): Reservations {
  return {
    subnet: subnetAt(at('192.168.1.0'), 24),
    gateway: at('192.168.1.1'),
    host: new Set([at('192.168.1.10')]),
    exclude: [{first: at('192.168.1.100'), last: at('192.168.1.150')}],
    ...changes,
  }
}

function drain(pool: AddressPool): number[] {
  const addresses: number[] = []
  for (let next = pool.next(); next !== undefined; next = pool.next()) addresses.push(next)
  return addresses
}

describe('refusal', () => {
  it.each([
    ['192.168.2.5', 'outside the subnet 192.168.1.0/24'],
    ['192.168.1.0', 'the network address of 192.168.1.0/24'],
    ['192.168.1.255', 'the broadcast address of 192.168.1.0/24'],
    ['192.168.1.1', 'the gateway'],
    ['192.168.1.10', "this host's own address"],
    ['192.168.1.100', 'excluded by [general] exclude'],
    ['192.168.1.150', 'excluded by [general] exclude'],
    ['192.168.1.2', undefined],
    ['192.168.1.99', undefined],
    ['192.168.1.151', undefined],
    ['192.168.1.254', undefined],
  ])('%s: %s', (address, reason) => {
    expect(refusal(at(address), reservations())).toBe(reason)
  })
})

describe('AddressPool', () => {
  it('hands out usable addresses in order', () => {
    const pool = new AddressPool(reservations({subnet: subnetAt(at('192.168.1.0'), 28)}), new Set([at('192.168.1.4')]))
    expect(drain(pool).map(formatAddress)).toEqual(
      [2, 3, 5, 6, 7, 8, 9, 11, 12, 13, 14].map((last) => `192.168.1.${last}`),
    )
  })

  it.each([
    [32, []],
    [31, []],
    [30, ['10.0.0.2']],
  ])('of a /%d', (bits, expected) => {
    const small = reservations({subnet: subnetAt(at('10.0.0.0'), bits), gateway: at('10.0.0.1'), exclude: []})
    expect(drain(new AddressPool(small, new Set())).map(formatAddress)).toEqual(expected)
  })

  it('reaches the last address of the address space and stops there', () => {
    const pool = new AddressPool(
      reservations({subnet: subnetAt(0xffffff00, 24), gateway: 0xffffff01, exclude: [{first: 0, last: 0xfffffff0}]}),
      new Set(),
    )
    expect(drain(pool).map(formatAddress)).toEqual(Array.from({length: 14}, (_, index) => `255.255.255.${241 + index}`))
  })

  it('agrees with a look at every address, whatever is reserved', () => {
    const offset = fc.integer({min: 0, max: 255})
    const range = fc.tuple(fc.integer({min: -20, max: 275}), fc.integer({min: 0, max: 60})).map(
      ([first, length]): AddressRange => ({
        first: at('192.168.1.0') + first,
        last: at('192.168.1.0') + first + length,
      }),
    )
    fc.assert(
      fc.property(
        fc.integer({min: 24, max: 32}),
        offset,
        fc.array(offset),
        fc.array(range, {maxLength: 6}),
        fc.array(offset),
        (bits, gateway, host, exclude, taken) => {
          const base = at('192.168.1.0')
          const facts = reservations({
            subnet: subnetAt(base, bits),
            gateway: base + gateway,
            host: new Set(host.map((each) => base + each)),
            exclude,
          })
          const held = new Set(taken.map((each) => base + each))
          const expected = Array.from({length: 2 ** (32 - bits)}, (_, index) => base + index).filter(
            (address) => refusal(address, facts) === undefined && !held.has(address),
          )
          expect(drain(new AddressPool(facts, held))).toEqual(expected)
        },
      ),
    )
  })

  it('walks a /8 that is almost all excluded without looking at each address', () => {
    const subnet = subnetAt(at('10.0.0.0'), 8)
    const exclude = [{first: at('10.0.0.2'), last: at('10.255.255.250')}]
    const pool = new AddressPool(reservations({subnet, gateway: at('10.0.0.1'), host: new Set(), exclude}), new Set())
    const started = performance.now()
    expect(formatAddress(pool.next() ?? 0)).toBe('10.255.255.251')
    expect(performance.now() - started).toBeLessThan(50)
  })

  it('looks at each address of a /16 once, however many deckies there are', () => {
    let looks = 0
    class CountingSet extends Set<number> {
      override has(value: number): boolean {
        looks++
        return super.has(value)
      }
    }
    const subnet = subnetAt(at('10.1.0.0'), 16)
    const facts = reservations({subnet, gateway: at('10.1.0.1'), host: new Set(), exclude: []})
    const addresses = drain(new AddressPool(facts, new CountingSet()))
    expect(addresses).toHaveLength(65_533)
    expect(looks).toBeLessThanOrEqual(65_536)
    expect(addresses.every((address) => contains(subnet, address))).toBe(true)
  })
})
