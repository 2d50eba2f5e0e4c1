/** What distinguishes the products: how they write, what they show to whom, and in which words they refuse. */
import type {LengthForm} from '../../../codecs/ber/writer.ts'
import type {Attribute, Tree} from '../directory/tree.ts'
import type {SearchRequest} from '../wire/operations.ts'
import type {Outcome} from '../wire/results.ts'

/** Whom a connection belongs to. */
export interface Identity {
  /** As WhoAmI tells it (RFC 4532). */
  readonly authorization: string
}

/** What the client gave, and what is known of it. */
export interface SimpleLogin {
  readonly name: string
  readonly password: string
}

export type SimpleVerdict =
  /** `who`: null where the bind succeeds anonymously. */
  | {readonly outcome: Outcome; readonly who: Identity | null; readonly refused: false}
  | {readonly outcome: Outcome; readonly refused: true}

/** How a name is recorded. */
export interface Principal {
  readonly principal: string
  readonly domain?: string
}

export interface Dialect {
  readonly name: 'active-directory' | 'openldap'
  readonly form: LengthForm
  /** Octets of the largest message. */
  readonly largestMessage: number
  /** Whether `+` asks for operational attributes. */
  readonly plus: boolean
  readonly tree: Tree
  readonly controls: readonly string[]
  /** Whether an answer to StartTLS repeats its name, as the standard demands. */
  readonly namesStartTls: boolean
  /** What is said before the connection is closed; null: nothing. */
  malformed(what: 'decoding' | 'unknown'): Outcome | null
  versionOutcome(version: number): Outcome | null
  bind(login: SimpleLogin): SimpleVerdict
  principal(name: string): Principal
  rootDse(now: number): Attribute[]
  /** Why this client may not search there; null: it may. `everything`: the port's directory has no root of its own. */
  searchRefusal(request: SearchRequest, bound: boolean, everything: boolean): Outcome | null
  /** Where the search goes on elsewhere. */
  references(request: SearchRequest, everything: boolean): readonly string[]
  changeOutcome(bound: boolean): Outcome
  compareOutcome(bound: boolean): Outcome
  readonly unknownExtension: Outcome
  readonly unknownMechanism: (mechanism: string) => Outcome
  readonly criticalControl: Outcome
  readonly tlsAlready: Outcome
}
