/** Interfaces: IF-MIB (RFC 2863), ifTable and ifXTable. */
import type {Persona} from '../../../persona.ts'
import {gauge32, integer, objectId, octets, text, ticks} from '../wire/values.ts'
import type {MibBuilder} from './builder.ts'
import {asCounter32, asCounter64, type Count, counts, ZERO} from './counting.ts'

const IF_TABLE = '1.3.6.1.2.1.2.2.1'
const IF_X_TABLE = '1.3.6.1.2.1.31.1.1.1'

/** IANAifType. */
export const IF_TYPE = {OTHER: 1, ETHERNET: 6, LOOPBACK: 24, VIRTUAL: 53, TUNNEL: 131, PPP: 23} as const

export interface Interface {
  readonly number: number
  readonly description: string
  /** ifName; absent: the description. */
  readonly name?: string
  readonly alias?: string
  readonly type: number
  readonly mtu: number
  /** Bits per second. */
  readonly speed: number
  /** Six bytes, or none. */
  readonly mac: Buffer
  readonly up: boolean
  /** Octets per second in and out on average, of an interface that is up. */
  readonly traffic: number
}

/** `extended`: also ifXTable, which small devices leave out. */
export function interfaces(
  mib: MibBuilder,
  persona: Persona,
  list: readonly Interface[],
  {extended = true, vendorTail = false} = {},
): void {
  const rows = list.map((each) => ({...each, index: String(each.number), traffic: trafficOf(persona, each)}))
  const state = ({up}: Pick<Interface, 'up'>) => integer(up ? 1 : 2)
  mib.scalar('1.3.6.1.2.1.2.1', integer(list.length))
  mib.table(
    IF_TABLE,
    rows,
    {
      1: ({number}) => integer(number),
      2: ({description}) => text(description),
      3: ({type}) => integer(type),
      4: ({mtu}) => integer(mtu),
      5: ({speed}) => gauge32(Math.min(speed, 2 ** 32 - 1)),
      6: ({mac}) => octets(mac),
      7: () => integer(1),
      8: state,
      9: ({up, number}) => ticks(up ? persona.integer(`if change ${number}`, 800, 9000) : 0),
      10: ({traffic}) => asCounter32(traffic.inOctets),
      11: ({traffic}) => asCounter32(traffic.inPackets),
      12: ({traffic}) => (vendorTail ? null : asCounter32(traffic.inMulticast)),
      13: () => ZERO,
      14: () => ZERO,
      15: () => ZERO,
      16: ({traffic}) => asCounter32(traffic.outOctets),
      17: ({traffic}) => asCounter32(traffic.outPackets),
      18: () => (vendorTail ? null : ZERO),
      19: () => ZERO,
      20: () => ZERO,
      21: () => (vendorTail ? null : gauge32(0)),
      22: () => (vendorTail ? null : objectId('0.0')),
    },
    [7],
  )
  if (extended) extendedTable(mib, rows)
}

type Row = Omit<Interface, 'traffic'> & {readonly index: string; readonly traffic: Traffic}

function extendedTable(mib: MibBuilder, rows: readonly Row[]): void {
  mib.table(
    IF_X_TABLE,
    rows,
    {
      1: ({name, description}) => text(name ?? description),
      2: ({traffic}) => asCounter32(traffic.inMulticast),
      3: () => ZERO,
      4: () => ZERO,
      5: () => ZERO,
      6: ({traffic}) => asCounter64(traffic.inOctets),
      7: ({traffic}) => asCounter64(traffic.inPackets),
      8: ({traffic}) => asCounter64(traffic.inMulticast),
      9: () => asCounter64(() => 0),
      10: ({traffic}) => asCounter64(traffic.outOctets),
      11: ({traffic}) => asCounter64(traffic.outPackets),
      12: () => asCounter64(() => 0),
      13: () => asCounter64(() => 0),
      15: ({speed}) => gauge32(speed / 1_000_000),
      16: ({type}) => integer(type === IF_TYPE.ETHERNET ? 1 : 2),
      17: ({type}) => integer(type === IF_TYPE.ETHERNET ? 1 : 2),
      18: ({alias = ''}) => text(alias),
      19: () => ticks(0),
    },
    [18],
  )
  mib.scalar('1.3.6.1.2.1.31.1.5', ticks(0))
}

interface Traffic {
  readonly inOctets: Count
  readonly outOctets: Count
  readonly inPackets: Count
  readonly outPackets: Count
  readonly inMulticast: Count
}

/** Octets of an average frame of a LAN. */
const FRAME = 420
const SILENT: Count = () => 0

function trafficOf(persona: Persona, {number, up, traffic}: Interface): Traffic {
  if (!up || traffic === 0) {
    return {inOctets: SILENT, outOctets: SILENT, inPackets: SILENT, outPackets: SILENT, inMulticast: SILENT}
  }
  const inOctets = counts(persona, `if ${number} in`, traffic)
  const outOctets = counts(persona, `if ${number} out`, traffic * 0.7)
  const perFrame =
    (count: Count): Count =>
    (clock) =>
      Math.floor(count(clock) / FRAME)
  return {
    inOctets,
    outOctets,
    inPackets: perFrame(inOctets),
    outPackets: perFrame(outOctets),
    inMulticast: counts(persona, `if ${number} multicast`, 0.8),
  }
}

/** Six bytes. */
export const macOf = (persona: Persona): Buffer => Buffer.from(persona.facts.mac.replaceAll(':', ''), 'hex')

/** The address of a further port of the same device: they are numbered upwards. */
export function macPlus(mac: Buffer, offset: number): Buffer {
  const next = (mac.readUIntBE(3, 3) + offset) % 2 ** 24
  const bytes = Buffer.from(mac)
  bytes.writeUIntBE(next, 3, 3)
  return bytes
}
