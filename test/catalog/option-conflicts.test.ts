/** Every pair of options that `decnet validate` refuses, with its place and its hint. */
import {describe, expect, it} from 'vitest'

import {CATALOG} from '../../src/catalog/index.ts'
import type {Diagnostic} from '../../src/fleet/diagnostics.ts'
import {DecnetError} from '../../src/fleet/errors.ts'
import {readFleetSpec} from '../../src/fleet/read-spec.ts'

function findings(text: string): readonly Diagnostic[] {
  try {
    return readFleetSpec('fleet.ini', text, CATALOG).warnings
  } catch (error) {
    if (error instanceof DecnetError) return error.diagnostics
    throw error
  }
}

/** `code line: summary`, and the hint. */
const told = ({code, place, summary, hint}: Diagnostic) => [`${code} ${place?.line}: ${summary}`, hint]

/** A decky with one service; the first of its options is on line 4. */
const fileOf = (service: string, options: readonly string[], machine = ''): string =>
  [`[d]`, `services = ${service}${machine === '' ? '' : `\n${machine}`}`, `[d.${service}]`, ...options].join('\n')

const NOT_PAGES = 'choose default, login or basic, or product ='
const NGINX = 'nginx has 0.x.y and 1.x.y, such as 1.22.1'
const APACHE = 'apache has 2.2.x and 2.4.x, such as 2.4.62'
const IIS = 'iis has 7.5, 8.0, 8.5 and 10.0'

describe.each(['http', 'https'])('%s', (service) => {
  it.each([
    ['product = grafana', 'version = 99.1', 'grafana has no version "99.1"', 'grafana has 10.0.3, 10.1.5 and 10.2.3'],
    ['product = iis', 'version = 1.22.1', 'iis has no version "1.22.1"', IIS],
    ['product = nginx', 'version = 2.4.62', 'nginx has no version "2.4.62"', NGINX],
    ['product = nginx', 'page = digest', 'page = digest is for apache, not for nginx', `${NOT_PAGES} apache`],
    ['product = apache', 'page = windows', 'page = windows is for iis, not for apache', `${NOT_PAGES} iis`],
    [
      'product = grafana',
      'page = digest',
      'grafana has pages of its own: page = digest is for apache',
      'remove page, or choose another product',
    ],
    [
      'product = esxi',
      'page = login',
      'esxi has pages of its own: page = login is for nginx, apache, iis',
      'remove page, or choose another product',
    ],
    [
      'page = windows',
      'version = 2.4.62',
      'iis, which page = windows asks for, has no version "2.4.62"',
      'iis has 7.5, 8.0, 8.5 and 10.0',
    ],
  ])('refuses %s with %s', (first, second, problem, hint) => {
    const refused = (line: number) => [[`option-conflict ${line}: ${service} of [d]: ${problem}`, hint]]
    expect(findings(fileOf(service, [first, second])).map(told)).toEqual(refused(5))
    expect(findings(fileOf(service, [second, first])).map(told)).toEqual(refused(4))
  })

  it('refuses a version that no web server has, where no product is named', () => {
    const problem = `option-conflict 4: ${service} of [d]: no web server has a version "9.0.83"`
    const hint = `name the product that has it; ${NGINX}; ${APACHE}; ${IIS}`
    expect(findings(fileOf(service, ['version = 9.0.83'])).map(told)).toEqual([[problem, hint]])
  })

  it.each(['version = 1.22.1', 'version = 2.4.62', 'version = 10.0', 'page = digest', 'page = windows'])(
    'takes %s on any machine: it says which product is meant',
    (line) => {
      for (const os of ['linux', 'windows', 'bsd', 'embedded', 'cisco'])
        expect(findings(fileOf(service, [line], `os = ${os}`))).toEqual([])
    },
  )
})

describe('ipp', () => {
  const hint = 'remove version, or choose product = cups'

  it('refuses a version of CUPS of a printer', () => {
    const problem = 'option-conflict 5: ipp of [d]: product = hp is a printer, which has no version of CUPS: 2.4.2'
    expect(findings(fileOf('ipp', ['product = hp', 'version = 2.4.2'])).map(told)).toEqual([[problem, hint]])
  })

  it.each(['windows', 'embedded'])('refuses it on %s, where a printer is what it is', (os) => {
    const problem = `option-conflict 5: ipp of [d]: on ${os} it is a printer, which has no version of CUPS: 2.4.2`
    expect(findings(fileOf('ipp', ['version = 2.4.2'], `os = ${os}`)).map(told)).toEqual([[problem, hint]])
    expect(findings(fileOf('ipp', ['version = 2.4.2', 'product = cups'], `os = ${os}`))).toEqual([])
  })

  it('takes it where CUPS runs', () => {
    expect(findings(fileOf('ipp', ['version = 2.4.2']))).toEqual([])
    expect(findings(fileOf('ipp', ['version = 2.4.2'], 'os = bsd'))).toEqual([])
  })
})

describe('sip', () => {
  it.each([
    [
      'freepbx',
      '16.0.40',
      'freepbx names the Asterisk below it, too, which version = 16.0.40 does not',
      'write it as 16.0.40.7(18.16.0), or choose product = asterisk',
    ],
    [
      'asterisk',
      '16.0.40.7(18.16.0)',
      'asterisk has no version "16.0.40.7(18.16.0)"',
      'write the version of Asterisk alone, such as 18.16.0, or choose product = freepbx',
    ],
  ])('refuses %s %s', (product, version, problem, hint) => {
    const found = findings(fileOf('sip', [`product = ${product}`, `version = ${version}`]))
    expect(found.map(told)).toEqual([[`option-conflict 5: sip of [d]: ${problem}`, hint]])
  })

  it('knows that a telephone system of its archetype is FreePBX', () => {
    const file = (version: string) => `[d]\narchetype = voip-pbx\n[d.sip]\nversion = ${version}`
    expect(findings(file('18.16.0')).map(told)[0]?.[0]).toContain('option-conflict 4: sip of [d]: freepbx names')
    expect(findings(file('16.0.40.7(18.16.0)'))).toEqual([])
  })

  it.each(['18.16.0', '16.0.40.7(18.16.0)'])('takes %s alone: it says which product is meant', (version) => {
    expect(findings(fileOf('sip', [`version = ${version}`], 'distro = centos7'))).toEqual([])
    expect(findings(fileOf('sip', [`version = ${version}`]))).toEqual([])
  })
})

describe('a version that another product has', () => {
  const POSTFIX = 'postfix has 2.x and 3.x, such as 3.7.11'

  it.each([
    [
      'ftp',
      ['product = vsftpd', 'version = 1.3.8'],
      'vsftpd has no version "1.3.8"',
      'vsftpd has 2.x.y and 3.x.y, such as 3.0.5',
    ],
    [
      'smtp',
      ['product = postfix', 'version = 4.96'],
      'postfix has no version "4.96"',
      `${POSTFIX}, or choose product = exim`,
    ],
    [
      'smtp_relay',
      ['mta = sendmail', 'version = 99.1'],
      'sendmail has no version "99.1"',
      'sendmail has 8.x.y, such as 8.17.1',
    ],
    [
      'ssh',
      ['product = dropbear', 'version = OpenSSH_9.2p1'],
      'dropbear does not call itself "OpenSSH_9.2p1"',
      'its versions begin with dropbear_; or choose product = openssh',
    ],
  ])('is refused: %s with %j', (service, options, problem, hint) => {
    expect(findings(fileOf(service, options)).map(told)).toEqual([
      [`option-conflict 5: ${service} of [d]: ${problem}`, hint],
    ])
  })

  it.each([
    ['smtp', 'linux', '4.96', 'on linux it is postfix, which has no version "4.96"'],
    ['smtp', 'bsd', '3.7.11', 'on bsd it is sendmail, which has no version "3.7.11"'],
    ['ftp', 'linux', '10.12.182', 'here it is vsftpd or proftpd, which has no version "10.12.182"'],
  ])('is refused where no product is named: %s on %s, %s', (service, os, version, problem) => {
    const found = findings(fileOf(service, [`version = ${version}`], `os = ${os}`)).map(told)
    expect(found.map(([summary]) => summary)).toEqual([`option-conflict 5: ${service} of [d]: ${problem}`])
  })

  it.each([
    ['ftp', 'version = 1.3.8'],
    ['ftp', 'version = 3.0.5'],
    ['smtp', 'version = 3.7.11'],
    ['ssh', 'product = dropbear\nversion = Other_1.0'],
    ['ssh', 'product = esxi\nversion = OpenSSH_8.8'],
  ])('is not what %s has with %j', (service, options) => {
    expect(findings(fileOf(service, [options]))).toEqual([])
  })
})

describe('two ports of one service', () => {
  it.each([
    ['imap', ['port = 993'], 4, 'port = 993 is the tls_port of imap, too', 'choose another port, or set tls = no'],
    ['imap', ['tls_port = 143'], 4, 'tls_port = 143 is the port of imap, too', 'choose another port, or set tls = no'],
    [
      'pop3',
      ['port = 5', 'tls_port = 5'],
      5,
      'tls_port = 5 is the port of pop3, too',
      'choose another port, or set tls = no',
    ],
    ['winrm', ['tls_port = 5', 'port = 5'], 4, 'tls_port = 5 is the port of winrm, too', 'choose another port'],
    ['msrpc', ['port = 593'], 4, 'port = 593 is the http_port of msrpc, too', 'choose another port'],
    ['ldap', ['port = 636'], 4, 'port = 636 is where ldap has LDAP over TLS', 'choose another port'],
    ['smb', ['port = 139'], 4, 'port = 139 is where smb has SMB over NetBIOS sessions', 'choose another port'],
    ['mqtt', ['port = 8883'], 4, 'port = 8883 is where mqtt has MQTT over TLS', 'choose another port, or set tls = no'],
    [
      'smtp',
      ['port = 587'],
      4,
      'port = 587 is where smtp has submission',
      'choose another port, or set submission = no',
    ],
    [
      'docker_api',
      ['tls = yes', 'port = 2376'],
      5,
      'port = 2376 is the tls_port of docker_api, too',
      'choose another port, or set tls = no',
    ],
  ])('%s: %s', (service, options, line, problem, hint) => {
    const found = findings(fileOf(service, options)).map(told)
    expect(found).toEqual([[`port-clash ${line}: ${service} of [d]: ${problem}`, hint]])
  })

  it.each([
    ['docker_api', 'port = 2376'],
    ['k8s', 'port = 8080'],
    ['mqtt', 'port = 8883\ntls = no'],
    ['smtp', 'port = 587\nsubmission = no'],
    ['mssql', 'port = 1434'],
  ])('%s may have %j: nothing else listens there', (service, options) => {
    expect(findings(fileOf(service, [options]))).toEqual([])
  })
})

it.each([
  ['docker_api', 'tls_port = 2400', 'tls', 'tls_port'],
  ['k8s', 'insecure_port = 81', 'insecure', 'insecure_port'],
  ['imap', 'tls_port = 994\ntls = no', 'tls', 'tls_port'],
])('%s warns of %j, which moves a port that is closed', (service, options, needs, port) => {
  const [found, ...more] = findings(fileOf(service, [options]))
  expect(more).toEqual([])
  expect(found).toMatchObject({severity: 'warning', code: 'option-without-effect', place: {line: 4}})
  expect(found?.summary).toBe(`${service} of [d]: ${port} has no effect without ${needs} = yes`)
  expect(found?.hint).toBe(`set ${needs} = yes, or remove ${port}`)
})

describe('archetypes', () => {
  it.each([...CATALOG.archetypes.keys()])('%s contradicts itself nowhere', (name) => {
    expect(findings(`[d]\narchetype = ${name}`)).toEqual([])
  })

  it('are named where their options are half of a contradiction', () => {
    expect(findings('[d]\narchetype = monitoring-node\n[d.http]\nversion = 1.22.1').map(told)).toEqual([
      [
        'option-conflict 4: http of [d]: grafana has no version "1.22.1"',
        'grafana has 10.0.3, 10.1.5 and 10.2.3; product = grafana comes from the archetype monitoring-node',
      ],
    ])
    expect(findings('[d]\narchetype = iis-intranet\n[d.http]\nproduct = nginx').map(told)).toEqual([
      [
        'option-conflict 4: http of [d]: page = windows is for iis, not for nginx',
        `${NOT_PAGES} iis; page = windows comes from the archetype iis-intranet`,
      ],
    ])
  })
})
