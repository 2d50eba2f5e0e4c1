import {portOption} from '../../common-options.ts'
import type {ServiceDefinition} from '../../definition.ts'

export const MODBUS_PORT = 502

export const MODBUS_PRODUCTS = ['siemens', 'schneider', 'wago', 'gateway'] as const
export type ModbusProduct = (typeof MODBUS_PRODUCTS)[number]

export const MODBUS: ServiceDefinition = {
  name: 'modbus',
  summary:
    'Modbus/TCP server of a programmable controller or of a gateway to power meters, with a process that lives and keeps what is written.',
  roles: ['plc', 'rtu', 'line', 'pump', 'meter'],
  ports: [{port: MODBUS_PORT, protocol: 'tcp', purpose: 'Modbus/TCP', option: 'port'}],
  options: {
    port: portOption(MODBUS_PORT),
    product: {
      type: 'enum',
      summary:
        'Whose device it is; by default that of the vendor of its Ethernet address, else of Siemens. `gateway` is one of Schneider with power meters behind it.',
      default: null,
      values: MODBUS_PRODUCTS,
    },
  },
  events: ['query', 'command', 'probe', 'malformed'],
}
