/** Net-SNMP on a Linux server. */
import {type Kernel, kernelOf} from '../../../kernel.ts'
import type {Persona} from '../../../persona.ts'
import {hardwareOf} from '../../../shell/machine.ts'
import {netSnmpEngineId} from '../engine.ts'
import type {MibBuilder} from '../mib/builder.ts'
import {hostResources} from '../mib/host-resources.ts'
import {interfaces} from '../mib/interfaces.ts'
import {internet, snmpGroup} from '../mib/internet.ts'
import {system} from '../mib/system.ts'
import {linuxMemory, unixDevices, unixStorage} from './hardware.ts'
import {packagesOf, unixProcesses} from './linux-software.ts'
import {type AgentProduct, type Entered, helpDesk, roomOf} from './product.ts'
import {netSnmpModules, ucdLoad, ucdMemory, ucdProcessor, unixInterfaces} from './unix.ts'

const LINUX_OBJECT_ID = '1.3.6.1.4.1.8072.3.2.10'

export const unixDescription = (persona: Persona, {release, build}: Kernel): string =>
  `Linux ${persona.hostname} ${release} ${build} x86_64`

export const NET_SNMP: AgentProduct = {
  engineId: netSnmpEngineId,
  maxMessage: 65_507,
  writeCommunity: null,
  interfaceNumber: 2,
  entered: (persona) => ({contact: helpDesk(persona), location: roomOf(persona, 'servers')}),
  build,
}

function build(mib: MibBuilder, persona: Persona, entered: Entered): void {
  system(mib, {
    ...entered,
    description: unixDescription(persona, kernelOf(persona.facts)),
    objectId: LINUX_OBJECT_ID,
    name: persona.hostname,
    services: 72,
    startMs: persona.integer('snmp start', 9000, 31_000),
  })
  netSnmpModules(mib)
  // The machine that a shell on it shows (`shell/machine.ts`, `shell/programs/network.ts`).
  const network = unixInterfaces(persona, persona.pick('interface', ['eth0', 'ens18', 'ens192', 'enp0s3']), 9000)
  const hardware = hardwareOf(persona)
  const memory = linuxMemory(persona, hardware)
  interfaces(mib, persona, network)
  internet(mib, persona, {
    forwarding: 2,
    ttl: 64,
    interfaceNumber: 2,
    loopback: 1,
    retransmission: [1, 200, 120_000, -1],
  })
  snmpGroup(mib, persona)
  hostResources(mib, persona, {
    memory: memory.total,
    storage: unixStorage(memory, [{path: '/', size: hardware.disk, used: hardware.diskUsed}]),
    devices: unixDevices(
      `${hardware.cpu.startsWith('Intel') ? 'GenuineIntel' : 'AuthenticAMD'}: ${hardware.cpu}`,
      hardware.cores,
      network.map(({description}) => description),
    ),
    processes: unixProcesses(persona),
    software: packagesOf(persona),
    bootOptions: `BOOT_IMAGE=/boot/vmlinuz-${kernelOf(persona.facts).release} root=/dev/sda1 ro quiet\n`,
    maxProcesses: 0,
  })
  ucdMemory(mib, memory)
  ucdLoad(mib, persona)
  ucdProcessor(mib, persona, hardware.cores)
}
