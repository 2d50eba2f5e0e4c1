import {describe, expect, it} from 'vitest'
import {layoutOf} from './layout.ts'

describe('layoutOf', () => {
  it('derives every address from the subnet', () => {
    const {address, gateway, intruderAddress, prefix} = layoutOf('edge', '172.20.4.0/22')
    expect({address, gateway, intruderAddress, prefix}).toEqual({
      address: '172.20.4.2',
      gateway: '172.20.4.1',
      intruderAddress: '172.20.4.250',
      prefix: 22,
    })
  })

  it('shares nothing between two names', () => {
    const [left, right] = [layoutOf('left'), layoutOf('right')]
    for (const key of ['directory', 'socket', 'namespace', 'intruderNamespace', 'cgroup'] as const) {
      expect(left[key]).not.toBe(right[key])
    }
  })

  it('leaves room for the socket paths that the daemons make below it', () => {
    expect(layoutOf('a'.repeat(24)).directory.length + 60).toBeLessThan(108)
  })

  it.each(['', 'Lab', '../etc', 'a/b', 'a b', '-a', '9a', 'a'.repeat(25)])('refuses the name %j', (name) => {
    expect(() => layoutOf(name)).toThrow(RangeError)
  })

  it.each([
    ...['10.77.0.0', '10.77.0.0/25', '10.77.0.0/8', '10.77.0.1/24', '10.77.3.0/23', '10.300.0.0/24'],
    ...['8.8.8.0/24', '172.32.0.0/24', '192.0.2.0/24', '10.77.0.0/24; id', 'x'],
  ])('refuses the subnet %j', (subnet) => {
    expect(() => layoutOf('lab', subnet)).toThrow(RangeError)
  })
})
