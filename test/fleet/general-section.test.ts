import {describe, expect, it} from 'vitest'

import {problems, refusal, specOf} from './reading.ts'

const EXACT = '[d]\nservices=ssh\n'
const general = (...lines: string[]) => `[general]\n${lines.join('\n')}\n[d]\n`

describe('[general]', () => {
  it.each([
    ['net=192.168.1.0/33', 'bad-net 2:5'],
    ['net=192.168.1.0/-1', 'bad-net 2:5'],
    ['net=abc', 'bad-net 2:5'],
    ['net=fd00::/64', 'bad-net 2:5'],
    ['net=010.0.0.0/8', 'bad-net 2:5'],
    ['net=0x0a000000/8', 'bad-net 2:5'],
    ['net=10.0.0.0', 'bad-net 2:5'],
    ['net=', 'empty-value 2:1'],
    ['net=192.168.1.5/24', 'net-host-bits 2:5'],
    ['net=192.168.1.0/31', 'net-too-small 2:5'],
    ['net=192.168.1.0/32', 'net-too-small 2:5'],
    ['net=0.0.0.0/0', 'net-too-large 2:5'],
    ['net=10.0.0.0/7', 'net-too-large 2:5'],
    ['net=0.1.0.0/16', 'unusable-net 2:5'],
    ['net=224.0.0.0/8', 'unusable-net 2:5'],
    ['net=169.254.0.0/16', 'unusable-net 2:5'],
    ['net=240.0.0.0/8', 'unusable-net 2:5'],
    ['gw=10.0.0', 'bad-address 2:4'],
    ['gw=224.0.0.1', 'unusable-address 2:4'],
    ['interface=eth0; rm -rf /', 'bad-interface 2:11'],
    ['interface=sixteen-letters0', 'bad-interface 2:11'],
    ['interface=../eth0', 'bad-interface 2:11'],
    ['driver=bridge', 'unknown-driver 2:8'],
    ['engine=podman', 'unknown-engine 2:8'],
    ['domain=corp..example', 'bad-domain 2:8'],
    ['domain=-corp.example', 'bad-domain 2:8'],
    [`domain=${'a'.repeat(64)}.example`, 'bad-domain 2:8'],
    ['exclude=10.0.0.5-', 'bad-range 2:9'],
    ['exclude=10.0.0.9-10.0.0.5', 'bad-range 2:9'],
    ['exclude=10.0.0.1-2-3', 'bad-range 2:9'],
    ['exclude=10.0.0.1, x, 10.0.0.0/24', 'bad-range 2:19', 'bad-range 2:22'],
    ['exclude=10.0.0.1,,10.0.0.2', 'empty-item 2:18'],
    ['mutate_interval=0', 'bad-interval 2:17'],
    ['mutate_interval=-1', 'bad-interval 2:17'],
    ['mutate_interval=5x', 'bad-interval 2:17'],
    ['mutate_interval=1.5h', 'bad-interval 2:17'],
    ['mutate_interval=366d', 'bad-interval 2:17'],
    ['mutate_interval=999999999999', 'bad-interval 2:17'],
    ['log_file=/var/log/', 'bad-log-file 2:10'],
    ['log_target=/x', 'unknown-key 2:1'],
    ['ip=10.0.0.1', 'unknown-key 2:1'],
  ])('%s', (line, ...expected) => {
    expect(problems(general(line))).toEqual(expected)
  })

  it.each([
    ['gw outside net', ['net=10.0.0.0/24', 'gw=10.0.1.1'], 'bad-gateway 3:4'],
    ['gw = network', ['gw=10.0.0.0', 'net=10.0.0.0/24'], 'bad-gateway 2:4'],
    ['gw = broadcast', ['net=10.0.0.0/24', 'gw=10.0.0.255'], 'bad-gateway 3:4'],
    ['an unreadable engine says nothing of net', ['net=127.77.0.0/24', 'engine=embeded'], 'unknown-engine 3:8'],
    ['two spellings of one key', ['mutate_interval=5', 'mutate-interval=5'], 'duplicate-key 3:1'],
  ])('%s', (_, lines, ...expected) => {
    expect(problems(general(...lines))).toEqual(expected)
  })

  it('is decoded', () => {
    const lines = ['net=10.0.0.0/24', 'gw=10.0.0.1', 'interface=eth0.10', 'driver=IPVLAN', 'domain=corp.example']
    const more = ['engine=docker', 'exclude=10.0.0.5, 10.0.0.7 - 10.0.0.9', 'mutate_interval=2h', 'log_file=/x/y.jsonl']
    expect(specOf(general(...lines, ...more)).general).toEqual({
      net: {cidr: '10.0.0.0/24', first: 0x0a000000, last: 0x0a0000ff, bits: 24},
      gateway: '10.0.0.1',
      interface: 'eth0.10',
      driver: 'ipvlan',
      domain: 'corp.example',
      engine: 'docker',
      exclude: [
        {first: 0x0a000005, last: 0x0a000005},
        {first: 0x0a000007, last: 0x0a000009},
      ],
      mutateInterval: 120,
      logFile: '/x/y.jsonl',
    })
  })

  it('may be absent or say nothing', () => {
    expect(specOf(EXACT).general).toEqual({exclude: []})
    expect(specOf(`[general]\n${EXACT}`).general).toEqual({exclude: []})
  })

  it('accepts loopback for the embedded engine', () => {
    const {general: found} = specOf(general('engine=embedded', 'net=127.77.0.0/24', 'interface=lo'))
    expect(found).toMatchObject({engine: 'embedded', net: {cidr: '127.77.0.0/24'}})
  })

  it.each([
    ['30', 30],
    ['30m', 30],
    ['2h', 120],
    ['1d', 1440],
    ['365d', 525_600],
    ['OFF', null],
  ])('mutate_interval=%s', (text, minutes) => {
    expect(specOf(general(`mutate_interval=${text}`)).general.mutateInterval).toBe(minutes)
  })

  it('suggests the subnet of an address with host bits', () => {
    expect(refusal(general('net=192.168.1.5/24')).diagnostics[0]?.hint).toBe('did you mean "192.168.1.0/24"?')
  })
})
