/** An APC Smart-UPS with a network management card: UPS-MIB (RFC 1628) and APC's PowerNet. */
import type {Persona} from '../../../persona.ts'
import {macEngineId} from '../engine.ts'
import type {MibBuilder} from '../mib/builder.ts'
import {IF_TYPE, interfaces, macOf} from '../mib/interfaces.ts'
import {internet, snmpGroup} from '../mib/internet.ts'
import {system} from '../mib/system.ts'
import type {Clock, Read} from '../mib/tree.ts'
import {gauge32, integer, objectId, text, ticks} from '../wire/values.ts'
import {type AgentProduct, type Entered, roomOf} from './product.ts'

const APC_ENTERPRISE = 318
const UPS_MIB = '1.3.6.1.2.1.33.1'
const POWER_NET = '1.3.6.1.4.1.318.1.1.1'
const DIGITS = '0123456789'

const MODELS = [
  {name: 'Smart-UPS 1500', power: 1500, watts: 1000},
  {name: 'Smart-UPS X 3000', power: 3000, watts: 2700},
  {name: 'Smart-UPS 2200 RM', power: 2200, watts: 1980},
] as const
const CARDS = [
  {
    system: 'apc_hw05_aos_672.bin',
    application: 'apc_hw05_sumx_672.bin',
    version: 'v6.7.2',
    boot: 'v4.1.0',
    model: 'AP9630',
    revision: '05',
    objectId: 27,
  },
  {
    system: 'apc_hw05_aos_682.bin',
    application: 'apc_hw05_sumx_682.bin',
    version: 'v6.8.2',
    boot: 'v4.1.0',
    model: 'AP9631',
    revision: '05',
    objectId: 27,
  },
] as const

export const UPS: AgentProduct = {
  engineId: (persona) => macEngineId(APC_ENTERPRISE, macOf(persona)),
  maxMessage: 1472,
  writeCommunity: 'private',
  interfaceNumber: 2,
  entered: (persona) => ({contact: 'Unknown', location: roomOf(persona, 'servers')}),
  build,
}

function build(mib: MibBuilder, persona: Persona, entered: Entered): void {
  const unit = unitOf(persona)
  system(mib, {
    ...entered,
    description: unit.description,
    objectId: `1.3.6.1.4.1.318.1.3.${unit.card.objectId}`,
    name: persona.hostname,
    services: 72,
    startMs: persona.integer('snmp start', 25_000, 60_000),
  })
  const shared = {mtu: 1500, up: true, alias: ''}
  interfaces(
    mib,
    persona,
    [
      {
        ...shared,
        number: 1,
        description: 'loopback',
        type: IF_TYPE.LOOPBACK,
        speed: 0,
        mac: Buffer.alloc(0),
        traffic: 0,
      },
      {
        ...shared,
        number: 2,
        description: 'veya',
        type: IF_TYPE.ETHERNET,
        speed: 100_000_000,
        mac: macOf(persona),
        traffic: 260,
      },
    ],
    {extended: false},
  )
  internet(mib, persona, {forwarding: 2, ttl: 64, interfaceNumber: 2, retransmission: [4, 500, 60_000, 8]})
  snmpGroup(mib, persona)
  standardUps(mib, persona, unit)
  powerNet(mib, persona, unit)
}

interface Unit {
  readonly model: (typeof MODELS)[number]
  readonly card: (typeof CARDS)[number]
  readonly serial: string
  readonly description: string
  readonly firmware: string
  readonly madeOn: string
}

function unitOf(persona: Persona): Unit {
  const model = persona.pick('ups model', MODELS)
  const card = persona.pick('ups card', CARDS)
  const made = new Date(persona.installedAt - persona.integer('ups age', 60, 900) * 86_400_000)
  const year = String(made.getUTCFullYear() % 100).padStart(2, '0')
  const week = String(persona.integer('ups week', 1, 52)).padStart(2, '0')
  const draw = (purpose: string, size: number): string =>
    [...persona.bytes(purpose, size)].map((octet) => DIGITS[octet % DIGITS.length]).join('')
  const month = String(made.getUTCMonth() + 1).padStart(2, '0')
  const madeOn = `${month}/${String(made.getUTCDate()).padStart(2, '0')}/${made.getUTCFullYear()}`
  const {boot, version, system, application, revision} = card
  const files = `MB:${boot} PF:${version} PN:${system} AF1:${version} AN1:${application}`
  const cardSerial = `ZA${year}${week}${draw('ups card serial', 6)}`
  return {
    model,
    card,
    madeOn,
    serial: `AS${year}${week}${draw('ups serial', 6)}`,
    firmware: `UPS 0${persona.integer('ups firmware', 4, 9)}.${persona.integer('ups minor', 0, 8)} (ID18)`,
    description: `APC Web/SNMP Management Card (${files} MN:${card.model} HR:${revision} SN: ${cardSerial} MD:${madeOn}) (Embedded PowerNet SNMP Agent SW v2.2 compatible)`,
  }
}

/** A value that moves around another by so much, from minute to minute. */
function around(persona: Persona, purpose: string, middle: number, spread: number): (clock: Clock) => number {
  return ({now}) => middle + persona.integer(`${purpose} ${Math.floor(now / 60_000) % 61}`, -spread, spread)
}

const as =
  (make: (value: number) => ReturnType<Read>, value: (clock: Clock) => number): Read =>
  (clock) =>
    make(value(clock))

function standardUps(mib: MibBuilder, persona: Persona, {model, firmware, card}: Unit): void {
  const load = around(persona, 'ups load', persona.integer('ups usual load', 18, 44), 2)
  const voltage = around(persona, 'ups voltage', persona.facts.fleet?.site === 'nyc' ? 120 : 231, 2)
  mib.scalars(`${UPS_MIB}.1`, {
    1: text('American Power Conversion'),
    2: text(model.name),
    3: text(firmware),
    4: text(card.version),
  })
  mib.scalar(`${UPS_MIB}.1.5`, text(persona.hostname), {writable: true})
  mib.scalar(`${UPS_MIB}.1.6`, text(''), {writable: true})
  mib.scalars(`${UPS_MIB}.2`, {
    1: integer(2),
    2: integer(0),
    3: integer(persona.integer('ups minutes', 22, 64)),
    4: integer(100),
    5: as(integer, around(persona, 'ups battery', 273, 1)),
    7: as(integer, around(persona, 'ups temperature', 27, 1)),
  })
  mib.scalars(`${UPS_MIB}.3`, {1: gauge32(0), 2: integer(1)})
  mib.table(`${UPS_MIB}.3.3.1`, [{index: '1'}], {2: () => integer(500), 3: () => as(integer, voltage)})
  mib.scalars(`${UPS_MIB}.4`, {1: integer(3), 2: integer(500), 3: integer(1)})
  mib.table(`${UPS_MIB}.4.4.1`, [{index: '1'}], {
    2: () => as(integer, voltage),
    3: () => (clock) => integer((load(clock) * model.watts) / 10 / voltage(clock)),
    4: () => (clock) => integer((load(clock) * model.watts) / 100),
    5: () => as(integer, load),
  })
  mib.scalar(`${UPS_MIB}.6.1`, gauge32(0))
  mib.scalars(`${UPS_MIB}.7`, {1: objectId('0.0'), 3: integer(6), 4: text('No test initiated.')})
  // Shutdown and restart: -1 where none is under way. Whoever writes here turns the machines behind it off.
  mib
    .scalar(`${UPS_MIB}.8.1`, integer(1), {writable: true})
    .scalar(`${UPS_MIB}.8.2`, integer(-1), {writable: true})
    .scalar(`${UPS_MIB}.8.3`, integer(-1), {writable: true})
    .scalar(`${UPS_MIB}.8.5`, integer(1), {writable: true})
    .scalars(`${UPS_MIB}.9`, {
      1: integer(230),
      2: integer(500),
      3: integer(230),
      5: integer(model.power),
      6: integer(model.watts),
    })
}

function powerNet(mib: MibBuilder, persona: Persona, {model, serial, firmware, madeOn}: Unit): void {
  const load = around(persona, 'ups load', persona.integer('ups usual load', 18, 44), 2)
  mib
    .scalar(`${POWER_NET}.1.1.1`, text(model.name))
    .scalar(`${POWER_NET}.1.1.2`, text(persona.hostname), {writable: true})
    .scalars(`${POWER_NET}.1.2`, {1: text(firmware), 2: text(madeOn), 3: text(serial)})
    .scalars(`${POWER_NET}.2.1`, {1: integer(2), 2: ticks(0), 3: text(madeOn)})
    .scalars(`${POWER_NET}.2.2`, {
      1: gauge32(100),
      2: as(gauge32, around(persona, 'ups temperature', 27, 1)),
      3: ticks(persona.integer('ups minutes', 22, 64) * 6000),
      4: integer(1),
    })
    .scalars(`${POWER_NET}.3.2`, {
      1: as(gauge32, around(persona, 'ups voltage', 231, 2)),
      4: gauge32(50),
      5: integer(1),
    })
    .scalar(`${POWER_NET}.4.1.1`, integer(2))
    .scalars(`${POWER_NET}.4.2`, {1: gauge32(230), 2: gauge32(50), 3: as(gauge32, load)})
    // upsBasicControlConserveBattery, upsAdvControlUpsOff: 1 does nothing, 2 does it.
    .scalar(`${POWER_NET}.6.1.1`, integer(1), {writable: true})
    .scalar(`${POWER_NET}.6.2.1`, integer(1), {writable: true})
    .scalar(`${POWER_NET}.6.2.6`, integer(1), {writable: true})
}
