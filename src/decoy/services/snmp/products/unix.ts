/** What Net-SNMP tells of any Linux: UCD-SNMP's memory, load and processor times, and the modules that it has. */
import type {Persona} from '../../../persona.ts'
import type {MibBuilder} from '../mib/builder.ts'
import {asCounter32, counts, ZERO} from '../mib/counting.ts'
import {IF_TYPE, type Interface, macOf} from '../mib/interfaces.ts'
import {modules} from '../mib/system.ts'
import {integer, text} from '../wire/values.ts'
import type {Memory} from './hardware.ts'

const UCD = '1.3.6.1.4.1.2021'

/** Those of snmpd 5.9, in its order. */
const MODULES = [
  {oid: '1.3.6.1.6.3.10.3.1.1', description: 'The SNMP Management Architecture MIB.'},
  {oid: '1.3.6.1.6.3.11.3.1.1', description: 'The MIB for Message Processing and Dispatching.'},
  {
    oid: '1.3.6.1.6.3.15.2.1.1',
    description: 'The management information definitions for the SNMP User-based Security Model.',
  },
  {oid: '1.3.6.1.6.3.1', description: 'The MIB module for SNMPv2 entities'},
  {oid: '1.3.6.1.6.3.16.2.2.1', description: 'View-based Access Control Model for SNMP.'},
  {oid: '1.3.6.1.2.1.49', description: 'The MIB module for managing TCP implementations'},
  {oid: '1.3.6.1.2.1.50', description: 'The MIB module for managing UDP implementations'},
  {oid: '1.3.6.1.2.1.4', description: 'The MIB module for managing IP and ICMP implementations'},
  {oid: '1.3.6.1.6.3.13.3.1.3', description: 'The MIB modules for managing SNMP Notification, plus filtering.'},
  {oid: '1.3.6.1.2.1.92', description: 'The MIB module for logging SNMP Notifications.'},
]

export const netSnmpModules = (mib: MibBuilder): void => modules(mib, MODULES, 0)

const NO_MAC = Buffer.alloc(0)
const GIGABIT = 1_000_000_000

export function unixInterfaces(persona: Persona, name: string, traffic: number): Interface[] {
  const [loopback, ethernet] = [IF_TYPE.LOOPBACK, IF_TYPE.ETHERNET]
  return [
    {number: 1, description: 'lo', type: loopback, mtu: 65_536, speed: 10_000_000, mac: NO_MAC, up: true, traffic: 300},
    {number: 2, description: name, type: ethernet, mtu: 1500, speed: GIGABIT, mac: macOf(persona), up: true, traffic},
  ]
}

export function ucdMemory(mib: MibBuilder, {total, used, buffers, cached, swap, swapUsed}: Memory): void {
  const free = total - used - buffers - cached
  mib.scalars(`${UCD}.4`, {
    1: integer(0),
    2: text('swap'),
    3: integer(swap),
    4: integer(swap - swapUsed),
    5: integer(total),
    6: integer(free),
    11: integer(free + swap - swapUsed),
    12: integer(16_000),
    13: integer(2400),
    14: integer(buffers),
    15: integer(cached),
    100: integer(0),
    101: text(''),
  })
}

export function ucdLoad(mib: MibBuilder, persona: Persona): void {
  const rows = [1, 5, 15].map((minutes, at) => ({index: String(at + 1), number: at + 1, minutes}))
  /** Hundredths; another one each minute, and steadier over longer times. */
  const load = (minutes: number, now: number): number =>
    persona.integer(`snmp load average ${Math.floor(now / (60_000 * minutes)) % 89}`, 1, 48)
  mib.table(`${UCD}.10.1`, rows, {
    1: ({number}) => integer(number),
    2: ({minutes}) => text(`Load-${minutes}`),
    3:
      ({minutes}) =>
      ({now}) =>
        text((load(minutes, now) / 100).toFixed(2)),
    4: () => text('12.00'),
    5:
      ({minutes}) =>
      ({now}) =>
        integer(load(minutes, now)),
    100: () => integer(0),
    101: () => text(''),
  })
}

/** Ticks of the processors, by what they were spent on. */
export function ucdProcessor(mib: MibBuilder, persona: Persona, cores: number): void {
  const spent = (what: string, share: number) => asCounter32(counts(persona, `cpu ${what}`, 100 * cores * share))
  mib.scalars(`${UCD}.11`, {
    1: integer(1),
    2: text('systemStats'),
    9: integer(persona.integer('cpu user', 1, 6)),
    10: integer(persona.integer('cpu system', 1, 3)),
    11: integer(persona.integer('cpu idle', 90, 97)),
    50: spent('user', 0.03),
    51: ZERO,
    52: spent('system', 0.01),
    53: spent('idle', 0.5),
    54: spent('wait', 0.002),
    55: ZERO,
    56: ZERO,
  })
}
