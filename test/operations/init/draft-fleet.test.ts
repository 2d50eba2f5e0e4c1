import fc from 'fast-check'
import {describe, expect, it} from 'vitest'

import {readFleetSpec} from '../../../src/fleet/read-spec.ts'
import type {FleetSpec} from '../../../src/fleet/spec.ts'
import {draftFleet} from '../../../src/operations/init/draft-fleet.ts'
import {fleetText} from '../../../src/operations/init/fleet-text.ts'
import type {InitInput} from '../../../src/operations/init/input.ts'
import {CATALOG} from '../../support/catalog.ts'
import {LONELY, MACHINE} from '../../support/init-machine.ts'
import {refusalOf} from '../../support/refusal.ts'

function textOf(input: InitInput, machine = MACHINE): string {
  return fleetText('fleet.ini', draftFleet(input, machine, CATALOG), CATALOG)
}

function specOf(input: InitInput, machine = MACHINE): FleetSpec {
  return readFleetSpec('fleet.ini', textOf(input, machine), CATALOG).spec
}

const names = (input: InitInput) => specOf(input).deckies.map(({name}) => name)

describe('the network', () => {
  it('is the detected one', () => {
    expect(specOf({}).general).toMatchObject({
      net: {cidr: '192.168.1.0/24'},
      gateway: '192.168.1.254',
      interface: 'eth0',
      engine: 'docker',
      exclude: [],
    })
  })

  it('is that of the interface named, with ipvlan on a wireless one', () => {
    const {general} = specOf({interface: 'wlan0'})
    expect(general).toMatchObject({net: {cidr: '10.1.0.0/16'}, gateway: '10.1.0.1', driver: 'ipvlan'})
  })

  it('takes nothing from another subnet than the one named', () => {
    const {general} = specOf({net: '10.9.0.0/24'})
    expect(general).toMatchObject({net: {cidr: '10.9.0.0/24'}})
    expect(general.gateway ?? general.interface).toBeUndefined()
  })

  it('is loopback where there is no Docker Engine, and says so', () => {
    expect(specOf({}, LONELY).general).toMatchObject({engine: 'embedded', net: {cidr: '127.77.0.0/24'}})
    expect(textOf({}, LONELY)).toContain('; No Docker Engine was found')
  })

  it('is left to the deploy where nothing was detected', () => {
    expect(specOf({engine: 'docker'}, LONELY).general).toEqual({engine: 'docker', exclude: []})
  })

  it('decides the engine where it is named', () => {
    expect(specOf({net: '127.5.0.0/24'}).general.engine).toBe('embedded')
    expect(specOf({gateway: '10.0.0.1', net: '10.0.0.0/24'}, LONELY).general.engine).toBe('docker')
  })
})

describe('the deckies', () => {
  it('are an office mix of what the catalogue has', () => {
    expect(specOf({}).deckies.map(({archetype}) => archetype)).toEqual([
      ...['linux-server', 'linux-server', 'windows-server', 'windows-server', 'deaddeck'],
    ])
  })

  it('name their services, so that the operator sees them', () => {
    expect(specOf({deckies: 1}).deckies).toMatchObject([{archetype: 'linux-server', services: ['ssh', 'http']}])
  })

  it('share what counts leave', () => {
    const input = {archetypes: ['linux-server=3', 'deaddeck', 'windows-server'], deckies: 8}
    expect(names(input).join()).toBe(
      'linux-server-01,linux-server-02,linux-server-03,deaddeck-01,deaddeck-02,deaddeck-03,windows-server-01,windows-server-02',
    )
  })

  it('are called as the pattern says', () => {
    expect(names({deckies: 3, namePattern: 'web-{nn}'})).toEqual(['web-01', 'web-02', 'web-03'])
    expect(names({archetypes: ['deaddeck=2'], namePattern: '{archetype}.{n}x'})).toEqual(['deaddeck.1x', 'deaddeck.2x'])
    expect(names({services: 'ssh', deckies: 2})).toEqual(['decky-01', 'decky-02'])
  })

  it('have addresses from the first one on, none that is taken', () => {
    const input = {deckies: 4, ipStart: '192.168.1.39', exclude: '192.168.1.41-192.168.1.42', gateway: '192.168.1.44'}
    expect(specOf(input).deckies.map(({ip}) => ip)).toEqual([
      ...['192.168.1.39', '192.168.1.43', '192.168.1.45', '192.168.1.46'],
    ])
  })

  it('have host names of a list or a pattern', () => {
    const hosts = (hostnames: string) => specOf({deckies: 2, hostnames}).deckies.map(({hostname}) => hostname)
    expect(hosts('FS01')).toEqual(['FS01', undefined])
    expect(hosts('SRV-{nnn}')).toEqual(['SRV-001', 'SRV-002'])
  })

  it('take distros in turn', () => {
    const {deckies} = specOf({services: 'ssh', deckies: 3, distro: 'debian, ubuntu22'})
    expect(deckies.map(({distro}) => distro)).toEqual(['debian', 'ubuntu22', 'debian'])
  })

  it('keep the rest of what flags say', () => {
    const {general, deckies} = specOf({
      os: 'win',
      deckies: 1,
      mutateInterval: '2h',
      logFile: '/a ;b',
      domain: 'x.example',
    })
    expect(general).toMatchObject({mutateInterval: 120, logFile: '/a ;b', domain: 'x.example'})
    expect(deckies).toMatchObject([{os: 'windows'}])
  })

  it('share sections where they are alike', () => {
    expect(textOf({archetypes: ['linux-server=150']}).match(/^amount = \d+$/gm)).toEqual(['amount = 100'])
    expect(names({archetypes: ['linux-server=150']})).toHaveLength(150)
  })
})

describe('what is drawn', () => {
  const random = {deckies: 6, randomServices: true, randomDistros: true}

  it('is the same for the same seed, which the file names', () => {
    expect(textOf({...random, seed: 'a'})).toBe(textOf({...random, seed: 'a'}))
    expect(textOf({...random, seed: 'a'})).not.toBe(textOf({...random, seed: 'b'}))
    const [, seed = ''] = /--seed (\d+);/.exec(textOf(random)) ?? []
    expect(seed).toMatch(/^\d+$/)
  })

  it('is nothing where nothing is left to chance', () => {
    expect(textOf({})).toBe(textOf({}))
    expect(textOf({})).not.toContain('--seed')
  })

  it('is always a valid file', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({min: 1, max: 40}), fc.boolean(), (seed, deckies, services) => {
        const spec = specOf({seed, deckies, randomServices: services, randomDistros: true})
        expect(spec.deckies).toHaveLength(deckies)
        for (const decky of spec.deckies) expect(decky.services?.length).toBeGreaterThan(0)
      }),
      {numRuns: 50},
    )
  })
})

describe('is refused', () => {
  it.each<[InitInput, string]>([
    [{net: '10.0.0.1/24'}, '--net: "10.0.0.1/24" is an address inside a subnet'],
    [{gateway: '10.0.0.1', net: '192.168.1.0/24'}, '--gateway: 10.0.0.1 is no usable address of 192.168.1.0/24'],
    [{exclude: '1.2.3.4'}, '--exclude: 1.2.3.4 lies outside'],
    [{exclude: '192.168.1.9,'}, '--exclude: "192.168.1.9," has an empty item'],
    [{engine: 'embedded', driver: 'macvlan'}, '--driver macvlan is for containers'],
    [{engine: 'embedded', net: '10.0.0.0/8'}, '--net: 10.0.0.0/8 is not loopback'],
    [{interface: 'a b'}, '--interface: "a b" is no interface name'],
    [{domain: '-'}, '--domain: "-" is no domain'],
    [{mutateInterval: '5x'}, '--mutate-interval: "5x" is no interval'],
    [{archetypes: ['linux-servr']}, 'there is no archetype "linux-servr"'],
    [{archetypes: ['deaddeck=x']}, '--archetype: "deaddeck=x" has no right count'],
    [{archetypes: ['deaddeck=3'], deckies: 2}, '--deckies 2 contradicts --archetype, which asks for 3'],
    [{archetypes: ['deaddeck=901']}, '--archetype: 901 deckies'],
    [{services: 'ssh,ftpd'}, 'there is no service "ftpd"'],
    [{services: 'http,https'}, '--services: https listens on a port that another'],
    [{services: 'ssh', randomServices: true}, '--services and --randomize-services exclude each other'],
    [{distro: 'debian', randomDistros: true}, '--distro and --randomize-distros exclude each other'],
    [{distro: 'windows2022', os: 'linux'}, 'the distro windows2022 runs on windows_server, not on linux'],
    [{namePattern: 'web'}, 'the pattern "web" cannot be used: it names two deckies "web"'],
    [{namePattern: '{role}-{n}'}, 'the pattern "{role}-{n}" cannot be used: it has the placeholder "{role}"'],
    [{namePattern: 'a b{n}'}, 'the pattern "a b{n}" cannot be used: "a b1" is no name'],
    [{namePattern: '{n', deckies: 1}, 'the pattern "{n" cannot be used: a brace is not paired'],
    [{namePattern: 'x.ssh', deckies: 1}, 'no decky can be called "x.ssh": it would be options of ssh'],
    [{namePattern: 'General', deckies: 1}, 'no decky can be called "General": the name is reserved'],
    [{namePattern: 'custom-{n}'}, 'no decky can be called "custom-1": it would be a custom service'],
    [{hostnames: 'a,A'}, '--hostnames gives "A" twice'],
    [{hostnames: 'a_b'}, '--hostnames: "a_b" is no host name'],
    [{hostnames: 'a,b', deckies: 1}, '--hostnames gives 2 names for 1 deckies'],
    [{ipStart: '10.0.0.1'}, '--ip-start: 10.0.0.1 lies outside 192.168.1.0/24'],
    [{ipStart: '192.168.1.253'}, 'from 192.168.1.253 on, 192.168.1.0/24 has addresses for 1 of 5 deckies'],
    [{net: '192.168.9.0/29', deckies: 6}, '192.168.9.0/29 has free addresses for 5 of 6 deckies'],
  ])('%j', (input, message) => {
    const error = refusalOf(() => draftFleet(input, MACHINE, CATALOG))
    expect(error.code).toBe('USAGE')
    expect(error.message).toContain(message)
    expect(error.hint).toBeTruthy()
  })
})
