import {describe, expect, it} from 'vitest'
import {OS_PROFILES} from '../../../src/catalog/os-profiles.ts'
import {decodeManifest} from '../../../src/decoy/manifest.ts'
import {deckySpec} from '../../../src/engines/docker/container.ts'
import {containerName, retiredName} from '../../../src/engines/docker/names.ts'
import {seccompProfile} from '../../../src/engines/docker/seccomp.ts'
import {INSTALL, request} from '../../support/fleet-parts.ts'

const specOf = (overrides: Parameters<typeof request>[0] = {}) => {
  const asked = request(overrides)
  const osSysctls = OS_PROFILES.get(asked.decky.os)?.sysctls ?? {}
  return deckySpec(asked, {handle: 'lan', driver: 'macvlan'}, {install: INSTALL, image: 'decoy:1', osSysctls})
}

describe('the container of a decky', () => {
  it('is confined', () => {
    expect(specOf()).toMatchObject({
      User: '65532',
      Tty: false,
      StopTimeout: 2,
      Hostname: 'WEB01',
      MacAddress: '00:50:56:00:00:11',
      HostConfig: {
        CapDrop: ['ALL'],
        ReadonlyRootfs: true,
        PidsLimit: 64,
        Memory: 128 * 1024 * 1024,
        MemorySwap: 128 * 1024 * 1024,
        RestartPolicy: {Name: 'always'},
        Tmpfs: {'/tmp': expect.stringContaining('noexec')},
        LogConfig: {Type: 'json-file', Config: {'max-size': '2m', 'max-file': '3'}},
      },
    })
    expect(specOf().HostConfig).not.toHaveProperty('CapAdd')
  })

  it('has the TCP/IP traits of its OS, and binds low ports without a capability', () => {
    expect(specOf({os: 'windows'}).HostConfig).toMatchObject({
      Sysctls: {
        'net.ipv4.ip_default_ttl': '128',
        'net.ipv4.ip_unprivileged_port_start': '0',
        'net.ipv6.conf.all.disable_ipv6': '1',
      },
    })
  })

  it('carries a manifest of any size that Linux takes', () => {
    const banner = 'x'.repeat(100_000)
    const spec = specOf({services: [{name: 'ssh', ports: [{port: 22, protocol: 'tcp'}], options: {banner}}]})
    const [entry = ''] = spec.Env
    expect(entry.length).toBeLessThan(128 * 1024)
    expect(decodeManifest(entry.replace('MANIFEST=', '')).deckies[0]?.services[0]?.options).toEqual({banner})
  })

  it('gives two deckies of one install seeds of their own', () => {
    const seed = (name: string) =>
      decodeManifest(specOf({name}).Env[0]?.replace('MANIFEST=', '') ?? '').deckies[0]?.persona.seed
    expect(seed('a')).not.toBe(seed('b'))
    expect(seed('a')).toBe(seed('a'))
  })
})

describe('the seccomp profile', () => {
  const rules = (udp: boolean) =>
    (
      JSON.parse(seccompProfile(udp)) as {
        syscalls: {names: string[]; args: {index: number; value: number; valueTwo?: number}[]}[]
      }
    ).syscalls

  it('refuses new connections by every way there is', () => {
    const refused = rules(false)
      .filter(({args}) => args.length === 0)
      .flatMap(({names}) => names)
    expect(refused).toEqual(
      expect.arrayContaining(['connect', 'io_uring_setup', 'ptrace', 'mount', 'unshare', 'setns', 'bpf']),
    )
    const fastOpen = rules(false)
      .filter(({args}) => args.some(({value}) => value === 0x2000_0000))
      .map(({names}) => names[0])
    expect(fastOpen).toEqual(expect.arrayContaining(['sendto', 'sendmsg', 'sendmmsg']))
  })

  it('lets UDP sockets be made only where a service needs them', () => {
    const refusesDatagrams = (udp: boolean) =>
      rules(udp).some(({names, args}) => names[0] === 'socket' && args[0]?.value === 2 && args[1]?.valueTwo === 2)
    expect([refusesDatagrams(false), refusesDatagrams(true)]).toEqual([true, false])
  })
})

describe('names', () => {
  it('tell fleet, decky and configuration apart', () => {
    expect(containerName(INSTALL, request({}, 'deadbeef00'), null)).toBe('dn-01234567-web-01-deadbeef')
    expect(containerName(INSTALL, request({}, 'deadbeef00'), 'scada')).toBe('dn-01234567-web-01-deadbeef-scada')
    expect(retiredName('dn-a', 'f00dcafe1234')).toBe('dn-a-f00dcafe')
  })
})
