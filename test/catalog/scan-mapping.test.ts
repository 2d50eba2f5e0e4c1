import {describe, expect, it} from 'vitest'

import {CATALOG} from '../../src/catalog/index.ts'
import {distroOfScan, osOfScan, type ScannedSystem, serviceOfPort} from '../../src/catalog/scan-mapping.ts'

const system = (fields: Partial<ScannedSystem>): ScannedSystem => ({
  family: '',
  vendor: '',
  device: '',
  words: '',
  ports: new Set(),
  ...fields,
})

describe('a scanned port', () => {
  it.each([
    [22, 'ssh', false, 'ssh'],
    [2222, 'ssh', false, 'ssh'],
    [443, 'http', true, 'https'],
    [443, 'https', false, 'https'],
    [993, 'imap', true, 'imap'],
    [9200, 'wap-wsp', false, 'elasticsearch'],
    [3389, 'ms-wbt-server', true, 'rdp'],
    [502, 'mbap', false, 'modbus'],
    [102, 'iso-tsap', false, 's7'],
    [515, 'printer', false, 'lpd'],
    [631, 'http', false, 'ipp'],
    [9100, 'jetdirect', false, 'jetdirect'],
    [8883, 'secure-mqtt', true, 'mqtt'],
    [15_672, 'http', false, 'rabbitmq'],
    [4444, 'krb524', false, undefined],
    [1, 'constructor', false, undefined],
  ])('%i %s (TLS: %s) is %s', (port, service, tls, name) => {
    expect(serviceOfPort({port, protocol: 'tcp', service, tls})).toBe(name)
  })
})

/** Every way that a service can be found. */
const FOUND = ['ssh', 'microsoft-ds', 'mbap', 's7comm', 'snmp', 'ipp', 'printer', 'jetdirect', 'ntp', 'nfs', 'amqp']

it.each(FOUND)('%s is the name of a service that there is', (service) => {
  const name = serviceOfPort({port: 1, protocol: 'tcp', service, tls: false})
  expect(CATALOG.services.has(name ?? '')).toBe(true)
})

describe('a scanned system', () => {
  it.each<[Partial<ScannedSystem>, string]>([
    [{family: 'Linux', device: 'general purpose'}, 'linux'],
    [{family: 'Linux', device: 'WAP'}, 'embedded'],
    [{family: 'embedded', device: 'printer'}, 'embedded'],
    [{family: 'Windows', words: 'Microsoft Windows 10 1709 - 1909'}, 'windows'],
    [{family: 'Windows', words: 'Microsoft Windows Server 2019'}, 'windows_server'],
    [{family: 'IOS', vendor: 'Cisco', device: 'router'}, 'cisco'],
    [{family: 'iOS', vendor: 'Apple', device: 'phone'}, 'embedded'],
    [{family: 'OpenBSD', device: 'general purpose'}, 'bsd'],
    [{words: 'Microsoft IIS httpd 10.0 Windows'}, 'windows'],
    [{words: 'OpenSSH 9.2p1 Debian 2'}, 'linux'],
    [{words: 'Cisco router telnetd'}, 'cisco'],
    [{ports: new Set(['9100/tcp'])}, 'embedded'],
    [{ports: new Set(['135/tcp', '389/tcp'])}, 'windows_server'],
    [{ports: new Set(['3389/tcp'])}, 'windows'],
    [{}, 'linux'],
  ])('%j looks like %s', (fields, os) => {
    expect(osOfScan(system(fields))).toBe(os)
  })

  it.each([
    ['OpenSSH 8.2p1 Ubuntu 4ubuntu0.11', 'ubuntu20'],
    ['OpenSSH 8.9p1 Ubuntu 3', 'ubuntu22'],
    ['OpenSSH 9.2p1 Debian 2+deb12u2', 'debian'],
    ['Microsoft Windows Server 2019', 'windows2019'],
    ['nginx', undefined],
  ])('%s is %s', (words, distro) => {
    expect(distroOfScan(words)).toBe(distro)
  })
})
