/** The network camera that a persona is: one model, serial number and firmware for HTTP, FTP, SNMP, MQTT and Telnet. */
import type {Persona} from '../persona.ts'
import {applianceSerial} from './serials.ts'

export interface Camera {
  /** With the brand, as it is printed on it. */
  readonly name: string
  readonly kind: string
  readonly firmware: string
  /** `Nov 21 2022 11:08`. */
  readonly built: string
  readonly hardware: string
  /** The version of Apache in that firmware, and what else its web server says of itself. */
  readonly apache: string
  readonly modules: string
  /** Its Ethernet address without colons. */
  readonly serial: string
  /** What it calls itself until somebody gives it a name. */
  readonly host: string
}

const MODELS = [
  {
    name: 'AXIS P3245-LV',
    kind: 'Network Camera',
    firmware: '10.12.166',
    built: 'Nov 21 2022 11:08',
    hardware: '7C6',
    apache: '2.4.54',
    modules: 'OpenSSL/1.1.1s',
  },
  {
    name: 'AXIS M3115-LVE',
    kind: 'Network Camera',
    firmware: '10.12.182',
    built: 'May 11 2023 09:47',
    hardware: '7B9',
    apache: '2.4.56',
    modules: 'OpenSSL/1.1.1t',
  },
  {
    name: 'AXIS P5655-E',
    kind: 'PTZ Dome Network Camera',
    firmware: '10.12.199',
    built: 'Aug 29 2023 14:21',
    hardware: '7E2',
    apache: '2.4.57',
    modules: 'OpenSSL/1.1.1v',
  },
] as const

/** Of the models that there are. */
export const CAMERA_FIRMWARES: readonly string[] = MODELS.map(({firmware}) => firmware)

export function cameraOf(persona: Persona): Camera {
  const serial = applianceSerial(persona, 'axis')
  return {...persona.pick('axis model', MODELS), serial, host: `axis-${serial.toLowerCase()}`}
}
