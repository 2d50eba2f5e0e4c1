/** Which product a service claims without being told: told by what it answers. */
import {once} from 'node:events'
import {duplexPair} from 'node:stream'

import {serviceInfo} from '../../src/catalog/service-info.ts'
import type {OptionValues, ServiceDefinition} from '../../src/decoy/definition.ts'
import {DEFAULT_LIMITS} from '../../src/decoy/limits.ts'
import {Persona, type PersonaFacts} from '../../src/decoy/persona.ts'
import type {Action, Connection, Service} from '../../src/decoy/service.ts'
import {SERVICE_LOADERS} from '../../src/decoy/services.ts'
import {runSession} from '../../src/decoy/session.ts'

const NOW = Date.parse('2026-03-04T05:06:07.089Z')

const connectionTo = (port: number): Connection => {
  let drawn = 0
  return {
    peer: {ip: '10.9.0.99', port: 40_000},
    local: {ip: '10.9.0.7', port},
    limits: DEFAULT_LIMITS,
    rehearsal: true,
    now: () => NOW,
    random: (size) => Buffer.alloc(size, ++drawn),
  }
}

/** What tells apart whoever goes on after the test: an answer to a challenge of VNC, an empty line. */
const MORE = [Buffer.from([2]), Buffer.alloc(16), Buffer.from('\r\n')]

/** What all ports do on their own tests, as text. */
async function answers(definition: ServiceDefinition, facts: PersonaFacts, options: OptionValues): Promise<string> {
  const create = await SERVICE_LOADERS.get(definition.name)?.()
  if (create === undefined) throw new Error(`${definition.name} cannot be played`)
  const service = await create(new Persona(facts), options)
  const ports = serviceInfo(definition).ports(options)
  const told = await Promise.all(
    ports.map(async ({port, protocol}) =>
      protocol === 'udp' ? overUdp(service, port) : ((await greeting(service, port)) ?? overTcp(service, port)),
    ),
  )
  return told.join('\n')
}

/** Of what is no protocol of ours, the first line: no two of its handshakes are alike. */
async function greeting(service: Service, port: number): Promise<string | undefined> {
  const handler = service.tcp?.(port)
  if (handler?.kind !== 'stream') return undefined
  const [client, server] = duplexPair()
  client.on('error', () => {})
  const session = runSession(handler, server, {connection: connectionTo(port), record: () => {}})
  session.ended.catch(() => {})
  try {
    const [chunk] = (await once(client, 'data', {signal: AbortSignal.timeout(2_000)})) as [Buffer]
    return chunk.toString('latin1').split('\n')[0]
  } finally {
    client.destroy()
  }
}

function overTcp(service: Service, port: number): string {
  const handler = service.tcp?.(port)
  if (handler?.kind !== 'protocol') return ''
  const session = handler.session(connectionTo(port))
  const {send} = service.selfTest(port, 'tcp')
  const asked = send.length > 0 ? [send, ...MORE] : MORE
  return written([...session.open(), ...asked.flatMap((bytes) => session.feed(bytes))])
}

function written(actions: readonly Action[]): string {
  const parts = actions.flatMap((action) => (action.type === 'write' ? [action.data] : []))
  return Buffer.concat(parts).toString('latin1')
}

function overUdp(service: Service, port: number): string {
  const {send} = service.selfTest(port, 'udp')
  const replies = service.udp?.(port).datagram(send, connectionTo(port)).replies ?? []
  return Buffer.concat([...replies]).toString('latin1')
}

/** Products whose answers are those of the service that is told nothing. */
export async function claimedProducts(
  definition: ServiceDefinition,
  products: readonly string[],
  facts: PersonaFacts,
): Promise<readonly string[]> {
  const usual = await answers(definition, facts, {})
  const told = await Promise.all(
    products.map((product) => answers(definition, facts, {product}).catch(() => undefined)),
  )
  return products.filter((_, index) => told[index] === usual)
}
