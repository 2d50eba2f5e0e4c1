/** BIND 9.18 with the settings of Debian's package (golden answers of 9.18.49). */
import {CLASS, OPCODE, RCODE} from '../../../codecs/dns/constants.ts'
import {type Name, nameKey} from '../../../codecs/dns/name.ts'
import {authority, nameServer, type Resource, text} from '../../../codecs/dns/records.ts'
import type {OptionValues} from '../../../definition.ts'
import {versionOf} from '../../../persona/products.ts'
import type {Persona} from '../../../persona.ts'
import type {Connection} from '../../../service.ts'
import {Zone} from '../zone.ts'
import {datagramSize, type Product} from './product.ts'

/** Of the flag day 2020: what both sides of BIND say and send at most. */
const DATAGRAM = 1232
const BUILT_IN_TTL = 86_400
const BUILT_IN_TIMES = {serial: 0, refresh: 28_800, retry: 7200, expire: 604_800, minimum: 86_400}

/** Behind the version, what the package of a distribution adds to it. */
const PACKAGED: Readonly<Record<string, string>> = {
  debian: '-1~deb12u2-Debian',
  ubuntu22: '-0ubuntu0.22.04.1-Ubuntu',
  ubuntu20: '-0ubuntu0.20.04.1-Ubuntu',
  rocky9: '-RH',
  centos7: '-P2-RedHat-9.11.4-26.P2.el7_9.16',
}

/** In the order of the alphabet; the server turns them around for each answer. */
const AUTHORS = [
  'Andreas Gustafsson',
  'Ben Cottrell',
  'Bob Halley',
  'Brian Wellington',
  'Curtis Blackburn',
  'Damien Neil',
  'Danny Mayer',
  'David Lawrence',
  'Evan Hunt',
  'Francis Dupont',
  'JINMEI Tatuya',
  'James Brister',
  'Jeremy C. Reed',
  'John H. DuBois III',
  'Mark Andrews',
  'Matt Nelson',
  'Michael Graff',
  'Michael Sawyer',
  'Scott Mann',
  'Witold Krecicki',
]

/** `version.bind` of the package that the persona's distribution has. */
export function packagedVersion(persona: Persona): string {
  return `${versionOf(persona, 'bind')}${PACKAGED[persona.facts.distro] ?? ''}`
}

export function bind(persona: Persona, {bind_version: version, nsid}: OptionValues): Product {
  const identity = typeof nsid === 'string' ? nsid : null
  const texts: Readonly<Record<string, readonly string[]>> = {
    'version.bind': [typeof version === 'string' ? version : packagedVersion(persona)],
    'hostname.bind': [persona.hostname],
    'id.server': identity === null ? [] : [identity],
    'authors.bind': AUTHORS,
  }
  return {
    opcodes: new Set([OPCODE.QUERY, OPCODE.NOTIFY, OPCODE.UPDATE]),
    ednsSize: DATAGRAM,
    datagramSize: datagramSize(DATAGRAM),
    cookies: true,
    nsid: identity,
    explainsRefusals: true,
    namesItself: true,
    answersAsAsked: false,
    chaosRcode: RCODE.REFUSED,
    chaos: (name, connection) => {
      const values = texts[nameKey(name)]
      return values === undefined ? null : builtInZone(name, values, connection)
    },
  }
}

/** Each of the names is a zone of its own, in the letters of whoever asks. */
function builtInZone(origin: Name, values: readonly string[], connection: Pick<Connection, 'random'>): Zone {
  const mailbox = ['hostmaster', ...origin]
  const soa = asChaos(authority(origin, BUILT_IN_TTL, {...BUILT_IN_TIMES, primary: origin, mailbox}))
  const texts = turned(values, connection).map((value) => asChaos(text(origin, 0, [value])))
  return new Zone(soa, [...texts, soa, asChaos(nameServer(origin, 0, origin))])
}

const asChaos = (record: Resource): Resource => ({...record, class: CLASS.CHAOS})

/** The same cycle from another start (`rrset-order random` of a set that nobody counts on). */
function turned(values: readonly string[], {random}: Pick<Connection, 'random'>): readonly string[] {
  if (values.length < 2) return values
  const start = random(1).readUInt8(0) % values.length
  return [...values.slice(start), ...values.slice(0, start)]
}
