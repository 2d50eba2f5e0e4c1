import fc from 'fast-check'
import {describe, expect, it} from 'vitest'

import {contains, formatAddress, parseAddress, parseSubnet, subnetAt} from '../../src/fleet/ipv4.ts'

const address = fc.integer({min: 0, max: 0xffffffff})
const bits = fc.integer({min: 0, max: 32})

describe('parseAddress', () => {
  it.each([
    ['0.0.0.0', 0],
    ['10.0.0.1', 0x0a000001],
    ['192.168.1.82', 0xc0a80152],
    ['255.255.255.255', 0xffffffff],
  ])('%s is %d', (text, value) => {
    expect(parseAddress(text)).toBe(value)
  })

  it.each([
    '',
    '10.0.0',
    '10.0.0.0.1',
    '10.0.0.256',
    '010.0.0.1',
    '10.0.0.01',
    '0x0a.0.0.1',
    '167772161',
    ' 10.0.0.1',
    '10.0.0.1\n',
    '10.0.0.-1',
    '10.0.0.1/24',
    '١٠.0.0.1',
    '::1',
  ])('refuses %j', (text) => {
    expect(parseAddress(text)).toBeUndefined()
  })

  it('reads back every address that it writes', () => {
    fc.assert(fc.property(address, (value) => parseAddress(formatAddress(value)) === value))
  })
})

describe('parseSubnet', () => {
  it.each([
    ['192.168.1.0/24', 0xc0a80100, 0xc0a801ff],
    ['0.0.0.0/0', 0, 0xffffffff],
    ['255.255.255.255/32', 0xffffffff, 0xffffffff],
    ['128.0.0.0/1', 0x80000000, 0xffffffff],
  ])('%s', (cidr, first, last) => {
    expect(parseSubnet(cidr)).toMatchObject({ok: true, subnet: {cidr, first, last}})
  })

  it('says which network was probably meant where host bits are set', () => {
    expect(parseSubnet('192.168.1.77/24')).toEqual({ok: false, reason: 'host-bits', suggestion: '192.168.1.0/24'})
  })

  it.each(['', '192.168.1.0', '192.168.1.0/', '192.168.1.0/33', '192.168.1.0/024', '192.168.1.0/-1', '1.2.3/24'])(
    'refuses %j',
    (text) => {
      expect(parseSubnet(text)).toEqual({ok: false, reason: 'syntax'})
    },
  )

  it('reads back every network that subnetAt makes, and that network holds the address', () => {
    fc.assert(
      fc.property(address, bits, (value, length) => {
        const subnet = subnetAt(value, length)
        expect(parseSubnet(subnet.cidr)).toEqual({ok: true, subnet})
        expect(contains(subnet, value)).toBe(true)
        expect(subnet.last - subnet.first + 1).toBe(2 ** (32 - length))
      }),
    )
  })
})

describe('contains', () => {
  it('counts both ends in and their neighbours out', () => {
    const range = {first: 10, last: 20}
    expect([9, 10, 20, 21].map((value) => contains(range, value))).toEqual([false, true, true, false])
  })
})
