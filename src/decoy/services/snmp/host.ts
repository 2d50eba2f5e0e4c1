/** What all datagrams to one decky's agent share. */
import type {OptionValues} from '../../definition.ts'
import type {Persona} from '../../persona.ts'
import type {Connection} from '../../service.ts'
import type {View} from './agent.ts'
import {SNMP_PORT} from './definition.ts'
import {Engine} from './engine.ts'
import {MibBuilder} from './mib/builder.ts'
import type {ReadNetwork} from './mib/network.ts'
import type {Clock} from './mib/tree.ts'
import {LiveMib} from './mib/view.ts'
import {Writes} from './mib/writes.ts'
import {productOf} from './products/registry.ts'
import {Sources} from './sources.ts'
import {UsmUsers} from './usm-users.ts'

export type Access = 'read' | 'write'

const DEFAULT_COMMUNITY = 'public'

export class SnmpHost {
  readonly sources = new Sources()
  readonly maxMessage: number
  /** Null: no version 3. */
  readonly usm: {readonly engine: Engine; readonly users: UsmUsers} | null
  readonly #persona: Persona
  readonly #communities: ReadonlyMap<string, Access>
  readonly #live: LiveMib
  readonly #writes = new Writes()
  readonly #creatable: readonly string[]

  constructor(persona: Persona, options: OptionValues, network: ReadNetwork) {
    const product = productOf(persona, options)
    const text = (name: string): string | null => (typeof options[name] === 'string' ? options[name] : null)
    const entered = product.entered(persona)
    const contact = text('contact') ?? entered.contact
    const location = text('location') ?? entered.location
    const fixed = new MibBuilder()
    product.build(fixed, persona, {contact, location})
    const {interfaceNumber, maxMessage, engineId, creatable = []} = product
    const own = persona.facts.ip
    this.#live = new LiveMib({fixed, writes: this.#writes, own, interfaceNumber, network})
    const given = text('community')
    const reading = given === null ? [DEFAULT_COMMUNITY, ...(product.communities?.(persona) ?? [])] : [given]
    const writing = text('write_community') ?? product.writeCommunity
    this.#communities = new Map([
      ...reading.map((name) => [name, 'read'] as const),
      ...(writing === null ? [] : [[writing, 'write'] as const]),
    ])
    this.#persona = persona
    this.#creatable = creatable
    this.maxMessage = maxMessage
    this.usm = null
    if (engineId !== null) {
      const id = engineId(persona)
      this.usm = {engine: new Engine(persona, id), users: new UsmUsers(options.users, id)}
    }
  }

  /** One that reads, for the self-test. */
  get community(): string {
    return [...this.#communities.keys()][0] ?? DEFAULT_COMMUNITY
  }

  /** Null: not one of ours. */
  access(community: Buffer): Access | null {
    return this.#communities.get(community.toString('latin1')) ?? null
  }

  clock(now: number): Clock {
    return {now, uptime: Math.max(1000, now - this.#persona.bootedAt(now))}
  }

  view({now, local}: Pick<Connection, 'now' | 'local'>): View {
    const offset = local.port === 0 ? 0 : local.port - SNMP_PORT
    return {mib: this.#live.at(now(), local.ip, offset), writes: this.#writes, creatable: this.#creatable}
  }
}
