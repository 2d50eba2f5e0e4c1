import {describe, expect, it} from 'vitest'

import {describeNetwork} from '../../src/network/detect.ts'
import {parseRoutes} from '../../src/network/routes.ts'

const TABLE = [
  'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT',
  'eth1\t00000000\t0101A8C0\t0003\t0\t0\t200\t00000000\t0\t0\t0',
  'eth0\t00000000\tFE00000A\t0003\t0\t0\t100\t00000000\t0\t0\t0',
  'eth0\t0000000A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0',
  'tun0\t00000000\t0100000A\t0002\t0\t0\t1\t00000000\t0\t0\t0',
  '',
].join('\n')

const raw = (iface: string, ip4: string, ip4subnet: string, type = 'wired') => ({
  iface,
  ip4,
  ip4subnet,
  internal: iface === 'lo',
  type,
})

describe('parseRoutes', () => {
  it('reads usable default routes only, best metric first', () => {
    expect(parseRoutes(TABLE)).toEqual([
      {interface: 'eth0', gateway: '10.0.0.254', metric: 100},
      {interface: 'eth1', gateway: '192.168.1.1', metric: 200},
    ])
  })

  it('makes nothing of an empty table', () => {
    expect(parseRoutes('')).toEqual([])
  })
})

describe('describeNetwork', () => {
  const network = describeNetwork(
    [
      raw('lo', '127.0.0.1', '255.0.0.0'),
      raw('eth0', '10.0.0.7', '255.255.255.0'),
      raw('eth1', '192.168.1.9', '255.255.254.0'),
      raw('wlan0', '', '', 'wireless'),
    ],
    parseRoutes(TABLE),
  )

  it('gives each interface its own gateway', () => {
    expect(network.interfaces.map(({name, subnet, gateway}) => [name, subnet, gateway])).toEqual([
      ['lo', '127.0.0.0/8', null],
      ['eth0', '10.0.0.0/24', '10.0.0.254'],
      ['eth1', '192.168.0.0/23', '192.168.1.1'],
      ['wlan0', null, null],
    ])
  })

  it('takes the interface of the best default route', () => {
    expect(network.defaultInterface).toBe('eth0')
  })

  it('knows a wireless interface', () => {
    expect(network.interfaces.find(({name}) => name === 'wlan0')?.wireless).toBe(true)
  })
})
