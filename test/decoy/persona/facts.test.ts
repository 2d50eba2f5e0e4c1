import {describe, expect, it} from 'vitest'
import {DISTROS} from '../../../src/catalog/distros.ts'
import {computerName, domainOf, groupName, ntlmNames} from '../../../src/decoy/persona/domain.ts'
import {placeOf, utcOffset} from '../../../src/decoy/persona/place.ts'
import {exchangeRelease, mssqlRelease, type Product, versionOf} from '../../../src/decoy/persona/products.ts'
import {applianceSerial, type Vendor} from '../../../src/decoy/persona/serials.ts'
import {
  computerSid,
  domainGuid,
  domainSid,
  fileTime,
  forestCreatedAt,
  lastLogonAt,
  machineGuid,
  machineSid,
  ntlmVersion,
  personaGuid,
  productVersion,
  smbServerGuid,
  windowsRelease,
} from '../../../src/decoy/persona/windows.ts'
import {Persona} from '../../../src/decoy/persona.ts'
import {defaultVersion as webVersion} from '../../../src/decoy/services/http/products/releases.ts'
import {defaultVersion as sshVersion} from '../../../src/decoy/services/ssh/releases.ts'
import {authorityCertificate} from '../../../src/decoy/tls/authority.ts'
import {tlsIdentity} from '../../../src/decoy/tls/certificate.ts'
import type {DeckyRequest} from '../../../src/engines/engine.ts'
import {deckyManifest} from '../../../src/engines/manifest.ts'
import {SITES} from '../../../src/fleet/identity.ts'
import {persona, SINCE, windows} from '../tls/support.ts'

const NOW = Date.parse(SINCE) + 40 * 86_400_000
const VENDORS: readonly Vendor[] = ['hpe', 'dell', 'fortinet', 'vmware', 'hp', 'cisco', 'synology', 'axis']

describe('names', () => {
  it('of a domain member agree everywhere', () => {
    const owner = windows()
    expect(domainOf(owner)).toMatchObject({
      dns: 'corp.example',
      netbios: 'CORP',
      distinguishedName: 'DC=corp,DC=example',
      controller: 'BER-DC01',
      controllerFqdn: 'ber-dc01.corp.example',
    })
    expect(ntlmNames(owner)).toEqual({
      netbiosDomain: 'CORP',
      netbiosComputer: 'BER-FILE01',
      dnsDomain: 'corp.example',
      dnsComputer: 'BER-FILE01.corp.example',
      dnsTree: 'corp.example',
    })
    expect(groupName(owner)).toBe('CORP')
  })

  it('of a stand-alone machine are its own, in a workgroup', () => {
    const owner = windows({domain: null})
    expect(domainOf(owner)).toBeNull()
    expect(groupName(owner)).toBe('WORKGROUP')
    expect(ntlmNames(owner)).toMatchObject({netbiosDomain: 'BER-FILE01', dnsDomain: 'BER-FILE01', dnsTree: null})
    expect([domainSid(owner), computerSid(owner), domainGuid(owner)]).toEqual([null, null, null])
  })

  it('of a controller are the domain’s', () => {
    const owner = windows({hostname: 'HQ-AD1', archetype: 'domain-controller'})
    expect(domainOf(owner)?.controller).toBe('HQ-AD1')
    expect(computerSid(owner)).toBe(`${domainSid(owner)}-1000`)
  })

  it('fit NetBIOS', () => {
    expect(computerName(persona({hostname: 'a-very-long-machine-name.example'}))).toBe('A-VERY-LONG-MAC')
    expect(domainOf(windows({domain: 'subsidiary-of-something.example'}))?.netbios).toBe('SUBSIDIARY-OF-S')
    expect(domainOf(windows({domain: 'Corp.Example.'}))?.dns).toBe('corp.example')
  })
})

describe('Windows', () => {
  it.each([
    ['windows2019', '10.0.17763'],
    ['windows2022', '10.0.20348'],
    ['windows10', '10.0.19045'],
    ['windows11', '10.0.22631'],
  ])('%s is %s in NTLM and everywhere', (distro, version) => {
    const owner = windows({distro})
    const {build, revision} = windowsRelease(owner)
    expect(productVersion(owner)).toBe(version)
    expect(version).toBe(`10.0.${build}`)
    expect(revision).toBeGreaterThan(1000)
    const bytes = ntlmVersion(owner)
    expect([...bytes.subarray(0, 2), bytes.readUInt16LE(2), bytes[7]]).toEqual([10, 0, build, 15])
  })

  it('has one set of updates in a domain, and one domain SID', () => {
    const [one, two] = [windows(), windows({seed: '66'.repeat(32), hostname: 'BER-SQL01'})]
    expect(windowsRelease(one)).toEqual(windowsRelease(two))
    expect(domainSid(one)).toBe(domainSid(two))
    expect(domainGuid(one)).toBe(domainGuid(two))
    expect(forestCreatedAt(one)).toBe(forestCreatedAt(two))
    expect(computerSid(one)).not.toBe(computerSid(two))
    expect(computerSid(one)).toMatch(/^S-1-5-21-\d+-\d+-\d+-\d{4}$/)
  })

  it('has GUIDs of version 4, as text and as sent', () => {
    expect(machineGuid(windows())).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(smbServerGuid(windows()).readUInt8(7) >> 4).toBe(4)
    expect(personaGuid(windows(), 'a')).not.toBe(personaGuid(windows(), 'b'))
  })

  it('was last used on a working day before now', () => {
    for (let day = 0; day < 30; day++) {
      const now = NOW + day * 86_400_000
      const at = lastLogonAt(windows({seed: day.toString(16).padStart(2, '0').repeat(32)}), now)
      expect(at).toBeLessThan(now)
      expect(at).toBeGreaterThan(now - 8 * 86_400_000)
      expect([0, 6]).not.toContain(new Date(at).getUTCDay())
    }
  })

  it('counts time from 1601', () => {
    expect(fileTime(0)).toBe(116_444_736_000_000_000n)
    expect(fileTime(Date.UTC(2000, 0, 1))).toBe(125_911_584_000_000_000n)
  })
})

describe('places', () => {
  it('are known for every site of a fleet, with a time zone that exists', () => {
    for (const site of SITES) {
      const owner = persona({fleet: {seed: '00'.repeat(32), site, controller: 'DC01'}})
      const {timeZone, locale, country} = placeOf(owner)
      expect(() => new Intl.DateTimeFormat('en', {timeZone})).not.toThrow()
      expect(locale).toBe(`${locale.slice(0, 2)}_${country}.UTF-8`)
      if (site !== 'lon') expect(utcOffset(owner, NOW)).not.toBe(0)
    }
  })

  it('have daylight saving time', () => {
    expect(utcOffset(persona(), Date.UTC(2026, 0, 1))).toBe(60)
    expect(utcOffset(persona(), Date.UTC(2026, 6, 1))).toBe(120)
    expect(
      utcOffset(persona({fleet: {seed: '00'.repeat(32), site: 'nyc', controller: ''}}), Date.UTC(2026, 0, 1)),
    ).toBe(-300)
  })
})

describe('product versions', () => {
  const unix = [...DISTROS.values()].filter(({os}) => os === 'linux' || os === 'bsd').map(({name}) => name)

  it.each([...unix, 'embedded'])('of %s are those its services announce', (distro) => {
    const owner = persona({distro})
    expect(sshVersion(owner)).toContain(versionOf(owner, 'openssh'))
    expect(webVersion('nginx', owner).split(' ')[0]).toBe(versionOf(owner, 'nginx'))
    expect(webVersion('apache', owner)).toBe(versionOf(owner, 'apache'))
  })

  it('are there for every distro', () => {
    const products: readonly Product[] = [
      'samba',
      'php',
      'mysql',
      'mariadb',
      'postgres',
      'vsftpd',
      'proftpd',
      'openssl',
    ]
    for (const distro of DISTROS.keys()) {
      for (const product of products) expect(versionOf(persona({distro}), product)).toMatch(/^\d+\.\d/)
    }
  })
})

/** Everything that a scanner can come to read of a persona. */
function readable(owner: Persona): Record<string, unknown> {
  return {
    hostname: owner.hostname,
    fqdn: owner.fqdn,
    mac: owner.facts.mac,
    names: ntlmNames(owner),
    boot: owner.bootedAt(NOW),
    installed: owner.installedAt,
    machineSid: machineSid(owner),
    computerSid: computerSid(owner),
    machineGuid: machineGuid(owner),
    smbGuid: smbServerGuid(owner).toString('hex'),
    lastLogon: lastLogonAt(owner, NOW),
    ...Object.fromEntries(VENDORS.map((vendor) => [`serial ${vendor}`, applianceSerial(owner, vendor)])),
    ...Object.fromEntries(
      (['windows-rdp', 'windows-machine', 'snakeoil', 'mssql', 'ilo'] as const).map((style) => [
        `certificate ${style}`,
        tlsIdentity(owner, style, NOW).certificate,
      ]),
    ),
  }
}

/** What the machines of one install have in common, and no two installs should. */
function shared(owner: Persona): Record<string, unknown> {
  return {
    domainSid: domainSid(owner),
    domainGuid: domainGuid(owner),
    forest: forestCreatedAt(owner),
    authority: authorityCertificate(owner)?.toString('hex'),
  }
}

/** Constants of products and of the fleet file. */
const CONSTANT = {
  os: windowsRelease(windows()).product,
  mssql: mssqlRelease(windows()).year > 2000,
  exchange: exchangeRelease(windows()).year > 2000,
}

describe('two deckies and two installs', () => {
  const decky = (name: string, ip: string, mac: string, hostname: string): DeckyRequest => ({
    decky: {
      name,
      ip,
      mac,
      hostname,
      os: 'windows_server',
      distro: 'windows2019',
      archetype: 'windows-server',
      host: 'local',
      services: [],
      customServices: [],
      mutateInterval: null,
    },
    domain: 'corp.example',
    configHash: '',
    generation: 1,
  })
  const install = (byte: number, since: string) => ({id: `i${byte}`, secret: Buffer.alloc(32, byte), since})
  const [first, second] = [install(1, SINCE), install(2, '2026-01-11T09:00:00.000Z')]
  const of = (name: string, number: number, owner: typeof first): Persona =>
    new Persona(
      deckyManifest(decky(name, `10.0.0.${number}`, `00:50:56:00:00:0${number}`, `BER-FS0${number}`), owner, '0.0.0.0')
        .persona,
    )

  it('have nothing in common but what a domain shares and what products are', () => {
    const [one, two] = [of('fs-1', 1, first), of('fs-2', 2, first)]
    const [mine, theirs] = [readable(one), readable(two)]
    for (const key of Object.keys(mine)) expect(theirs[key], key).not.toEqual(mine[key])
    expect(shared(two)).toEqual(shared(one))
    expect(CONSTANT.os).toBe(windowsRelease(two).product)
  })

  it('an install shares nothing with another one, for a decky of the same name and address', () => {
    const [one, two] = [of('fs-1', 1, first), of('fs-1', 1, second)]
    const [mine, theirs] = [
      {...readable(one), ...shared(one)},
      {...readable(two), ...shared(two)},
    ]
    // The file and the operator's own choice of names decide these here.
    const given = new Set(['hostname', 'fqdn', 'mac', 'names', 'serial axis'])
    for (const key of Object.keys(mine)) {
      if (!given.has(key)) expect(theirs[key], key).not.toEqual(mine[key])
    }
  })

  it('a redeploy changes nothing', () => {
    expect(readable(of('fs-1', 1, first))).toEqual(readable(of('fs-1', 1, first)))
  })

  it('no seed of a decky is the fleet’s', () => {
    const {seed, fleet} = of('fs-1', 1, first).facts
    expect(fleet?.seed).not.toBe(seed)
    expect(fleet?.seed).not.toContain(first.secret.toString('hex'))
  })
})
