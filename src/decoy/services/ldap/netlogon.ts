/**
 * The ping with which a client finds a controller (MS-ADTS §6.3.3): a search of the rootDSE for `netlogon` with a filter
 * that names the domain, the host, the user and the version; the value is NETLOGON_SAM_LOGON_RESPONSE_EX (§6.3.1.9).
 *
 *   opcode:u16 sbz:u16 flags:u32 domainGuid:16 forest domain host netbiosDomain netbiosHost user dcSite clientSite
 *   [addressSize:u8 address:16] ntVersion:u32 lmntToken:u16 lm20Token:u16
 *
 * Names of DNS are written as RFC 1035 §4.1.4 has it, with pointers to what was written before.
 */
import type {Endpoint} from '../../../events/event.ts'
import {LittleEndianWriter} from '../../codecs/little-endian.ts'
import {encodeGuid} from './directory/identifiers.ts'
import type {ActiveDirectory} from './products/active-directory/dialect.ts'
import type {Filter} from './wire/filter.ts'

const LOGON_SAM_LOGON_RESPONSE_EX = 23
const LOGON_SAM_USER_UNKNOWN_EX = 25
/** §6.3.1.2: PDC, GC, LDAP, DS, KDC, time service, closest, writable, web service, good time, of 2008 R2 … 2016. */
const FLAGS = 0x0003_f3fd
const NT_VERSION_5EX = 0x4
const NT_VERSION_WITH_IP = 0x8
const NO_TOKEN = 0xffff
const POINTER = 0xc000
const MAX_LABEL = 63

export interface NetlogonFacts {
  readonly domain: string | null
  readonly user: string
  readonly version: number
}

/** What the filter asks; the elements that are not known have no bearing. */
export function netlogonFacts(filter: Filter): NetlogonFacts {
  const facts = {domain: null as string | null, user: '', version: 0}
  for (const part of filter.type === 'and' ? filter.filters : [filter]) {
    if (part.type !== 'compare') continue
    const name = part.attribute.toLowerCase()
    if (name === 'dnsdomain') facts.domain = part.value.toString('utf8').toLowerCase().replace(/\.$/, '')
    else if (name === 'user') facts.user = part.value.toString('utf8').slice(0, MAX_LABEL)
    else if (name === 'ntver' && part.value.length >= 4) facts.version = part.value.readUInt32LE(0)
  }
  return facts
}

/** Null: nothing is answered, as for another domain. */
export function netlogonReply(dialect: ActiveDirectory, filter: Filter, local: Endpoint): Buffer | null {
  const {domain, user, version} = netlogonFacts(filter)
  const ours = dialect.accounts.domain
  if (domain !== null && domain !== '' && domain !== ours.dns) return null
  const known = user === '' || dialect.accounts.find(user) !== undefined
  const extended = (version & NT_VERSION_5EX) !== 0
  const writer = new LittleEndianWriter()
    .u16(known ? LOGON_SAM_LOGON_RESPONSE_EX : LOGON_SAM_USER_UNKNOWN_EX)
    .u16(0)
    .u32(FLAGS)
    .bytes(encodeGuid(dialect.domainGuid))
  const names = new Names(writer)
  for (const name of [ours.dns, ours.dns, `${ours.controller}.${ours.dns}`]) names.write(name.split('.'))
  for (const label of [ours.netbios, ours.controller, user, ours.site, ours.site])
    names.write(label === '' ? [] : [label])
  if (extended && (version & NT_VERSION_WITH_IP) !== 0) address(writer, local.ip)
  return writer
    .u32(NT_VERSION_5EX | 1)
    .u16(NO_TOKEN, NO_TOKEN)
    .done()
}

function address(writer: LittleEndianWriter, ip: string): void {
  const octets = ip.split('.').map(Number)
  if (octets.length !== 4) return
  // A sockaddr_in: family, port, address, and zeros.
  writer.u8(16).u16(2).u16(0).bytes(Buffer.from(octets)).zeros(8)
}

class Names {
  readonly #writer: LittleEndianWriter
  readonly #places = new Map<string, number>()

  constructor(writer: LittleEndianWriter) {
    this.#writer = writer
  }

  write(labels: readonly string[]): void {
    for (const [index, label] of labels.entries()) {
      const suffix = labels.slice(index).join('.')
      const place = this.#places.get(suffix)
      if (place !== undefined) {
        this.#writer.u8((place >> 8) | (POINTER >> 8)).u8(place)
        return
      }
      this.#places.set(suffix, this.#writer.length)
      const bytes = Buffer.from(label, 'utf8').subarray(0, MAX_LABEL)
      this.#writer.u8(bytes.length).bytes(bytes)
    }
    this.#writer.u8(0)
  }
}
