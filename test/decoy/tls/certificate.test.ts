import {execFileSync} from 'node:child_process'
import {createPrivateKey, X509Certificate} from 'node:crypto'
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, describe, expect, it} from 'vitest'

import {deriveP256Key} from '../../../src/decoy/keys.ts'
import {authorityCertificate, authorityName} from '../../../src/decoy/tls/authority.ts'
import {tlsIdentity} from '../../../src/decoy/tls/certificate.ts'
import {CERTIFICATE_STYLES, type CertificateStyle, usualCertificate} from '../../../src/decoy/tls/certificate-styles.ts'
import {buildCertificate, extensions, toPem} from '../../../src/decoy/tls/x509.ts'
import {persona, SINCE, windows} from './support.ts'

const DAY_MS = 86_400_000
const NOW = Date.parse(SINCE) + 20 * DAY_MS
const STYLES = Object.keys(CERTIFICATE_STYLES) as CertificateStyle[]
const directory = mkdtempSync(join(tmpdir(), 'certificates-'))
afterAll(() => rmSync(directory, {recursive: true, force: true}))

const parsed = (owner: ReturnType<typeof persona>, style: CertificateStyle, now = NOW): X509Certificate =>
  new X509Certificate(tlsIdentity(owner, style, now).certificate)

function openssl(pem: string, ...args: string[]): string {
  return execFileSync('openssl', args, {input: pem, encoding: 'utf8', stdio: ['pipe', 'pipe', 'pipe']})
}

describe.each(STYLES)('the certificate %s', (style) => {
  const owner = windows()

  it('is whole: openssl reads it, the key fits, and it is valid now', () => {
    const {certificate, key} = tlsIdentity(owner, style, NOW)
    const leaf = new X509Certificate(certificate)
    expect(openssl(certificate, 'x509', '-noout', '-text')).toContain('Version: 3')
    expect(leaf.checkPrivateKey(createPrivateKey(key))).toBe(true)
    expect(Date.parse(leaf.validFrom)).toBeLessThan(NOW)
    expect(Date.parse(leaf.validTo)).toBeGreaterThan(NOW)
    expect(leaf.issuer === leaf.subject ? leaf.verify(leaf.publicKey) : true).toBe(true)
  })

  it('is the same after a restart, and another one on another decky and another install', () => {
    const again = tlsIdentity(windows(), style, NOW)
    expect(again).toEqual(tlsIdentity(owner, style, NOW))
    const other = tlsIdentity(windows({hostname: 'BER-FILE02', seed: '77'.repeat(32)}), style, NOW)
    const [mine, theirs] = [parsed(owner, style), new X509Certificate(other.certificate)]
    expect(theirs.publicKey.equals(mine.publicKey)).toBe(false)
    // Those that count from 1 have one number on every machine.
    if (mine.serialNumber.length > 2) expect(theirs.serialNumber).not.toBe(mine.serialNumber)
  })

  it('is one object until it is renewed, and valid whenever a client comes', () => {
    expect(tlsIdentity(owner, style, NOW)).toBe(tlsIdentity(owner, style, NOW + 1000))
    for (const days of [0, 90, 200, 400, 800, 1200]) {
      const now = Date.parse(SINCE) + days * DAY_MS
      const {notBefore, notAfter} = CERTIFICATE_STYLES[style](owner, now)
      expect(notBefore).toBeLessThanOrEqual(now)
      expect(notAfter).toBeGreaterThan(now)
    }
  })
})

describe('Remote Desktop', () => {
  it('signs for six months with the FQDN, for server authentication only', () => {
    const certificate = parsed(windows(), 'windows-rdp')
    expect(certificate.subject).toBe('CN=BER-FILE01.corp.example')
    expect(certificate.issuer).toBe(certificate.subject)
    expect(Date.parse(certificate.validTo) - Date.parse(certificate.validFrom)).toBe(183 * DAY_MS)
    const text = openssl(certificate.toString(), 'x509', '-noout', '-text')
    expect(text).toMatch(/Signature Algorithm: sha256WithRSAEncryption/)
    expect(text).toMatch(
      /Extended Key Usage:\s+TLS Web Server Authentication\s+X509v3 Key Usage:\s+Key Encipherment, Data Encipherment/,
    )
  })

  it('has another key after that', () => {
    const owner = windows()
    const first = parsed(owner, 'windows-rdp')
    const second = parsed(owner, 'windows-rdp', NOW + 183 * DAY_MS)
    expect(Date.parse(second.validFrom)).toBe(Date.parse(first.validTo))
    expect(second.publicKey.equals(first.publicKey)).toBe(false)
  })
})

describe('the CA of the domain', () => {
  it('is one for the fleet, and what it signed is verified by openssl', () => {
    const [one, two] = [
      windows(),
      windows({hostname: 'BER-DC01', seed: '99'.repeat(32), archetype: 'domain-controller'}),
    ]
    const authority = authorityCertificate(one)
    expect(authority).not.toBeNull()
    expect(authorityCertificate(two)).toEqual(authority)
    const file = join(directory, 'ca.pem')
    writeFileSync(file, toPem(authority ?? Buffer.alloc(0)))
    for (const owner of [one, two]) {
      const {certificate} = tlsIdentity(owner, 'windows-machine', NOW)
      const at = String(Math.floor(NOW / 1000))
      expect(openssl(certificate, 'verify', '-attime', at, '-x509_strict', '-CAfile', file)).toContain('OK')
    }
    expect(
      openssl(
        parsed(two, 'windows-machine').toString(),
        'x509',
        '-noout',
        '-subject',
        '-issuer',
        '-nameopt',
        'RFC2253',
      ),
    ).toBe('subject=CN=BER-DC01.corp.example\nissuer=CN=corp-BER-DC01-CA,DC=corp,DC=example\n')
  })

  it('has another key in another install and in another domain', () => {
    const keys = [
      windows(),
      windows({fleet: {seed: '4b'.repeat(32), site: 'ber', controller: 'BER-DC01'}}),
      windows({domain: 'ad.other.example'}),
    ].map((owner) =>
      new X509Certificate(authorityCertificate(owner) ?? Buffer.alloc(0)).publicKey.export({
        type: 'spki',
        format: 'pem',
      }),
    )
    expect(new Set(keys).size).toBe(3)
  })

  it('is older than every certificate it signed', () => {
    for (let n = 0; n < 20; n++) {
      const owner = windows({seed: n.toString(16).padStart(2, '0').repeat(32)})
      const from = Date.parse(new X509Certificate(authorityCertificate(owner) ?? Buffer.alloc(0)).validFrom)
      expect(CERTIFICATE_STYLES['windows-machine'](owner, Date.parse(SINCE)).notBefore).toBeGreaterThan(from)
    }
  })

  it('is none without a domain: a machine then signs for itself', () => {
    const owner = windows({domain: null})
    expect(authorityName(owner)).toBeNull()
    expect(authorityCertificate(owner)).toBeNull()
    expect(parsed(owner, 'windows-machine').issuer).toBe('CN=BER-FILE01')
  })
})

describe('a Debian machine', () => {
  it('has its snakeoil of ten years with its name', () => {
    const owner = persona({domain: 'corp.example'})
    expect(usualCertificate(owner)).toBe('snakeoil')
    const certificate = parsed(owner, 'snakeoil')
    expect(certificate.subjectAltName).toBe('DNS:ber-web01.corp.example')
    expect(Date.parse(certificate.validTo) - Date.parse(certificate.validFrom)).toBe(3650 * DAY_MS)
  })
})

describe('a certificate with a P-256 key', () => {
  it('has the same bytes every time, with a signature that openssl accepts', () => {
    const key = deriveP256Key(persona(), 'test')
    const build = (): Buffer =>
      buildCertificate({
        serial: Buffer.from('ff01', 'hex'),
        issuer: [{type: 'CN', value: 'x'}],
        subject: [{type: 'CN', value: 'x'}],
        notBefore: NOW,
        notAfter: Date.UTC(2056, 0, 1),
        key,
        signer: key,
        hash: 'sha256',
        extensions: [extensions.basicConstraints(true, true), extensions.subjectKeyIdentifier(key)],
      })
    expect(build()).toEqual(build())
    const certificate = new X509Certificate(build())
    expect(certificate.verify(certificate.publicKey)).toBe(true)
    expect(certificate.serialNumber).toBe('FF01')
    expect(certificate.validTo).toContain('2056')
    const file = join(directory, 'p256.pem')
    writeFileSync(file, certificate.toString())
    const at = String(NOW / 1000 + 60)
    expect(openssl(certificate.toString(), 'verify', '-attime', at, '-check_ss_sig', '-CAfile', file)).toContain('OK')
  })
})
