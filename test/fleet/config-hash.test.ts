import {describe, expect, it} from 'vitest'

import {changedFields} from '../../src/fleet/changed-fields.ts'
import {type ConfigHashInput, configHash} from '../../src/fleet/config-hash.ts'
import type {Decky} from '../../src/fleet/decky.ts'
import type {CustomService} from '../../src/fleet/spec.ts'
import {decky, network, service} from '../support/fleet-parts.ts'

const custom: CustomService = {name: 'scada', image: 'scada:1', exec: [], ports: [], options: {}}
const input = (changes: Partial<ConfigHashInput> = {}): ConfigHashInput => ({
  decky: decky({services: [service('ssh', 22, {banner: 'x', users: 'y'})]}),
  domain: 'corp.example',
  network: network(),
  portOffset: 0,
  runtimeId: 'sha256:1',
  ...changes,
})
const withDecky = (changes: Partial<Decky>): ConfigHashInput => input({decky: {...input().decky, ...changes}})
const own = configHash(input())

describe('configHash', () => {
  it('is SHA-256 in hexadecimal', () => {
    expect(own).toMatch(/^[0-9a-f]{64}$/)
  })

  it('stays the same over releases: another one would replace every decky of every fleet', () => {
    expect(own).toMatchInlineSnapshot(`"7abcd484b3e7e0054dd6339381d7585b80bb1ee75791b83baef7b6b7ff21e7ac"`)
  })

  it('does not depend on the order of keys', () => {
    const {decky: one, ...rest} = input()
    const shuffled = Object.fromEntries(Object.entries(one).toReversed()) as unknown as Decky
    const services = [service('ssh', 22, {users: 'y', banner: 'x'})]
    expect(configHash({...rest, decky: {...shuffled, services}})).toBe(own)
  })

  it.each<[string, ConfigHashInput]>([
    ['rotation interval', withDecky({mutateInterval: 30})],
    ['host', withDecky({host: 'edge-1'})],
  ])('does not depend on the %s, which does not reach the container', (_, changed) => {
    expect(configHash(changed)).toBe(own)
  })

  it('depends on the image of a custom service, and not on where it is built or what is waited for', () => {
    const from = (directory: string, image = 'decnet-custom:1', port = 502) =>
      configHash(
        withDecky({customServices: [{...custom, image, build: {directory}, health: {port: {port, protocol: 'tcp'}}}]}),
      )
    expect(from('/a')).toBe(from('/b'))
    expect(from('/a')).toBe(from('/a', 'decnet-custom:1', 503))
    expect(from('/a')).not.toBe(from('/a', 'decnet-custom:2'))
  })

  it.each<[string, ConfigHashInput]>([
    ['name', withDecky({name: 'web-02'})],
    ['ip', withDecky({ip: '10.78.0.12'})],
    ['mac', withDecky({mac: '00:50:56:00:00:12'})],
    ['hostname', withDecky({hostname: 'WEB02'})],
    ['os', withDecky({os: 'bsd'})],
    ['distro', withDecky({distro: 'ubuntu22'})],
    ['archetype', withDecky({archetype: 'linux-server'})],
    ['services', withDecky({services: [service('ssh', 22), service('http', 80)]})],
    ['option', withDecky({services: [service('ssh', 22, {banner: 'z', users: 'y'})]})],
    ['port', withDecky({services: [service('ssh', 2222, {banner: 'x', users: 'y'})]})],
    ['custom service', withDecky({customServices: [custom]})],
    ['domain', input({domain: null})],
    ['subnet', input({network: network({subnet: '10.79.0.0/24'})})],
    ['gateway', input({network: network({gateway: '10.78.0.2'})})],
    ['interface', input({network: network({interface: 'lan1'})})],
    ['driver', input({network: network({driver: 'ipvlan'})})],
    ['port offset', input({portOffset: 10_000})],
    ['runtime', input({runtimeId: 'sha256:2'})],
  ])('depends on the %s', (_, changed) => {
    expect(configHash(changed)).not.toBe(own)
  })
})

describe('changedFields', () => {
  it.each<[Partial<Decky>, string[]]>([
    [{}, []],
    [{mutateInterval: 3, host: 'edge-1'}, []],
    [{ip: '10.78.0.12', mac: '00:50:56:00:00:12'}, ['ip', 'mac']],
    [{hostname: 'x', os: 'bsd', distro: 'freebsd', archetype: 'deaddeck'}, ['hostname', 'os', 'distro', 'archetype']],
    [{customServices: [custom]}, ['custom services']],
    [{services: [service('http', 80)]}, ['services']],
    [{services: [service('http', 80), service('ssh', 22)]}, ['services']],
    [{services: [service('ssh', 22, {banner: 'z'})]}, ['ssh options']],
    [{services: [service('ssh', 2222)]}, ['ssh options']],
  ])('of %j are %j', (changes, fields) => {
    const before = decky({services: [service('ssh', 22)]})
    expect(changedFields(before, {...before, ...changes})).toEqual(fields)
  })
})
