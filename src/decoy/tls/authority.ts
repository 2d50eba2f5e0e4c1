/**
 * The enterprise CA that a fleet with a domain seems to have: the same on all of its deckies, and on no other install's.
 * Its key is bait: nothing trusts it, and whoever takes a decky over learns no more than how to forge more of it.
 */
import type {KeyObject} from 'node:crypto'

import {deriveRsaKey} from '../keys.ts'
import {domainOf} from '../persona/domain.ts'
import type {Persona} from '../persona.ts'
import {buildCertificate, extensions, type NamePart} from './x509.ts'

const DAY_MS = 86_400_000
const YEARS_5 = 1826 * DAY_MS

export interface Authority {
  readonly commonName: string
  /** As a distinguished name, most general part first. */
  readonly parts: readonly NamePart[]
  readonly crlUrl: string
  readonly issuerUrl: string
}

/** Null without a domain: no machine has a certificate of an enterprise CA then. */
export function authorityName(persona: Persona): Authority | null {
  const domain = domainOf(persona)
  if (domain === null) return null
  // What the installation of AD CS proposes: the domain, the machine, CA.
  const commonName = `${domain.labels[0]}-${domain.controller}-CA`
  const components = domain.labels.toReversed().map((value): NamePart => ({type: 'DC', value}))
  const configuration = `CN=Public%20Key%20Services,CN=Services,CN=Configuration,${domain.labels.map((label) => `DC=${label}`).join(',')}`
  const cdp = `CN=${commonName},CN=${domain.controller},CN=CDP,${configuration}`
  return {
    commonName,
    parts: [...components, {type: 'CN', value: commonName, encoding: 'printable'}],
    crlUrl: `ldap:///${cdp}?certificateRevocationList?base?objectClass=cRLDistributionPoint`,
    issuerUrl: `ldap:///CN=${commonName},CN=AIA,${configuration}?cACertificate?base?objectClass=certificationAuthority`,
  }
}

const keys = new Map<string, KeyObject>()

/** One key for all deckies of the process that share the fleet and the domain. */
export function authorityKey(persona: Persona): KeyObject {
  const purpose = `ca ${persona.facts.domain ?? ''}`
  const id = persona.fleet.bytes(purpose, 16).toString('hex')
  const key = keys.get(id) ?? deriveRsaKey(persona.fleet, purpose, 2048)
  keys.set(id, key)
  return key
}

/** The CA's own certificate, DER; null without a domain. Windows servers do not send it along, LDAP shows it. */
export function authorityCertificate(persona: Persona): Buffer | null {
  const authority = authorityName(persona)
  if (authority === null) return null
  const key = authorityKey(persona)
  // Before the first certificate that it issued, which is at most a year older than the install.
  const from = Date.parse(persona.facts.since) - persona.fleet.integer('ca age', 400 * 86_400, 900 * 86_400) * 1000
  const serial = Buffer.from(persona.fleet.bytes('ca serial', 16))
  serial.writeUInt8((serial.readUInt8(0) & 0x3f) | 0x40, 0)
  return buildCertificate({
    serial,
    issuer: authority.parts,
    subject: authority.parts,
    notBefore: from,
    notAfter: from + YEARS_5,
    key,
    signer: key,
    hash: 'sha256',
    extensions: [
      extensions.keyUsage(['digitalSignature', 'keyCertSign', 'crlSign']),
      extensions.basicConstraints(true, true),
      extensions.subjectKeyIdentifier(key),
      extensions.caVersion(0),
    ],
  })
}
