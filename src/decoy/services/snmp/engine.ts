/** The SNMP engine of version 3 (RFC 3411 §5, RFC 3414 §2.2): its identifier, its clock and its statistics. */
import type {Persona} from '../../persona.ts'
import type {VarBind} from './wire/pdu.ts'
import {counter32} from './wire/values.ts'

/** usmStats (RFC 3414 §5). */
export const USM_STATS = {
  UNSUPPORTED_LEVEL: 1,
  NOT_IN_TIME_WINDOW: 2,
  UNKNOWN_USER: 3,
  UNKNOWN_ENGINE: 4,
  WRONG_DIGEST: 5,
  DECRYPTION: 6,
} as const

type Statistic = (typeof USM_STATS)[keyof typeof USM_STATS]

const USM_STATS_OID = '1.3.6.1.6.3.15.1.1'
/** A machine is started again after 20 days at the earliest, so its boots grow with each of them. */
const SHORTEST_RUN_MS = 20 * 86_400_000
/** RFC 3414 §2.2.3, in seconds. */
const WINDOW = 150

export class Engine {
  readonly id: Buffer
  readonly #persona: Persona
  readonly #statistics = new Map<Statistic, number>()

  constructor(persona: Persona, id: Buffer) {
    this.#persona = persona
    this.id = id
  }

  boots(now: number): number {
    const runs = Math.floor((this.#persona.bootedAt(now) - this.#persona.installedAt) / SHORTEST_RUN_MS)
    return Math.max(1, runs) + this.#persona.integer('snmp boots', 0, 12)
  }

  /** Seconds since the boot. */
  time(now: number): number {
    return Math.max(1, Math.floor((now - this.#persona.bootedAt(now)) / 1000))
  }

  isInTime({boots, time}: {readonly boots: number; readonly time: number}, now: number): boolean {
    return boots === this.boots(now) && Math.abs(time - this.time(now)) <= WINDOW
  }

  /** Counts one more of them; what a report tells. */
  count(statistic: Statistic): VarBind {
    const before = this.#statistics.get(statistic) ?? this.#persona.integer(`usm ${statistic}`, 0, 60)
    this.#statistics.set(statistic, before + 1)
    return {oid: `${USM_STATS_OID}.${statistic}.0`, value: counter32(before + 1)}
  }
}

/** Formats of an identifier's fifth octet (RFC 3411 §5, SnmpEngineID). */
const FORMAT = {MAC: 3} as const

function enterpriseOctets(enterprise: number): Buffer {
  const octets = Buffer.alloc(4)
  octets.writeUInt32BE((0x8000_0000 | enterprise) >>> 0)
  return octets
}

/** Net-SNMP's own format, 128: random octets and the time at which they were drawn, 64 bits wide since 5.7. */
export function netSnmpEngineId(persona: Persona): Buffer {
  const NET_SNMP = 8072
  const stamp = Buffer.alloc(8)
  stamp.writeUInt32LE(Math.floor(persona.installedAt / 1000) + persona.integer('engine made', 300, 90_000))
  return Buffer.concat([enterpriseOctets(NET_SNMP), Buffer.from([0x80]), persona.bytes('engine id', 4), stamp])
}

/** From the device's MAC address. */
export function macEngineId(enterprise: number, mac: Buffer): Buffer {
  return Buffer.concat([enterpriseOctets(enterprise), Buffer.from([FORMAT.MAC]), mac])
}
