import {gzipSync} from 'node:zlib'
import {describe, expect, it} from 'vitest'
import {parseSubnet} from '../../src/fleet/ipv4.ts'
import {arpingAnswer, arpingArguments, arpingKind, parseArpTable} from '../../src/network/arp.ts'
import {leaseFacts} from '../../src/network/dhcp-leases.ts'
import {hypervisorOf, isWsl} from '../../src/network/hypervisor.ts'
import {moduleState} from '../../src/network/kernel-module.ts'
import {FakeHost} from '../support/fake-host.ts'

describe('a kernel module', () => {
  const MODULES = '/lib/modules/6.1.0-21-amd64'
  it.each([
    ['loaded', {'/proc/modules': 'macvtap 1 0 - Live\nmacvlan 28672 1 macvtap, Live 0x0\n'}],
    ['unknown', {'/proc/modules': 'macvlan2 1 0 - Live\n'}],
    ['builtin', {[`${MODULES}/modules.builtin`]: 'kernel/drivers/net/macvlan.ko\n'}],
    ['loadable', {[`${MODULES}/modules.dep`]: 'kernel/drivers/net/macvlan.ko.xz:\n'}],
    ['absent', {[`${MODULES}/modules.dep`]: 'kernel/drivers/net/xmacvlan.ko.xz: kernel/a.ko\n'}],
    ['absent', {[`${MODULES}/modules.dep`]: '', '/boot/config-6.1.0-21-amd64': 'CONFIG_MACVLAN=m\n'}],
    ['unknown', {'/boot/config-6.1.0-21-amd64': 'CONFIG_MACVLAN=m\n'}],
    ['builtin', {'/proc/config.gz': gzipSync('CONFIG_MACVLAN=y\n')}],
    ['absent', {'/proc/config.gz': gzipSync('# CONFIG_MACVLAN is not set\nCONFIG_IPVLAN=y\n')}],
    ['unknown', {'/proc/config.gz': 'no gzip'}],
    ['unknown', {}],
  ] as const)('is %s by %j', (state, files) => {
    const machine = new FakeHost()
    for (const [path, content] of Object.entries(files)) machine.write(path, content)
    expect(moduleState(machine.host, 'macvlan')).toBe(state)
  })
})

describe('a hypervisor', () => {
  it.each([
    ['VMware, Inc.', 'VMware7,1', 'VMware', true],
    ['innotek GmbH', 'VirtualBox', 'VirtualBox', true],
    ['Microsoft Corporation', 'Virtual Machine', 'Hyper-V', true],
    ['QEMU', 'Standard PC (Q35 + ICH9, 2009)', 'KVM', true],
    ['Amazon EC2', 't3.small', 'Amazon EC2', false],
    ['Google', 'Google Compute Engine', 'Google Cloud', false],
    ['Hetzner', 'vServer', 'Hetzner Cloud', false],
  ])('of vendor %s, product %s is %s', (vendor, product, name, bridgeable) => {
    const machine = new FakeHost()
    machine.write('/sys/class/dmi/id/sys_vendor', `${vendor}\n`)
    machine.write('/sys/class/dmi/id/product_name', `${product}\n`)
    expect(hypervisorOf(machine.host)).toMatchObject({name, bridgeable})
  })

  it('without firmware tables shows in the flags of the processor', () => {
    const machine = new FakeHost()
    machine.write('/proc/cpuinfo', 'flags\t\t: fpu hypervisor lahf_lm\n')
    expect(hypervisorOf(machine.host)).toMatchObject({name: 'a hypervisor'})
    machine.write('/proc/cpuinfo', 'flags\t\t: fpu lahf_lm\n')
    expect(hypervisorOf(machine.host)).toBeNull()
  })

  it('of Azure is not that of Hyper-V', () => {
    const machine = new FakeHost()
    machine.write('/sys/class/dmi/id/sys_vendor', 'Microsoft Corporation')
    machine.write('/sys/class/dmi/id/product_name', 'Virtual Machine')
    machine.write('/sys/class/dmi/id/chassis_asset_tag', '7783-7084-3265-9085-8269-3286-77')
    expect(hypervisorOf(machine.host)).toMatchObject({name: 'Microsoft Azure', bridgeable: false})
  })

  it('of Windows around Linux shows in the kernel', () => {
    const machine = new FakeHost()
    expect(isWsl(machine.host)).toBe(false)
    machine.release = '5.15.153.1-microsoft-standard-WSL2'
    expect(isWsl(machine.host)).toBe(true)
  })
})

describe('ARP', () => {
  it('tells who answered, on one interface', () => {
    const table = [
      'IP address       HW type     Flags       HW address            Mask     Device',
      '10.66.0.9        0x1         0x2         0E:d9:6a:ab:97:d0     *        v0',
      '10.66.0.10       0x1         0x0         00:00:00:00:00:00     *        v0',
      '10.66.0.11       0x1         0x2         0e:d9:6a:ab:97:d1     *        v1',
      '',
    ].join('\n')
    expect([...parseArpTable(table, 'v0')]).toEqual([['10.66.0.9', '0e:d9:6a:ab:97:d0']])
  })

  it.each([
    ['Unicast reply from 10.66.0.9 [72:8D:88:30:92:81]  0.522ms\nReceived 1 response(s)', '72:8d:88:30:92:81'],
    ['ARPING 10.66.0.10 from 0.0.0.0 v0\nSent 2 probes (2 broadcast(s))\nReceived 0 response(s)', null],
    ['ARPING 10.66.0.9\n42 bytes from 0e:d9:6a:ab:97:d0 (10.66.0.9): index=0 time=10.266 usec', '0e:d9:6a:ab:97:d0'],
    ['ARPING 10.66.0.10\nTimeout\n2 packets transmitted, 0 packets received, 100% unanswered (0 extra)', null],
    ['arping: socket: Operation not permitted', undefined],
    ['arping: libnet_init(LIBNET_LINK, eth0): UID/EUID 0 or capability CAP_NET_RAW required', undefined],
    ['', undefined],
  ])('answer of arping %#', (output, answer) => {
    expect(arpingAnswer(output)).toBe(answer)
  })

  it('is asked of either arping with the sender 0.0.0.0', () => {
    expect(arpingKind('arping from iputils 20221126')).toBe('iputils')
    expect(arpingKind('ARPing 2.23, by Thomas Habets <thomas@habets.se>')).toBe('habets')
    expect(arpingKind('BusyBox v1.35')).toBeNull()
    expect(arpingArguments('iputils', 'v0', '10.0.0.1')).toContain('-D')
    expect(arpingArguments('habets', 'v0', '10.0.0.1')).toContain('-0')
  })
})

describe('lease files', () => {
  const subnet = (() => {
    const parsed = parseSubnet('192.168.1.0/24')
    if (!parsed.ok) throw new Error('no subnet')
    return parsed.subnet
  })()

  it.each([
    [
      '/var/lib/misc/dnsmasq.leases',
      '1700000000 aa:bb:cc:dd:ee:ff 192.168.1.50 pc 01:aa\n',
      {given: 1, received: false},
    ],
    ['/var/lib/dhcp/dhcpd.leases', 'lease 192.168.1.50 {\n  starts 1;\n}\n', {given: 1, received: false}],
    ['/var/lib/kea/kea-leases4.csv', 'address,hwaddr\n192.168.1.50,aa\n192.168.1.51,ab\n', {given: 2, received: false}],
    ['/var/lib/dhcp/dhclient.eth0.leases', 'lease {\n  fixed-address 192.168.1.10;\n}\n', {given: 0, received: true}],
    ['/run/systemd/netif/leases/2', 'ADDRESS=192.168.1.10\nROUTER=192.168.1.1\n', {given: 0, received: true}],
    ['/run/systemd/netif/leases/2', 'ADDRESS=10.0.0.10\n', {given: 0, received: false}],
    ['/var/lib/NetworkManager/internal-x-eth0.lease', 'ADDRESS=192.168.1.10\n', {given: 0, received: true}],
  ])('%s', (path, text, {given, received}) => {
    const machine = new FakeHost()
    machine.write(path, text)
    const facts = leaseFacts(machine.host, subnet)
    expect({given: facts.given.length, received: facts.received}).toEqual({given, received})
  })
})
