import {describe, expect, it} from 'vitest'

import {linkFacts, linkNames} from '../../src/network/link.ts'
import {FakeHost} from '../support/fake-host.ts'

describe('an interface', () => {
  it.each([
    ['of wire', {}, {kind: 'ethernet', up: true, carrier: true}],
    ['that is down', {up: false}, {up: false, carrier: false}],
    ['without a cable', {carrier: false}, {up: true, carrier: false}],
    ['without wire', {devtype: 'wlan'}, {kind: 'wireless'}],
    ['of a bridge', {devtype: 'bridge'}, {kind: 'bridge', master: null}],
    ['of a bond', {devtype: 'bond'}, {kind: 'bond'}],
    ['of a VLAN', {devtype: 'vlan'}, {kind: 'vlan'}],
    ['of a macvtap', {devtype: 'macvtap'}, {kind: 'macvlan'}],
    ['below a bridge', {master: 'br0'}, {kind: 'ethernet', master: 'br0'}],
    ['that listens to all', {promiscuous: true}, {promiscuous: true}],
    ['of a tunnel', {type: 65_534}, {kind: 'other'}],
    ['of loopback', {type: 772}, {kind: 'loopback'}],
  ])('%s', (_, facts, expected) => {
    const machine = new FakeHost()
    machine.link('eth0', facts)
    expect(linkFacts(machine.host, 'eth0')).toMatchObject(expected)
  })

  it('that is not there is null', () => {
    expect(linkFacts(new FakeHost().host, 'eth0')).toBeNull()
  })

  it('with phy80211 is wireless, whatever its driver calls it', () => {
    const machine = new FakeHost()
    machine.link('eth0', {})
    machine.write('/sys/class/net/eth0/phy80211/name', 'phy0\n')
    expect(linkFacts(machine.host, 'eth0')).toMatchObject({kind: 'wireless'})
  })
})

/** What a process in another network namespace than that of `/sys` sees, as `nsenter --net` leaves it. */
describe('behind a /sys of another namespace, an interface', () => {
  const inNamespace = (facts: object) => {
    const machine = new FakeHost()
    machine.link('lan0', facts)
    machine.remove('/sys/class/net/lan0')
    machine.write('/sys/class/net/eth0/ifindex', '2\n')
    machine.write('/sys/class/net/eth0/flags', '0x1003\n')
    machine.write('/proc/sys/net/ipv6/conf/lan0/disable_ipv6', '0\n')
    return machine
  }

  it.each([
    ['that works', {cidr: '10.77.0.2/24'}, {up: true, carrier: true}],
    ['that is down', {up: false, cidr: '10.77.0.2/24'}, {up: false, carrier: false}],
    ['without a carrier', {carrier: false, cidr: '10.77.0.2/24'}, {up: true, carrier: false}],
  ])('%s', (_, facts, expected) => {
    expect(linkFacts(inNamespace(facts).host, 'lan0')).toMatchObject({kind: 'ethernet', ...expected})
  })

  it('of the same name is not taken for that of /sys', () => {
    const machine = new FakeHost()
    machine.link('eth0', {up: false})
    machine.write('/sys/class/net/eth0/flags', '0x1003\n')
    machine.write('/sys/class/net/lo/ifindex', '7\n')
    expect(linkFacts(machine.host, 'eth0')).toMatchObject({up: false})
  })

  it('without an address or IPv6 has a carrier that nobody knows', () => {
    const machine = inNamespace({})
    machine.write('/proc/sys/net/ipv6/conf/lan0/disable_ipv6', '1\n')
    expect(linkFacts(machine.host, 'lan0')).toMatchObject({up: true, carrier: null})
  })

  it.each([
    ['wireless', '/proc/self/net/wireless', 'Inter-| sta-\n face | tus\n lan0: 0000\n'],
    ['vlan', '/proc/self/net/vlan/lan0', ''],
    ['bond', '/proc/self/net/bonding/lan0', ''],
  ])('is %s by its own /proc', (kind, path, text) => {
    const machine = inNamespace({cidr: '10.77.0.2/24'})
    machine.write(path, text)
    expect(linkFacts(machine.host, 'lan0')).toMatchObject({kind})
  })
})

it('names of interfaces are all of them, or null where there is no Linux', () => {
  const machine = new FakeHost()
  machine.link('eth0', {up: false})
  expect(linkNames(machine.host)).toEqual(['lo', 'eth0'])
  machine.remove('/proc/self/net/dev')
  expect(linkNames(machine.host)).toBeNull()
})
