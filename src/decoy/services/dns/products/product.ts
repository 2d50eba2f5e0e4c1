/** What the servers that a decky can be taken for do differently. */
import type {Edns} from '../../../codecs/dns/message.ts'
import type {Name} from '../../../codecs/dns/name.ts'
import type {Resource} from '../../../codecs/dns/records.ts'
import type {Connection} from '../../../service.ts'
import type {Zone} from '../zone.ts'

export interface Answer {
  /** Extended: more than four bits go into the OPT record. */
  readonly rcode: number
  readonly authoritative: boolean
  readonly answers: readonly Resource[]
  readonly authorities: readonly Resource[]
  readonly additionals: readonly Resource[]
  /** A whole zone, of which nothing of the question's flags is repeated. */
  readonly transfer?: true
  /** An access list said no. */
  readonly prohibited?: boolean
}

export interface Product {
  /** Everything else is NOTIMP. */
  readonly opcodes: ReadonlySet<number>
  /** Octets of a datagram that it says it takes. */
  readonly ednsSize: number
  /** Octets of a datagram that it sends at most to a client that said this. */
  datagramSize(edns: Edns | null): number
  readonly cookies: boolean
  readonly nsid: string | null
  /** Extended errors (RFC 8914). */
  readonly explainsRefusals: boolean
  /** Whether it adds its own name to answers to clients that do not want recursion (BIND's `no-auth-recursive`). */
  readonly namesItself: boolean
  /** Whether the owner of an answer is written as the client wrote it. */
  readonly answersAsAsked: boolean
  /** The zone of class CHAOS that has this name; null: there is none. */
  chaos(name: Name, connection: Pick<Connection, 'random'>): Zone | null
  /** What it says to names of that class that it does not know. */
  readonly chaosRcode: number
}

/** Without EDNS (RFC 1035 §2.3.4), and the least that EDNS may say (RFC 6891 §6.2.3). */
const LEAST = 512

export const datagramSize =
  (most: number) =>
  (edns: Edns | null): number =>
    Math.min(Math.max(edns?.size ?? LEAST, LEAST), most)
