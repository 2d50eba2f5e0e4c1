/** Which agent a machine has. */
import type {OptionValues} from '../../../definition.ts'
import type {Persona} from '../../../persona.ts'
import {SNMP_PRODUCTS, type SnmpProduct} from '../definition.ts'
import {AXIS_CAMERA} from './axis.ts'
import {CISCO} from './cisco.ts'
import {NET_SNMP} from './net-snmp.ts'
import {PLC} from './plc.ts'
import {PRINTER} from './printer.ts'
import type {AgentProduct} from './product.ts'
import {SYNOLOGY_NAS} from './synology.ts'
import {UPS} from './ups.ts'
import {WINDOWS} from './windows.ts'

const PRODUCTS: Readonly<Record<SnmpProduct, AgentProduct>> = {
  'net-snmp': NET_SNMP,
  windows: WINDOWS,
  cisco: CISCO,
  printer: PRINTER,
  ups: UPS,
  synology: SYNOLOGY_NAS,
  axis: AXIS_CAMERA,
  plc: PLC,
}

const BY_ARCHETYPE: Readonly<Record<string, SnmpProduct>> = {
  printer: 'printer',
  'iot-device': 'axis',
  'industrial-control': 'plc',
  nas: 'synology',
  switch: 'cisco',
}

const BY_OS: Readonly<Record<Persona['facts']['os'], SnmpProduct>> = {
  linux: 'net-snmp',
  bsd: 'net-snmp',
  windows: 'windows',
  windows_server: 'windows',
  cisco: 'cisco',
  // What else is embedded has an address of Axis more often than not.
  embedded: 'axis',
}

export function productName({facts}: Persona, {product}: OptionValues): SnmpProduct {
  const asked = SNMP_PRODUCTS.find((name) => name === product)
  return asked ?? BY_ARCHETYPE[facts.archetype ?? ''] ?? BY_OS[facts.os]
}

export const productOf = (persona: Persona, options: OptionValues): AgentProduct =>
  PRODUCTS[productName(persona, options)]
