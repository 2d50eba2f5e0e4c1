import {afterEach, beforeEach, describe, expect, it} from 'vitest'

import {isLocalEndpoint} from '../../../src/engines/docker/endpoint.ts'
import {dockerFacts} from '../../../src/engines/docker/facts.ts'
import {FakeEngine} from '../../support/fake-engine.ts'

let fake: FakeEngine
beforeEach(async () => {
  fake = await FakeEngine.start()
})
afterEach(() => fake.dispose())

const signal = () => AbortSignal.timeout(5000)

describe('what an Engine says of itself', () => {
  it('is its version, its host, its networks and its containers', async () => {
    fake.info.SecurityOptions = ['name=seccomp,profile=default', 'name=rootless']
    const facts = await dockerFacts({host: fake.host}, signal())
    expect(facts).toMatchObject({
      endpoint: fake.host,
      version: 'fake',
      apiVersion: '1.41',
      details: {operatingSystem: expect.stringContaining('Debian'), rootless: true, rootDirectory: '/', containers: []},
    })
    expect(Math.abs(Date.parse(facts.details?.systemTime ?? '') - (facts.details?.askedAt ?? 0))).toBeLessThan(5000)
    expect(fake.changes()).toEqual([])
  })

  it('is only the version, where it is too old for more', async () => {
    fake.apiVersion = '1.40'
    expect(await dockerFacts({host: fake.host}, signal())).toMatchObject({apiVersion: '1.40', details: null})
    expect(fake.calls.map(({path}) => path)).toEqual(['/version'])
  })

  it('names the endpoints of networks on an interface of the host', async () => {
    fake.state.networks.set('n1', {
      Id: 'n1',
      Name: 'lan',
      Created: '2026-01-01T00:00:00Z',
      Driver: 'macvlan',
      Labels: {'decnet.fleet': '0123456789ab'},
      Options: {parent: 'eth0'},
      IPAM: {Config: [{Subnet: '10.0.0.0/24', Gateway: '10.0.0.1'}]},
      Containers: {c1: {Name: 'printer', IPv4Address: '10.0.0.9/24'}},
    })
    const {details} = await dockerFacts({host: fake.host}, signal())
    expect(details?.networks).toContainEqual(
      expect.objectContaining({
        name: 'lan',
        driver: 'macvlan',
        parent: 'eth0',
        subnets: ['10.0.0.0/24'],
        fleet: '0123456789ab',
      }),
    )
  })

  it.each([
    ['unix:///nonexistent/docker.sock', 'ENGINE_UNAVAILABLE'],
    ['ssh://host', 'USAGE'],
  ])('is nothing at %s', async (host, code) => {
    await expect(dockerFacts({host}, signal())).rejects.toMatchObject({code})
  })

  it('does not keep a silent Engine waited for', async () => {
    fake.fail({on: /GET \/info/, silence: 'before'})
    await expect(dockerFacts({host: fake.host}, AbortSignal.timeout(200))).rejects.toMatchObject({fault: 'timeout'})
  })
})

it.each([
  [undefined, true],
  ['', true],
  ['unix:///run/docker.sock', true],
  ['unix:///home/u/.docker/desktop/docker.sock', false],
  ['tcp://10.0.0.1:2376', false],
  ['ssh://host', false],
])('DOCKER_HOST %s puts deckies on this machine: %s', (host, local) => {
  expect(isLocalEndpoint(host)).toBe(local)
})
