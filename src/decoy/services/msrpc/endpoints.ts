/** Which interfaces are registered with the endpoint mapper, and where they listen: what a machine of its role has. */
import {encodeUuid} from '../../codecs/dcerpc/uuid.ts'
import {LittleEndianWriter} from '../../codecs/little-endian.ts'
import {computerName} from '../../persona/domain.ts'
import type {Persona} from '../../persona.ts'

/** Where an interface listens: the upper floors of a tower (C706 appendix L, MS-RPCE §2.1). */
export type Binding =
  | {readonly kind: 'tcp'; readonly port: number}
  | {readonly kind: 'pipe'; readonly name: string}
  | {readonly kind: 'local'; readonly name: string}
  | {readonly kind: 'http'; readonly port: number}

export interface Endpoint {
  readonly uuid: string
  readonly version: number
  readonly annotation: string
  readonly binding: Binding
}

/** The first of the dynamic ports; those of the services that start with Windows are the same on every machine. */
const DYNAMIC = 49_664

const tcp = (offset: number): Binding => ({kind: 'tcp', port: DYNAMIC + offset})
const pipe = (name: string): Binding => ({kind: 'pipe', name})
const http = (offset: number): Binding => ({kind: 'http', port: DYNAMIC + offset})
const local = (name: string): Binding => ({kind: 'local', name})

type Row = readonly [uuid: string, version: number, annotation: string, bindings: readonly Binding[]]

const TASKS = [pipe('\\PIPE\\atsvc'), tcp(2)]
const SPOOLER = [tcp(4)]
const LSASS = [pipe('\\pipe\\lsass'), tcp(3)]
const COMMON: readonly Row[] = [
  ['d95afe70-a6d5-4259-822e-2c84da1ddb0d', 1, '', [local('WindowsShutdown'), pipe('\\PIPE\\InitShutdown'), tcp(0)]],
  ['76f226c3-ec14-4325-8a99-6a46348418af', 1, '', [local('WindowsShutdown'), pipe('\\PIPE\\InitShutdown')]],
  ['f6beaff7-1e19-4fbb-9f8f-b89e2018337c', 1, 'Event log TCPIP', [local('eventlog'), pipe('\\pipe\\eventlog'), tcp(1)]],
  ['3c4728c5-f0ab-448b-bda1-6ce01eb0a6d5', 1, 'DHCP Client LRPC Endpoint', [local('dhcpcsvc')]],
  ['3c4728c5-f0ab-448b-bda1-6ce01eb0a6d6', 1, 'DHCPv6 Client LRPC Endpoint', [local('dhcpcsvc6')]],
  ['86d35949-83c9-4044-b424-db363231fd0c', 1, '', TASKS],
  ['3a9ef155-691d-4449-8d05-09ad57031823', 1, '', TASKS],
  ['378e52b0-c0a9-11cf-822d-00aa0051e40f', 1, '', [pipe('\\PIPE\\atsvc')]],
  ['1ff70682-0a51-30e8-076d-740be8cee98b', 1, '', [pipe('\\PIPE\\atsvc')]],
  ['12345778-1234-abcd-ef00-0123456789ac', 1, '', [local('samss lpc'), ...LSASS]],
  ['b25a52bf-e5dd-4f4a-aea6-8ca7272a0e86', 2, 'KeyIso', LSASS],
  ['51a227ae-825b-41f2-b4a9-1ac9557a1018', 1, 'Ngc Pop Key Service', LSASS],
  ['367abb81-9844-35f1-ad32-98f038001003', 2, '', [tcp(5)]],
  ['30adc50c-5cbc-46ce-9a0e-91914789e23c', 1, 'NRP server endpoint', [local('DNSResolver')]],
  ['dd490425-5325-4565-b774-7e27d6c09c24', 1, 'Base Firewall Engine API', [local('LRPC-fw')]],
]
const PRINTING: readonly Row[] = [
  ['12345678-1234-abcd-ef00-0123456789ab', 1, '', SPOOLER],
  ['0b6edbfa-4a24-4fc6-8a23-942b1eca65d1', 1, '', SPOOLER],
  ['ae33069b-a2a8-46ee-a235-ddfd339be281', 1, '', SPOOLER],
  ['4a452661-8290-4b36-8fbe-7f4093a94978', 1, '', SPOOLER],
  ['76f03f96-cdfd-44fc-a22c-64950a001209', 1, '', SPOOLER],
]
const SERVER: readonly Row[] = [['6b5bdd1e-528c-422c-af8c-a4079be4fe48', 1, 'Remote Fw APIs', [tcp(6)]]]
const CONTROLLER: readonly Row[] = [
  ['e3514235-4b06-11d1-ab04-00c04fc2dcd2', 4, 'MS NT Directory DRS Interface', [...LSASS, http(7)]],
  ['12345778-1234-abcd-ef00-0123456789ab', 0, '', LSASS],
  ['12345678-1234-abcd-ef00-01234567cffb', 1, '', LSASS],
  ['50abc2a4-574d-40b3-9d66-ee4fd5fba076', 5, '', [tcp(8)]],
  ['897e2e5f-93f3-4376-9c9c-fd2277495c27', 1, 'Frs2 Service', [tcp(9)]],
]

export function endpointsOf(persona: Persona): readonly Endpoint[] {
  const server = persona.facts.os === 'windows_server'
  const controller = persona.facts.archetype === 'domain-controller'
  const rows = [...COMMON, ...PRINTING, ...(server ? SERVER : []), ...(controller ? CONTROLLER : [])]
  return rows.flatMap(([uuid, version, annotation, bindings]) =>
    bindings.map((binding) => ({uuid, version, annotation, binding: named(persona, uuid, binding)})),
  )
}

/** Local endpoints without a name of their own are numbered at each start. */
function named(persona: Persona, uuid: string, binding: Binding): Binding {
  if (binding.kind !== 'local' || !binding.name.startsWith('LRPC-')) return binding
  const number = persona.bytes(`lrpc ${uuid}`, 9).toString('hex').slice(0, 18)
  return {kind: 'local', name: `LRPC-${number}`}
}

const NDR = '8a885d04-1ceb-11c9-9fe8-08002b104860'
const FLOOR = {
  UUID: 0x0d,
  CONNECTION: 0x0b,
  LOCAL: 0x0c,
  TCP: 0x07,
  IP: 0x09,
  PIPE: 0x0f,
  LRPC: 0x10,
  HOST: 0x11,
  HTTP: 0x1f,
} as const

/** The protocol tower (C706 appendix I): one floor for each layer, each with a left and a right side. */
export function towerOf({uuid, version, binding}: Endpoint, persona: Persona): Buffer {
  const syntax = (id: string, major: number): Buffer =>
    floor(FLOOR.UUID, Buffer.alloc(2), Buffer.concat([encodeUuid(id), word(major)]))
  const floors = [syntax(uuid, version), syntax(NDR, 2), ...upperFloors(binding, persona)]
  return Buffer.concat([word(floors.length), ...floors])
}

function upperFloors(binding: Binding, persona: Persona): Buffer[] {
  const connection = floor(FLOOR.CONNECTION, Buffer.alloc(2))
  const address = Buffer.from(persona.facts.ip.split('.').map(Number))
  switch (binding.kind) {
    case 'tcp':
      return [connection, floor(FLOOR.TCP, big(binding.port)), floor(FLOOR.IP, address)]
    case 'http':
      return [connection, floor(FLOOR.HTTP, big(binding.port)), floor(FLOOR.IP, address)]
    case 'pipe':
      return [
        connection,
        floor(FLOOR.PIPE, text(binding.name)),
        floor(FLOOR.HOST, text(`\\\\${computerName(persona)}`)),
      ]
    case 'local':
      return [floor(FLOOR.LOCAL, Buffer.alloc(2)), floor(FLOOR.LRPC, text(binding.name))]
  }
}

const floor = (protocol: number, right: Buffer, data: Buffer = Buffer.alloc(0)): Buffer =>
  new LittleEndianWriter()
    .u16(1 + data.length)
    .u8(protocol)
    .bytes(data)
    .u16(right.length)
    .bytes(right)
    .done()

const text = (value: string): Buffer => Buffer.from(`${value}\0`, 'latin1')
const word = (value: number): Buffer => new LittleEndianWriter().u16(value).done()
const big = (port: number): Buffer => Buffer.from([port >> 8, port & 0xff])

/** The protocol of the fourth floor, by which a client asks for a kind of endpoint. */
export const PROTOCOL_OF: Readonly<Record<Binding['kind'], number>> = {
  tcp: FLOOR.TCP,
  http: FLOOR.HTTP,
  pipe: FLOOR.PIPE,
  local: FLOOR.LRPC,
}
