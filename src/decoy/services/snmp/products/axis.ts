/** An Axis network camera: little more than MIB-II, and Axis' own states. */
import {cameraOf} from '../../../persona/camera.ts'
import type {Persona} from '../../../persona.ts'
import {netSnmpEngineId} from '../engine.ts'
import type {MibBuilder} from '../mib/builder.ts'
import {interfaces} from '../mib/interfaces.ts'
import {internet, snmpGroup} from '../mib/internet.ts'
import {system} from '../mib/system.ts'
import {integer, text} from '../wire/values.ts'
import {type AgentProduct, type Entered, roomOf} from './product.ts'
import {netSnmpModules, unixInterfaces} from './unix.ts'

const AXIS = '1.3.6.1.4.1.368'
/** AXIS-VIDEO-MIB; states are 1 where all is well. */
const VIDEO = `${AXIS}.4.1`

export const AXIS_CAMERA: AgentProduct = {
  engineId: netSnmpEngineId,
  maxMessage: 65_507,
  writeCommunity: 'write',
  interfaceNumber: 2,
  entered: (persona) => ({contact: '', location: roomOf(persona, 'office')}),
  build,
}

function build(mib: MibBuilder, persona: Persona, entered: Entered): void {
  const {name, kind, firmware, built, hardware} = cameraOf(persona)
  system(mib, {
    ...entered,
    description: `; ${name}; ${kind}; ${firmware}; ${built}; ${hardware}; 1;`,
    objectId: AXIS,
    name: persona.hostname,
    services: 72,
    startMs: persona.integer('snmp start', 15_000, 35_000),
  })
  netSnmpModules(mib)
  interfaces(mib, persona, unixInterfaces(persona, 'eth0', 420_000))
  internet(mib, persona, {
    forwarding: 2,
    ttl: 64,
    interfaceNumber: 2,
    loopback: 1,
    retransmission: [1, 200, 120_000, -1],
  })
  snmpGroup(mib, persona)
  mib.table(`${VIDEO}.3.1`, [{index: '1.1', name: 'main'}], {
    2: ({name: sensor}) => text(sensor),
    3: () => integer(1),
    4:
      () =>
      ({now}) =>
        integer(persona.integer(`axis temperature ${Math.floor(now / 300_000) % 37}`, 38, 44)),
  })
  mib.table(`${VIDEO}.4.1`, [{index: '1.1', name: 'Channel 1'}], {
    2: ({name: channel}) => text(channel),
    3: () => integer(1),
  })
}
