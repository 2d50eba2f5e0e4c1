/** What Windows tells of itself in SMB, RDP, LDAP, MSRPC and NTLM: build, identifiers, dates. */
import type {Persona} from '../persona.ts'
import {domainOf} from './domain.ts'

export interface WindowsRelease {
  /** As `winver` and the registry name it. */
  readonly product: string
  readonly major: number
  readonly minor: number
  readonly build: number
  /** The number of the monthly update. */
  readonly revision: number
}

interface Build {
  readonly product: string
  readonly build: number
  /** Revisions of monthly updates that were really published, oldest first. */
  readonly revisions: readonly number[]
}

const BUILDS: Readonly<Record<string, Build>> = {
  windows2019: {
    product: 'Windows Server 2019 Standard',
    build: 17763,
    revisions: [5830, 5936, 6054, 6189, 6293, 6414, 6532, 6659],
  },
  windows2022: {
    product: 'Windows Server 2022 Standard',
    build: 20348,
    revisions: [2402, 2461, 2527, 2582, 2655, 2700, 2762, 2849, 2966],
  },
  windows10: {
    product: 'Windows 10 Pro',
    build: 19045,
    revisions: [4412, 4529, 4651, 4780, 4894, 5011, 5131, 5247],
  },
  windows11: {
    product: 'Windows 11 Pro',
    build: 22631,
    revisions: [3593, 3737, 3880, 4037, 4169, 4317, 4460, 4602],
  },
}

/** Of a persona that is no Windows: what its Windows services claim all the same. */
const SERVER_2019 = 'windows2019'

export function windowsRelease(persona: Persona): WindowsRelease {
  const {product, build, revisions} = BUILDS[persona.facts.distro] ?? BUILDS[SERVER_2019] ?? missing()
  // A domain's machines get their updates on one day, hence from one choice; clients and servers have different lists.
  const source = persona.facts.domain === null ? persona : persona.fleet
  return {product, major: 10, minor: 0, build, revision: source.pick(`updates ${build}`, revisions)}
}

const missing = (): never => {
  throw new RangeError('no build of Windows Server 2019')
}

/** `10.0.17763`: what NTLM and RDP show. */
export function productVersion(persona: Persona): string {
  const {major, minor, build} = windowsRelease(persona)
  return `${major}.${minor}.${build}`
}

/** The eight bytes of an NTLM VERSION structure (MS-NLMP 2.2.2.10). */
export function ntlmVersion(persona: Persona): Buffer {
  const {major, minor, build} = windowsRelease(persona)
  const bytes = Buffer.from([major, minor, 0, 0, 0, 0, 0, 0x0f])
  bytes.writeUInt16LE(build, 2)
  return bytes
}

/** The machine's own authority, under which its local accounts are: `S-1-5-21-…`. */
export function machineSid(persona: Persona): string {
  return sid(persona.bytes('machine sid', 12))
}

/** The same on every machine of the domain; null without one. */
export function domainSid(persona: Persona): string | null {
  const domain = domainOf(persona)
  return domain === null ? null : sid(persona.fleet.bytes(`domain sid ${domain.dns}`, 12))
}

/** The computer's account in the domain: domain users and computers are numbered from 1103 on. */
export function computerSid(persona: Persona): string | null {
  const authority = domainSid(persona)
  if (authority === null) return null
  const controller = persona.facts.archetype === 'domain-controller'
  return `${authority}-${controller ? 1000 : persona.integer('computer rid', 1103, 9999)}`
}

/** The domain object's own GUID (DC_INFO, LDAP); null without a domain. */
export function domainGuid(persona: Persona): string | null {
  const domain = domainOf(persona)
  return domain === null ? null : guid(persona.fleet.bytes(`domain guid ${domain.dns}`, 16))
}

/** HKLM\SOFTWARE\Microsoft\Cryptography\MachineGuid. */
export const machineGuid = (persona: Persona): string => guid(persona.bytes('machine guid', 16))

/** ServerGuid of an SMB2 NEGOTIATE response, sixteen bytes as sent (MS-SMB2 2.2.4). */
export const smbServerGuid = (persona: Persona): Buffer => guidBytes(persona.bytes('smb server guid', 16))

/** A GUID of the persona for some other purpose, e.g. an object of the directory. */
export const personaGuid = (persona: Persona, purpose: string): string => guid(persona.bytes(`guid ${purpose}`, 16))

/** When the forest was made: years before the first decky, and the same for all of its machines. */
export function forestCreatedAt(persona: Persona): number {
  return Date.parse(persona.facts.since) - persona.fleet.integer('forest age', 910 * 86_400, 3300 * 86_400) * 1000
}

/** The last time somebody sat down at the machine, before `now`: on a working day, in office hours of its site. */
export function lastLogonAt(persona: Persona, now: number): number {
  const day = 86_400_000
  const date = new Date(Math.floor(now / day) * day - persona.integer('last logon days', 1, 4) * day)
  const weekend = {0: 2, 6: 1}[date.getUTCDay()] ?? 0
  return date.getTime() - weekend * day + persona.integer('last logon time', 7 * 3600, 16 * 3600) * 1000
}

/** A FILETIME (MS-DTYP 2.3.3): hundreds of nanoseconds since 1601. */
export function fileTime(ms: number): bigint {
  return BigInt(Math.round(ms * 10)) * 1000n + 116_444_736_000_000_000n
}

function sid(bytes: Buffer): string {
  return `S-1-5-21-${[0, 4, 8].map((offset) => bytes.readUInt32LE(offset)).join('-')}`
}

/** RFC 9562 version 4, as Windows makes them. */
function guidBytes(source: Buffer): Buffer {
  const bytes = Buffer.from(source)
  // The version stands in the highest four bits of a field that Windows stores little-endian.
  bytes.writeUInt8((bytes.readUInt8(7) & 0x0f) | 0x40, 7)
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8)
  return bytes
}

function guid(source: Buffer): string {
  const bytes = guidBytes(source)
  const little = [bytes.subarray(0, 4), bytes.subarray(4, 6), bytes.subarray(6, 8)]
  const fields = little.map((part) => Buffer.from(part).reverse().toString('hex'))
  return [...fields, bytes.toString('hex', 8, 10), bytes.toString('hex', 10, 16)].join('-')
}
