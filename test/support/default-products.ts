/** Which product a service claims without being told: told by what it answers. */
import {serviceInfo} from '../../src/catalog/service-info.ts'
import type {OptionValues, ServiceDefinition} from '../../src/decoy/definition.ts'
import {DEFAULT_LIMITS} from '../../src/decoy/limits.ts'
import {Persona, type PersonaFacts} from '../../src/decoy/persona.ts'
import type {Action, Connection, Service} from '../../src/decoy/service.ts'
import {SERVICE_LOADERS} from '../../src/decoy/services.ts'

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

/** What all ports do on their own tests, as text; streams, whose handshakes no two times are alike, are left out. */
async function answers(definition: ServiceDefinition, facts: PersonaFacts, options: OptionValues): Promise<string> {
  const create = await SERVICE_LOADERS.get(definition.name)?.()
  if (create === undefined) throw new Error(`${definition.name} cannot be played`)
  const service = await create(new Persona(facts), options)
  const told = serviceInfo(definition)
    .ports(options)
    .map(({port, protocol}) => `${port} ${protocol === 'tcp' ? overTcp(service, port) : overUdp(service, port)}`)
  return told.join('\n')
}

function overTcp(service: Service, port: number): string {
  const handler = service.tcp?.(port)
  if (handler?.kind !== 'protocol') return ''
  const session = handler.session(connectionTo(port))
  const {send} = service.selfTest(port, 'tcp')
  return written([...session.open(), ...(send.length > 0 ? session.feed(send) : [])])
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
