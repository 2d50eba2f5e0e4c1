/** A LaserJet with a JetDirect card: Printer-MIB (RFC 3805), Host Resources, and HP's own objects. */
import {type Printer, printerOf} from '../../../persona/printer.ts'
import type {Persona} from '../../../persona.ts'
import {macEngineId} from '../engine.ts'
import type {MibBuilder} from '../mib/builder.ts'
import {asCounter32} from '../mib/counting.ts'
import {DEVICE, deviceTable, STORAGE, type Storage, storageTable} from '../mib/host-resources.ts'
import {IF_TYPE, interfaces, macOf} from '../mib/interfaces.ts'
import {internet, snmpGroup} from '../mib/internet.ts'
import {system} from '../mib/system.ts'
import type {Clock} from '../mib/tree.ts'
import {integer, octets, text, ticks} from '../wire/values.ts'
import {markings} from './printer-markings.ts'
import {type AgentProduct, type Entered, roomOf} from './product.ts'

const HP_ENTERPRISE = 11
const NET_PRINTER = '1.3.6.1.4.1.11.2.3.9'
const HOST = '1.3.6.1.2.1.25'
const MIB = 1024

export const PRINTER: AgentProduct = {
  engineId: (persona) => macEngineId(HP_ENTERPRISE, macOf(persona)),
  maxMessage: 1472,
  writeCommunity: 'private',
  interfaceNumber: 1,
  entered: (persona) => ({contact: '', location: roomOf(persona, 'office')}),
  build,
}

function build(mib: MibBuilder, persona: Persona, entered: Entered): void {
  const printer = printerOf(persona)
  system(mib, {
    ...entered,
    description: description(printer),
    objectId: `${NET_PRINTER}.1`,
    name: persona.hostname,
    services: 64,
    startMs: persona.integer('snmp start', 20_000, 45_000),
  })
  const mac = macOf(persona)
  interfaces(
    mib,
    persona,
    [
      {
        number: 1,
        description: 'HP ETHERNET MULTI-ENVIRONMENT',
        type: IF_TYPE.ETHERNET,
        mtu: 1500,
        speed: 1_000_000_000,
        mac,
        up: true,
        traffic: 1400,
      },
    ],
    {extended: false},
  )
  internet(mib, persona, {forwarding: 2, ttl: 255, interfaceNumber: 1, retransmission: [1, 200, 120_000, 64]})
  snmpGroup(mib, persona)
  device(mib, persona, printer)
  markings(mib, persona, printer)
  hpObjects(mib, persona, printer)
}

/** Of FutureSmart firmware: the network card's own release has the date of the whole. */
function description({model, datecode}: Printer): string {
  const [year, month, day] = [datecode.slice(0, 4), datecode.slice(4, 6), datecode.slice(6)]
  const release = `JSI${model.asic.startsWith('0x0031') ? '23' : '24'}${datecode.slice(2, 4)}0${model.multifunction ? '24' : '12'}`
  return `HP ETHERNET MULTI-ENVIRONMENT,ROM none,JETDIRECT,JD153,EEPROM ${release},CIDATE ${month}/${day}/${year}`
}

function device(mib: MibBuilder, persona: Persona, {model}: Printer): void {
  mib.scalar(`${HOST}.1.1`, ({uptime}: Clock) => ticks(uptime / 10))
  mib.scalar(`${HOST}.2.2`, integer(model.memory * MIB))
  const unit = 1
  const memory = (number: number, text: string, type: number, size: number, used: number): Storage => ({
    number,
    type,
    description: text,
    unit: unit * MIB,
    size: size * MIB,
    used: used * MIB,
  })
  storageTable(mib, [
    memory(1, 'RAM', STORAGE.RAM, model.memory, persona.integer('printer ram', 100, 300)),
    memory(2, 'eMMC', STORAGE.FLASH, 4096, persona.integer('printer flash', 900, 1700)),
  ])
  deviceTable(mib, persona, [{number: 1, type: DEVICE.PRINTER, description: model.name}])
  // Idle, and in order: no bit of what is wrong is set.
  mib.table(`${HOST}.3.5.1`, [{index: '1'}], {1: () => integer(3), 2: () => octets(Buffer.alloc(1))})
}

/** What every tool that looks after HP's printers asks for. */
function hpObjects(mib: MibBuilder, persona: Persona, {model, serial, revision, datecode, pages}: Printer): void {
  const identification = `MFG:HP;MDL:${model.name};CMD:PJL,PML,PCLXL,PCL,POSTSCRIPT,PDF;CLS:PRINTER;DES:${model.name};MEM:MEM=${model.memory}MB;SN:${serial};1284.4DL:4d,4e,1;`
  const system = `${NET_PRINTER}.4.2.1.1`
  mib
    .scalar(`${NET_PRINTER}.1.1.3`, text('Ready'))
    .scalar(`${NET_PRINTER}.1.1.7`, text(identification))
    .scalar(`${system}.2.1`, integer(0))
    .scalar(`${system}.3.2`, text(model.name))
    .scalar(`${system}.3.3`, text(serial))
    .scalar(`${system}.3.5`, text(datecode))
    .scalar(`${system}.3.6`, text(revision))
    .scalar(`${system}.3.10`, text(persona.hostname), {writable: true})
    .scalar(
      `${NET_PRINTER}.4.2.1.4.1.2.5`,
      asCounter32(() => pages),
    )
    .scalar('1.3.6.1.4.1.11.2.4.3.5.1', text(persona.hostname))
    .scalar('1.3.6.1.4.1.11.2.4.3.18.10', text(`http://${persona.facts.ip}/`))
}
