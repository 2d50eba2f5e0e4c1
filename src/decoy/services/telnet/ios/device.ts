/** What the command line of a switch shows of it: version, interfaces, configuration. */
import {type IosDevice as Device, isPortUp, portNames, readCommunity} from '../../../persona/ios-device.ts'
import type {Persona} from '../../../persona.ts'

export function showVersion({persona, model, serial}: Device, now: number): string[] {
  const {hostname, mac} = persona.facts
  return [
    `Cisco IOS Software, ${model.platform} Software (${model.image}), Version ${model.version}, RELEASE SOFTWARE (fc2)`,
    'Technical Support: http://www.cisco.com/techsupport',
    'Copyright (c) 1986-2021 by Cisco Systems, Inc.',
    '',
    `ROM: Bootstrap program is ${model.platform} boot loader`,
    '',
    `${hostname} uptime is ${uptime(now - persona.bootedAt(now))}`,
    'System returned to ROM by power-on',
    `System image file is "flash:/${model.image.toLowerCase().replace('-m', '-mz')}.${model.version.replace(/[()]/g, '-').replace(/-$/, '')}.bin"`,
    '',
    `cisco ${model.name} (${model.processor}) processor (revision M0) with ${model.memory} bytes of memory.`,
    `Processor board ID ${serial}`,
    'Last reset from power-on',
    '1 Virtual Ethernet interface',
    `${model.ports + 4} Gigabit Ethernet interfaces`,
    'The password-recovery mechanism is enabled.',
    '',
    '512K bytes of flash-simulated non-volatile configuration memory.',
    `Base ethernet MAC Address       : ${mac.toUpperCase()}`,
    `Model number                    : ${model.name}`,
    `System serial number            : ${serial}`,
    '',
    'Configuration register is 0xF',
    '',
  ]
}

function uptime(ms: number): string {
  const minutes = Math.max(1, Math.floor(ms / 60_000))
  const units: readonly (readonly [string, number])[] = [
    ['year', 525_600],
    ['week', 10_080],
    ['day', 1440],
    ['hour', 60],
    ['minute', 1],
  ]
  let left = minutes
  const parts = units.map(([name, size]) => {
    const count = Math.floor(left / size)
    left -= count * size
    return count === 0 ? '' : `${count} ${name}${count === 1 ? '' : 's'}`
  })
  return parts.filter((part) => part !== '').join(', ')
}

const gateway = ({facts}: Persona): string => `${facts.ip.split('.').slice(0, 3).join('.')}.1`

export function runningConfig({persona, model}: Device, users: readonly string[]): string[] {
  const {hostname, ip, domain} = persona.facts
  const lines = [
    'version 15.2',
    'no service pad',
    'service timestamps debug datetime msec',
    'service timestamps log datetime msec',
    'service password-encryption',
    '!',
    `hostname ${hostname}`,
    '!',
    `enable secret 5 ${secret(persona, 'enable')}`,
    '!',
    ...users.map((name) => `username ${name} privilege 1 secret 5 ${secret(persona, name)}`),
    'no aaa new-model',
    ...(domain === null ? [] : [`ip domain-name ${domain}`]),
    '!',
    ...portNames(model.ports).flatMap((name) => [`interface ${name}`, ' switchport mode access', '!']),
    'interface Vlan1',
    ` ip address ${ip} 255.255.255.0`,
    '!',
    `ip default-gateway ${gateway(persona)}`,
    'ip http server',
    `snmp-server community ${readCommunity(persona)} RO`,
    '!',
    'line con 0',
    'line vty 0 4',
    ' login local',
    ' transport input telnet',
    'line vty 5 15',
    ' login local',
    '!',
    'end',
  ]
  const size = lines.join('\n').length
  return ['Building configuration...', '', `Current configuration : ${size} bytes`, '!', ...lines, '']
}

const ALPHABET = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

function secret(persona: Persona, name: string): string {
  const letters = [...persona.bytes(`ios secret ${name}`, 26)].map((byte) => ALPHABET[byte & 63]).join('')
  return `$1$${letters.slice(0, 4)}$${letters.slice(4)}`
}

export function interfaceBrief({persona, model}: Device): string[] {
  const row = (name: string, address: string, method: string, up: boolean): string =>
    `${name.padEnd(22)} ${address.padEnd(15)} YES ${method.padEnd(6)} ${(up ? 'up' : 'down').padEnd(21)} ${up ? 'up' : 'down'}`
  return [
    'Interface              IP-Address      OK? Method Status                Protocol',
    row('Vlan1', persona.facts.ip, 'NVRAM', true),
    ...portNames(model.ports).map((name) => row(name, 'unassigned', 'unset', isPortUp(persona, name))),
  ]
}

export function inventory({model, serial}: Device): string[] {
  return [`NAME: "1", DESCR: "${model.name}"`, `PID: ${model.name.padEnd(18)}, VID: V05  , SN: ${serial}`, '', '']
}
