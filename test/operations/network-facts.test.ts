import {describe, expect, it} from 'vitest'

import {OperationWorld} from '../support/operation-world.ts'
import {rejectionOf} from '../support/refusal.ts'

describe('the network of a fleet', () => {
  it.each<[string, string, Parameters<OperationWorld['deploy']>[1], Record<string, string>]>([
    [
      'is what the flags say',
      '[general]\nnet=10.0.0.0/24\n',
      {subnet: '10.5.0.0/24'},
      {subnet: '10.5.0.0/24', gateway: '10.5.0.1'},
    ],
    [
      'is what the file says',
      '[general]\nnet=10.0.0.0/24\ngw=10.0.0.9\ninterface=eth1\n',
      {},
      {subnet: '10.0.0.0/24', gateway: '10.0.0.9', interface: 'eth1'},
    ],
    [
      'is what the host has',
      '',
      {},
      {subnet: '192.168.1.0/24', gateway: '192.168.1.1', interface: 'eth0', driver: 'macvlan'},
    ],
  ])('%s', async (_, general, options, expected) => {
    const world = new OperationWorld()
    expect((await world.deploy(`${general}[db]\n`, options)).fleet.network).toMatchObject(expected)
  })

  it.each<[string, string, Parameters<OperationWorld['deploy']>[1], string]>([
    [
      'an interface without an address',
      '[general]\ninterface=eth1\n',
      {},
      'the interface eth1 has no IPv4 address, so the subnet is not known',
    ],
    ['an interface that is not there', '[general]\ninterface=eth7\n', {}, 'this host has no interface eth7'],
    ['a subnet with host bits', '', {subnet: '10.0.0.7/24'}, '--subnet 10.0.0.7/24 is not an IPv4 network'],
    [
      'loopback, for containers',
      '',
      {interface: 'lo'},
      '--interface lo: 127.0.0.0/8 is loopback, where no container can be reached',
    ],
    ['a gateway that is none', '', {gateway: '10.0'}, '--gateway 10.0 is not an IPv4 address'],
    ['a gateway elsewhere', '', {gateway: '10.0.0.1'}, 'the gateway 10.0.0.1 is no usable address of 192.168.1.0/24'],
  ])('cannot be %s', async (_, general, options, message) => {
    const world = new OperationWorld()
    const error = await rejectionOf(world.deploy(`${general}[db]\n`, options))
    expect([error.code, error.message]).toEqual(['USAGE', message])
  })

  it('has to be named on a host without a default route', async () => {
    const world = new OperationWorld()
    world.host = {interfaces: [], defaultInterface: null}
    expect((await rejectionOf(world.deploy('[db]\n'))).message).toContain('no default route')
  })

  it('stays what it was when the host changes', async () => {
    const world = new OperationWorld()
    await world.deploy('[db]\n')
    world.host = {...world.host, interfaces: []}
    const result = await world.deploy('[web]\n')
    expect(result.fleet.network).toMatchObject({subnet: '192.168.1.0/24', gateway: '192.168.1.1'})
  })
})
