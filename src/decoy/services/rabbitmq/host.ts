/** What all connections to one decky's broker share. */
import type {OptionValues} from '../../definition.ts'
import {honeyPairs} from '../../honey-users.ts'
import type {Persona} from '../../persona.ts'
import {Broker} from './broker/broker.ts'
import type {NameAndPassword} from './login.ts'

export class RabbitHost {
  readonly persona: Persona
  readonly broker: Broker
  readonly #users: ReadonlyMap<string, ReadonlySet<string>>

  constructor(persona: Persona, users: OptionValues[string] | undefined) {
    this.persona = persona
    this.broker = new Broker(persona)
    const grouped = Map.groupBy(honeyPairs(users), ([name]) => latin1(name))
    this.#users = new Map([...grouped].map(([name, pairs]) => [name, new Set(pairs.map(([, each]) => latin1(each)))]))
  }

  /** Names of its users. */
  get names(): readonly string[] {
    return this.#users.size === 0 ? ['guest'] : [...this.#users.keys()]
  }

  readonly admits = ({name, password}: NameAndPassword): boolean => this.#users.get(name)?.has(password) === true
}

/** As it comes over the wire: a character an octet. */
const latin1 = (text: string): string => Buffer.from(text, 'utf8').toString('latin1')
