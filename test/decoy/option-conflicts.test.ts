/** What a definition lets through starts, and what it refuses does not: the reader and the decoy never drift apart. */

import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {serviceInfo} from '../../src/catalog/service-info.ts'
import {SERVICE_DEFINITIONS} from '../../src/catalog/services.ts'
import type {OptionValues, ServiceDefinition} from '../../src/decoy/definition.ts'
import {Persona, type PersonaFacts} from '../../src/decoy/persona.ts'
import {answersTcp} from '../../src/decoy/self-test.ts'
import {FTP_PRODUCTS, requestedProduct as ftpServer} from '../../src/decoy/services/ftp/choice.ts'
import {PRODUCTS, type ProductName, WEB_SERVERS} from '../../src/decoy/services/http/products/names.ts'
import {defaultVersion} from '../../src/decoy/services/http/products/releases.ts'
import {VERSIONS} from '../../src/decoy/services/http/products/versions.ts'
import {productName} from '../../src/decoy/services/http/server.ts'
import {requestedProduct as telephoneSystem} from '../../src/decoy/services/sip/choice.ts'
import {MTAS} from '../../src/decoy/services/smtp/choice.ts'
import {SSH_PRODUCTS} from '../../src/decoy/services/ssh/choice.ts'
import {SERVICE_LOADERS} from '../../src/decoy/services.ts'
import {DEBIAN_MACHINE} from '../support/machine-facts.ts'
import {everyOption} from '../support/option-values.ts'

const FACTS: PersonaFacts = {...DEBIAN_MACHINE, domain: 'corp.example'}
const MACHINES: readonly Partial<PersonaFacts>[] = [
  {},
  {seed: '01'.repeat(32), distro: 'ubuntu22'},
  {distro: 'centos7'},
  {os: 'bsd', distro: 'freebsd'},
  {os: 'windows_server', distro: 'windows2022'},
  {os: 'embedded', distro: 'embedded', archetype: 'printer'},
  {os: 'embedded', distro: 'embedded', archetype: 'iot-device'},
  {archetype: 'voip-pbx', distro: 'centos7'},
]

/** Of the words in which the hints tell versions: each stands for itself. */
const toldVersions = (product: ProductName): string[] => {
  const {known} = VERSIONS[product]
  const example = /such as (.*)$/.exec(known)?.[1]
  return example === undefined ? known.split(/, | and /) : [example]
}

const definitionOf = (name: string): ServiceDefinition => {
  const found = SERVICE_DEFINITIONS.find((definition) => definition.name === name)
  if (found === undefined) throw new Error(`there is no ${name}`)
  return found
}

/** Undefined: it started. */
async function startFailure(service: string, options: OptionValues, facts: PersonaFacts): Promise<unknown> {
  const create = await SERVICE_LOADERS.get(service)?.()
  if (create === undefined) throw new Error(`${service} cannot be played`)
  try {
    await create(new Persona(facts), options)
    return undefined
  } catch (error) {
    return error
  }
}

async function expectAgreement(service: string, options: OptionValues, machine: Partial<PersonaFacts>): Promise<void> {
  const facts = {...FACTS, ...machine}
  const conflicts = definitionOf(service).conflicts?.(options, facts) ?? []
  const failure = await startFailure(service, options, facts)
  const expected = conflicts.length === 0 ? undefined : expect.any(RangeError)
  expect(failure, JSON.stringify({service, options, machine})).toEqual(expected)
  for (const {option, against} of conflicts) {
    expect(Object.keys(options)).toContain(option)
    if (against !== null) expect(Object.keys(options)).toContain(against)
  }
}

/** Without what is undefined: the fleet file has no such option then. */
const given = (options: Readonly<Record<string, string | undefined>>): OptionValues =>
  Object.fromEntries(Object.entries(options).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])))

const maybe = (values: readonly string[]) => fc.constantFrom(undefined, ...values)

describe('the versions of a web product', () => {
  it.each(PRODUCTS)('of %s are told in words that are right', (product) => {
    const {pattern} = VERSIONS[product]
    for (const version of toldVersions(product)) expect(version).toMatch(pattern)
    expect('99.1').not.toMatch(pattern)
  })

  it.each(WEB_SERVERS)('of %s have those that distributions ship', (product) => {
    for (const machine of MACHINES)
      expect(defaultVersion(product, new Persona({...FACTS, ...machine}))).toMatch(VERSIONS[product].pattern)
  })

  it('of web servers are of one only, so that a version says which is meant', () => {
    for (const product of WEB_SERVERS) {
      for (const version of toldVersions(product))
        expect(WEB_SERVERS.filter((name) => VERSIONS[name].pattern.test(version))).toEqual([product])
    }
  })
})

const PAGES = ['default', 'login', 'basic', 'digest', 'windows']
const WEB_VERSIONS = ['99.1', ...new Set(PRODUCTS.flatMap(toldVersions))]

describe.each(['http', 'https'])('%s', (service) => {
  it('starts with every product and a version of it, on every page that it has', {timeout: 30_000}, async () => {
    for (const product of PRODUCTS) {
      for (const page of [undefined, ...PAGES]) {
        await expectAgreement(service, given({product, page, version: toldVersions(product)[0]}), {})
      }
      await expectAgreement(service, given({product, page: 'default', version: '99.1'}), {})
    }
  })

  it('starts exactly with what its definition lets through', {timeout: 30_000}, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({product: maybe(PRODUCTS), page: maybe(PAGES), version: maybe(WEB_VERSIONS)}),
        fc.constantFrom(...MACHINES),
        async (options, machine) => expectAgreement(service, given(options), machine),
      ),
      {numRuns: 150},
    )
  })
})

it.each([
  ['ipp', ['hp', 'cups'], ['2.4.2', '1.7']],
  ['sip', ['asterisk', 'freepbx'], ['18.16.0', '16.0.40.7(18.16.0)', '16.28.0~dfsg-0+deb11u3']],
  ['ftp', FTP_PRODUCTS, ['3.0.5', '1.3.8', '10.12.182', '99.1.1']],
  ['smtp', MTAS, ['3.7.11', '4.96', '8.17.1', '99.1']],
  ['smtp_relay', MTAS, ['3.7.11', '4.96', '8.17.1', '99.1']],
  ['ssh', SSH_PRODUCTS, ['OpenSSH_9.2p1', 'dropbear_2022.83', 'Cisco-1.25', 'mpSSH_0.2.1', 'Other_1']],
])('%s starts exactly with what its definition lets through', async (service, products, versions) => {
  for (const machine of MACHINES) {
    for (const product of [undefined, ...products]) {
      for (const version of [undefined, ...versions]) {
        await expectAgreement(service, given({product, version}), machine)
      }
    }
  }
})

it.each(SERVICE_DEFINITIONS)('$name lets every option at once through, as its decoy does', (definition) => {
  const problems = serviceInfo(definition).problems?.(everyOption(definition), {os: 'linux', archetype: null})
  // `tls = no` leaves a port of TLS without effect.
  expect(problems?.filter(({code}) => code !== 'option-without-effect')).toEqual([])
})

it('a version without a product says which one is meant', () => {
  const windows = new Persona({...FACTS, os: 'windows_server', distro: 'windows2022'})
  expect(productName(windows, {version: '2.4.57'})).toBe('apache')
  expect(productName(new Persona(FACTS), {version: '10.0'})).toBe('iis')
  expect(productName(new Persona(FACTS), {version: '2.4.57', page: 'windows'})).toBe('iis')
  expect(telephoneSystem({version: '16.0.40.7(18.16.0)'}, FACTS)).toBe('freepbx')
  expect(telephoneSystem({version: '18.16.0'}, FACTS)).toBe('asterisk')
  expect(ftpServer({version: '1.3.8'}, FACTS)).toBe('proftpd')
  expect(ftpServer({version: '3.0.5'}, FACTS)).toBe('vsftpd')
  expect(ftpServer({}, FACTS)).toBeNull()
})

/** A TCP port that can be moved, and the number of one of another purpose that is closed, or of UDP. */
const VACANT = SERVICE_DEFINITIONS.flatMap(({name, ports}) =>
  ports
    .filter(({option, needs, protocol}) => option !== undefined && needs === undefined && protocol === 'tcp')
    .flatMap(({port: from, option = ''}) =>
      ports
        .filter(({port, needs, protocol}) => port !== from && (needs !== undefined || protocol === 'udp'))
        .map(({port, needs}) => ({name, from, option, port, off: needs === undefined ? {} : {[needs]: false}})),
    ),
)

it.each(VACANT)('$name serves on $port what it has on $from, with $off', async ({name, from, option, port, off}) => {
  const persona = new Persona(FACTS)
  const create = await SERVICE_LOADERS.get(name)?.()
  const usual = await create?.(persona, {})
  const service = await create?.(persona, {[option]: port, ...off})
  if (usual === undefined || service === undefined) throw new Error(`${name} cannot be played`)
  const secure = (handler: object | undefined): boolean => handler !== undefined && 'tls' in handler
  expect(secure(service.tcp?.(port))).toBe(secure(usual.tcp?.(from)))
  expect(service.selfTest(port, 'tcp').send).toEqual(usual.selfTest(from, 'tcp').send)
  expect(await answersTcp(service, port)).toBe(true)
})
