/** Machines that play every service there is, and a scanner that has no credentials. */
import {createConnection} from 'node:net'
import {type PeerCertificate, connect as tlsConnect} from 'node:tls'

import {SERVICE_DEFINITIONS} from '../../src/catalog/services.ts'
import {deckyScope} from '../../src/decoy/decky-scope.ts'
import type {OptionValues, ServiceDefinition} from '../../src/decoy/definition.ts'
import {Evidence} from '../../src/decoy/evidence.ts'
import {DEFAULT_LIMITS, type Limits} from '../../src/decoy/limits.ts'
import {type Listener, listenTcp} from '../../src/decoy/listener.ts'
import {Persona, type PersonaFacts} from '../../src/decoy/persona.ts'
import {SERVICE_LOADERS} from '../../src/decoy/services.ts'
import type {EvidenceEvent} from '../../src/events/event.ts'

/** Nothing that a peer gets to see may have any of it. */
export const INTERNAL_NAME = 'xq-internal-decky-7'

const WINDOWS = new Set(['kerberos', 'ldap', 'msrpc', 'mssql', 'nbns', 'rdp', 'smb', 'winrm'])
const hex = (byte: number): string => byte.toString(16).padStart(2, '0').repeat(32)

/** A decky of an install: the same fleet seed, hence the same site and domain, and a seed of its own. */
export function machineFacts(service: string, install: number, decky: number): PersonaFacts {
  const windows = WINDOWS.has(service)
  return {
    hostname: `${['BER', 'PAR'][install] ?? 'LON'}-${windows ? 'W' : 'L'}${decky}1`,
    domain: windows ? `${['corp', 'intern'][install] ?? 'ad'}.example` : null,
    os: windows ? 'windows_server' : 'linux',
    distro: windows ? 'windows2022' : 'debian',
    archetype: service === 'kerberos' || service === 'ldap' ? 'domain-controller' : null,
    ip: `192.168.${install}.${10 + decky}`,
    mac: `00:50:56:0${install}:00:0${decky}`,
    seed: hex(16 * (install + 1) + decky),
    since: `2026-0${install + 1}-03T04:05:06.000Z`,
    fleet: {seed: hex(0xa0 + install), site: ['ber', 'par'][install] ?? 'lon', controller: 'DC01'},
  }
}

export const PLAYED: readonly ServiceDefinition[] = SERVICE_DEFINITIONS.filter(({name}) => SERVICE_LOADERS.has(name))

/** Options as an operator has them who sets none. */
export function defaultOptions({options}: ServiceDefinition): OptionValues {
  return Object.fromEntries(
    Object.entries(options).flatMap(([name, option]) => (option.default === null ? [] : [[name, option.default]])),
  )
}

export interface OpenPort {
  readonly service: string
  /** As the manifest has it. */
  readonly nominal: number
  /** Where it really listens. */
  readonly port: number
  /** TLS from the first byte. */
  readonly tls: boolean
  readonly events: readonly EvidenceEvent[]
  close(): Promise<void>
}

/** Opens every TCP port of a service. */
export async function openPorts(
  definition: ServiceDefinition,
  facts: PersonaFacts,
  limits: Partial<Limits> = {},
): Promise<OpenPort[]> {
  const load = SERVICE_LOADERS.get(definition.name)
  if (load === undefined) throw new Error(`${definition.name} cannot be played`)
  const service = await (await load())(new Persona(facts), defaultOptions(definition))
  const opened: OpenPort[] = []
  for (const {port: nominal, protocol} of definition.ports) {
    const handler = protocol === 'tcp' ? service.tcp?.(nominal) : undefined
    if (handler === undefined) continue
    const events: EvidenceEvent[] = []
    const sink = {write: (line: string) => events.push(JSON.parse(line) as EvidenceEvent) > 0}
    const all = {...DEFAULT_LIMITS, ...limits}
    const scope = deckyScope(INTERNAL_NAME, '127.0.0.1', all, new Evidence({sink, eventsPerSecond: 10_000}))
    const listener: Listener = await listenTcp(scope, definition.name, 0, handler)
    opened.push({
      service: definition.name,
      nominal,
      port: listener.port,
      tls: handler.kind === 'protocol' && handler.tls !== undefined,
      events,
      close: () => listener.close(),
    })
  }
  return opened
}

export interface Exchange {
  readonly reply: Buffer
  /** `silent`: still open when the deadline ran out. */
  readonly ended: 'closed' | 'reset' | 'silent'
  /** The scanner's own port, by which its evidence is found. */
  readonly from: number
}

/** Sends and listens until the other side hangs up, or says nothing more for `quietMs`. */
export function exchange(port: number, opening: Buffer, {quietMs = 150, deadlineMs = 3000} = {}): Promise<Exchange> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    let from = 0
    const socket = createConnection({host: '127.0.0.1', port})
    const done = (ended: Exchange['ended']): void => {
      clearTimeout(deadline)
      clearTimeout(quiet)
      socket.destroy()
      resolve({reply: Buffer.concat(chunks), ended, from})
    }
    const deadline = setTimeout(() => done('silent'), deadlineMs)
    let quiet = setTimeout(() => {}, 0)
    socket.once('connect', () => {
      from = socket.localPort ?? 0
      socket.write(opening)
    })
    socket.on('data', (chunk: Buffer) => {
      chunks.push(chunk)
      clearTimeout(quiet)
      quiet = setTimeout(() => done('silent'), quietMs)
    })
    socket.on('error', () => done('reset'))
    socket.on('close', () => done('closed'))
  })
}

/** The certificate of a port with TLS. */
export function certificateOf(port: number): Promise<PeerCertificate> {
  return new Promise((resolve, reject) => {
    const socket = tlsConnect({host: '127.0.0.1', port, rejectUnauthorized: false, minVersion: 'TLSv1.2'}, () => {
      resolve(socket.getPeerCertificate())
      socket.destroy()
    })
    socket.on('error', reject)
  })
}
