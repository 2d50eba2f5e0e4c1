import {describe, expect, it} from 'vitest'

import {CATALOG} from '../../src/catalog/index.ts'
import {STAND_INS, standInNote} from '../../src/catalog/stand-ins.ts'
import {DecnetError} from '../../src/fleet/errors.ts'
import {readFleetSpec} from '../../src/fleet/read-spec.ts'

const read = (text: string) => readFleetSpec('fleet.ini', text, CATALOG)

/** `ip`, `amount` and the like have tests of their own: these are the names of things. */
const SERVICES = [
  ...['ssh', 'telnet', 'http', 'https', 'ftp', 'tftp', 'smb', 'rdp', 'vnc', 'smtp', 'smtp_relay', 'imap', 'pop3'],
  ...['ldap', 'llmnr', 'dns', 'mysql', 'postgres', 'mssql', 'mongodb', 'redis', 'elasticsearch', 'mqtt', 'snmp'],
  ...['sip', 'k8s', 'docker_api', 'conpot', 'sniffer'],
]
const ARCHETYPES = [
  ...['windows-workstation', 'windows-server', 'domain-controller', 'linux-server', 'web-server', 'database-server'],
  ...['mail-server', 'file-server', 'printer', 'iot-device', 'industrial-control', 'voip-server', 'monitoring-node'],
  ...['devops-host', 'deaddeck'],
]
const DISTROS = ['debian', 'ubuntu22', 'ubuntu20', 'rocky9', 'centos7', 'alpine', 'fedora', 'kali', 'arch']
const SYSTEMS = ['linux', 'windows', 'windows_server', 'bsd', 'embedded', 'cisco']

describe('what earlier fleet files name', () => {
  it.each(SERVICES)('the service %s loads', (name) => {
    const {spec} = read(`[d]\nservices = ${name}\n`)
    for (const service of spec.deckies[0]?.services ?? []) expect(CATALOG.services.has(service)).toBe(true)
  })

  it.each(ARCHETYPES)('the archetype %s loads, with what it offered as services of its own', (name) => {
    expect(read(`[d]\narchetype = ${name}\n`).spec.deckies[0]?.archetype).toBe(name)
  })

  it.each(DISTROS)('the distro %s loads', (name) => {
    expect(read(`[d]\ndistro = ${name}\nservices = ssh\n`).spec.deckies[0]?.distro).toBe(name)
  })

  it.each(SYSTEMS)('the OS %s loads under the key of earlier files', (name) => {
    expect(read(`[d]\nnmap_os = ${name}\nservices = http\n`).spec.deckies[0]?.os).toBe(name)
  })
})

describe('a name that stands for services', () => {
  const services = (text: string) => read(text).spec.deckies[0]?.services

  it('is replaced by them, each once, beside whatever else is named', () => {
    expect(services('[plc]\nservices = conpot, snmp\n')).toEqual(['modbus', 's7', 'snmp'])
    expect(services('[plc]\nservices = s7, CONPOT, http\narchetype = industrial-control\n')).toEqual([
      's7',
      'modbus',
      'http',
    ])
    expect(read('[plc]\nservices = modbus, conpot\n').warnings).toEqual([])
  })

  it('has no options, and says which sections have', () => {
    const file = '[plc]\nservices = conpot\n[plc.conpot]\nport = 5020\n'
    expect(() => read(file)).toThrow(DecnetError)
    try {
      read(file)
    } catch (error) {
      const [problem] = error instanceof DecnetError ? error.diagnostics : []
      expect(problem).toMatchObject({code: 'unknown-service', place: {line: 3, column: 6}})
      expect(problem?.summary).toContain('conpot stands for modbus and s7')
      expect(problem?.hint).toContain('write [plc.modbus] or [plc.s7]')
    }
  })

  it('gives way to a custom service of that name', () => {
    const [decky] = read('[custom-conpot]\nbinary = scada:1\nports = 502\n[plc]\nservices = conpot, http\n').spec
      .deckies
    expect(decky?.services).toEqual(['http'])
    expect(decky?.customServices.map(({name}) => name)).toEqual(['conpot'])
  })

  it('is explained to whoever asks for it', () => {
    expect(standInNote('conpot')).toContain('modbus and s7')
    expect(standInNote('sniffer')).toContain('fingerprints')
    expect(standInNote('ssh')).toBeUndefined()
  })
})

describe('a name that needs no service', () => {
  it('is a warning where it stands, and otherwise not there', () => {
    const {spec, warnings} = read('[a]\nservices = ssh, sniffer\n')
    expect(spec.deckies[0]?.services).toEqual(['ssh'])
    expect(warnings).toMatchObject([{code: 'needless-service', severity: 'warning', place: {line: 2, column: 17}}])
    expect(warnings[0]?.summary).toContain('every decky records the TLS and SSH fingerprints')
  })

  it('alone is as good as no services', () => {
    const {spec} = read(
      '[a]\nservices = sniffer\n[b]\nservices = sniffer\narchetype = deaddeck\n[b.ssh]\nusers = a:b\n',
    )
    expect(spec.deckies.map(({services}) => services)).toEqual([undefined, undefined])
    expect(spec.deckies[1]?.options).toHaveProperty('ssh')
  })

  it('does not make a second problem of an archetype that is none', () => {
    expect(() => read('[a]\nservices = sniffer\narchetype = x\n[a.ssh]\nusers = a:b\n')).toThrow(/has 1 problem/)
  })
})

it('hides no service, and stands for ones that there are', () => {
  for (const {name, services} of STAND_INS.values()) {
    expect(CATALOG.services.has(name)).toBe(false)
    expect(services.filter((service) => !CATALOG.services.has(service))).toEqual([])
  }
})
