/** A programmable controller: MIB-II and nothing else. */
import {plcOf} from '../../../persona/plc.ts'
import type {Persona} from '../../../persona.ts'
import type {MibBuilder} from '../mib/builder.ts'
import {IF_TYPE, interfaces, macOf, macPlus} from '../mib/interfaces.ts'
import {internet, snmpGroup} from '../mib/internet.ts'
import {system} from '../mib/system.ts'
import type {AgentProduct, Entered} from './product.ts'

export const PLC: AgentProduct = {
  // Controllers of that generation speak version 1 and 2c.
  engineId: null,
  maxMessage: 1472,
  writeCommunity: 'private',
  interfaceNumber: 1,
  entered: () => ({contact: '', location: ''}),
  build,
}

function build(mib: MibBuilder, persona: Persona, entered: Entered): void {
  system(mib, {
    ...entered,
    description: description(persona),
    objectId: '0.0',
    name: plcOf(persona).vendor === 'siemens' ? '' : persona.hostname,
    services: 78,
    startMs: persona.integer('snmp start', 4000, 9000),
  })
  const mac = macOf(persona)
  const port = {type: IF_TYPE.ETHERNET, mtu: 1500, speed: 100_000_000, traffic: 3800}
  interfaces(
    mib,
    persona,
    [
      {...port, number: 1, description: 'PN-IO', mac, up: true, traffic: 3800},
      {...port, number: 2, description: 'Port 1', mac: macPlus(mac, 1), up: true},
      {...port, number: 3, description: 'Port 2', mac: macPlus(mac, 2), up: persona.integer('plc port', 0, 1) === 1},
    ],
    {extended: false},
  )
  internet(mib, persona, {forwarding: 2, ttl: 30, interfaceNumber: 1, retransmission: [4, 500, 60_000, 32]})
  snmpGroup(mib, persona)
}

function description(persona: Persona): string {
  const {vendor, vendorName, family, name, orderCode, firmware, hardware, serial} = plcOf(persona)
  if (vendor !== 'siemens') return `${vendorName}, ${family}, ${orderCode}, FW: ${firmware}`
  return `Siemens, SIMATIC S7, ${name.replace('CPU ', 'CPU')}, ${orderCode} , HW: ${hardware}, FW: V${firmware.replace(/^V/, '')}, ${serial}`
}
