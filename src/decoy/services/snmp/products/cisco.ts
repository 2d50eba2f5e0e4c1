/** A Cisco Catalyst with IOS 15. */
import {deviceOf, type IosDevice, isPortUp, portNames, readCommunity} from '../../../persona/ios-device.ts'
import type {Persona} from '../../../persona.ts'
import {macEngineId} from '../engine.ts'
import type {MibBuilder} from '../mib/builder.ts'
import {IF_TYPE, type Interface, interfaces, macOf, macPlus} from '../mib/interfaces.ts'
import {internet, snmpGroup} from '../mib/internet.ts'
import {modules, system} from '../mib/system.ts'
import {counter32, gauge32, integer, objectId, octets, text, ticks} from '../wire/values.ts'
import {type AgentProduct, type Entered, roomOf} from './product.ts'

const CISCO_ENTERPRISE = 9
const GIGABIT = 1_000_000_000
/** Gigabit ports are numbered from here on, as on every fixed Catalyst. */
const FIRST_PORT = 10_101
const VLAN_INTERFACE = 1
const UPLINKS = 4
/** ccCopyTable (CISCO-CONFIG-COPY-MIB): with it whoever may write has the configuration sent to a server of his. */
const COPY_TABLE = '1.3.6.1.4.1.9.9.96.1.1.1.1'
/** writeNet and hostConfigSet (OLD-CISCO-SYS-MIB) do the same in one variable. */
const OLD_COPY = ['1.3.6.1.4.1.9.2.1.53', '1.3.6.1.4.1.9.2.1.55']

export const CISCO: AgentProduct = {
  engineId: (persona) => macEngineId(CISCO_ENTERPRISE, macOf(persona)),
  maxMessage: 1500,
  writeCommunity: null,
  communities: (persona) => [readCommunity(persona)],
  interfaceNumber: VLAN_INTERFACE,
  entered: (persona) => ({contact: '', location: roomOf(persona, 'cabinet')}),
  creatable: [COPY_TABLE, ...OLD_COPY],
  build,
}

function build(mib: MibBuilder, persona: Persona, entered: Entered): void {
  const device = deviceOf(persona)
  system(mib, {
    ...entered,
    description: description(device),
    objectId: device.model.objectId,
    name: persona.fqdn,
    services: 6,
    startMs: persona.integer('snmp start', 60_000, 110_000),
  })
  modules(mib, [{oid: '1.3.6.1.4.1.9.7.129', description: 'cs-snmp-v3'}], 0)
  interfaces(mib, persona, switchPorts(device))
  internet(mib, persona, {
    forwarding: 2,
    ttl: 255,
    interfaceNumber: VLAN_INTERFACE,
    retransmission: [4, 300, 60_000, -1],
  })
  snmpGroup(mib, persona)
  bridge(mib, device)
  entities(mib, device)
  ciscoObjects(mib, device)
}

function description({model: {platform, image, version, compiled}}: IosDevice): string {
  const year = `20${/-(\d\d) /.exec(compiled)?.[1] ?? '20'}`
  return [
    `Cisco IOS Software, ${platform} Software (${image}), Version ${version}, RELEASE SOFTWARE (fc3)`,
    'Technical Support: http://www.cisco.com/techsupport',
    `Copyright (c) 1986-${year} by Cisco Systems, Inc.`,
    `Compiled ${compiled}`,
  ].join('\r\n')
}

function switchPorts({persona, model}: IosDevice): Interface[] {
  const mac = macOf(persona)
  const port = (name: string, at: number): Interface => ({
    number: FIRST_PORT + at,
    description: name,
    name: name.replace('GigabitEthernet', 'Gi'),
    type: IF_TYPE.ETHERNET,
    mtu: 1500,
    speed: GIGABIT,
    mac: macPlus(mac, at + 1),
    up: at < model.ports ? isPortUp(persona, name) : at === model.ports,
    traffic: at < model.ports ? 20_000 : 240_000,
  })
  const logical = {mtu: 1500, traffic: 0, alias: ''}
  return [
    {
      ...logical,
      number: 1,
      description: 'Vlan1',
      name: 'Vl1',
      type: IF_TYPE.VIRTUAL,
      speed: GIGABIT,
      mac: macPlus(mac, 64),
      up: true,
      traffic: 900,
    },
    ...portNames(model.ports + UPLINKS).map(port),
    {
      ...logical,
      number: 14_501,
      description: 'Null0',
      name: 'Nu0',
      type: IF_TYPE.OTHER,
      speed: 4_294_967_295,
      mac: Buffer.alloc(0),
      up: true,
    },
  ]
}

/** BRIDGE-MIB (RFC 4188): which machines are behind which port. */
function bridge(mib: MibBuilder, {persona, model}: IosDevice): void {
  mib.scalars('1.3.6.1.2.1.17.1', {1: octets(macOf(persona)), 2: integer(model.ports + UPLINKS), 3: integer(2)})
  const ports = portNames(model.ports + UPLINKS).map((name, at) => ({index: String(at + 1), number: at + 1, name}))
  mib.table('1.3.6.1.2.1.17.1.4.1', ports, {
    1: ({number}) => integer(number),
    2: ({number}) => integer(FIRST_PORT + number - 1),
    3: () => objectId('0.0'),
    4: () => counter32(0),
    5: () => counter32(0),
  })
  mib.scalars('1.3.6.1.2.1.17.4', {1: counter32(0), 2: integer(300)})
}

/** ENTITY-MIB (RFC 6933): the chassis with its serial number. */
function entities(mib: MibBuilder, {model, serial}: IosDevice): void {
  const rows = [
    {index: '1001', name: '1', description: model.name, contained: 0, type: 3, model: model.name, serial},
    {
      index: '1002',
      name: 'Switch 1 - Power Supply 0',
      description: 'Switch 1 - Power Supply 0',
      contained: 1001,
      type: 6,
      model: '',
      serial: '',
    },
    {
      index: '1005',
      name: 'Switch 1 - Temperature Sensor 0',
      description: 'Switch 1 - Temperature Sensor 0',
      contained: 1001,
      type: 8,
      model: '',
      serial: '',
    },
  ]
  mib.table('1.3.6.1.2.1.47.1.1.1.1', rows, {
    2: (row) => text(row.description),
    3: () => objectId('0.0'),
    4: ({contained}) => integer(contained),
    5: ({type}) => integer(type),
    6: () => integer(-1),
    7: ({name}) => text(name),
    8: (row) => text(row.model === '' ? '' : 'V05'),
    9: () => text(''),
    10: (row) => text(row.model === '' ? '' : model.version),
    11: (row) => text(row.serial),
    12: (row) => text(row.model === '' ? '' : 'Cisco Systems, Inc.'),
    13: (row) => text(row.model),
    16: (row) => integer(row.model === '' ? 2 : 1),
  })
}

/** CISCO-CDP-MIB, CISCO-PROCESS-MIB, CISCO-MEMORY-POOL-MIB, CISCO-VTP-MIB and the old system group. */
function ciscoObjects(mib: MibBuilder, {persona, model, serial}: IosDevice): void {
  const enterprise = '1.3.6.1.4.1.9'
  const load = (minutes: number) => gauge32(persona.integer(`cisco load ${minutes}`, 4, 17))
  mib.scalars(`${enterprise}.2.1`, {
    3: text(persona.hostname),
    4: text(persona.facts.domain ?? ''),
    56: integer(persona.integer('cisco load 5', 4, 17)),
    57: integer(persona.integer('cisco load 1', 4, 17)),
    58: integer(persona.integer('cisco load 5m', 4, 17)),
  })
  mib.scalar(`${enterprise}.3.6.3`, text(serial))
  const pools = [
    {index: '1', name: 'Processor', size: 340_000_000},
    {index: '2', name: 'I/O', size: 33_554_432},
  ]
  const used = (name: string, size: number): number =>
    Math.floor((size * persona.integer(`cisco pool ${name}`, 120, 480)) / 1000)
  mib.table(`${enterprise}.9.48.1.1.1`, pools, {
    2: ({name}) => text(name),
    3: () => integer(0),
    4: () => integer(1),
    5: ({name, size}) => gauge32(used(name, size)),
    6: ({name, size}) => gauge32(size - used(name, size)),
    7: ({name, size}) => gauge32(Math.floor((size - used(name, size)) * 0.9)),
  })
  const vlans = [
    {index: '1.1', name: 'default'},
    {index: '1.1002', name: 'fddi-default'},
    {index: '1.1003', name: 'token-ring-default'},
  ]
  mib.table(`${enterprise}.9.46.1.3.1.1`, vlans, {2: () => integer(1), 4: ({name}) => text(name)})
  mib.table(`${enterprise}.9.109.1.1.1.1`, [{index: '1'}], {
    2: () => integer(1001),
    3: () => load(5),
    4: () => load(1),
    5: () => load(15),
    6: () => load(5),
    7: () => load(1),
    8: () => load(15),
  })
  mib.scalars(`${enterprise}.9.23.1.3`, {1: integer(1), 2: integer(60), 3: integer(180), 4: text(`${persona.fqdn}`)})
  mib.scalar(`${enterprise}.9.43.1.1.1`, ticks(persona.integer('cisco changed', 8000, 60_000)))
  mib.scalar(`${enterprise}.9.25.1.1.1.2.5`, text(`CW_IMAGE$${model.image}$`))
}
