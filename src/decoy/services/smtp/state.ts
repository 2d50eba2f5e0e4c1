/** What the connections to one decky share, and what one of them has agreed on. */
import type {HoneyUsers} from '../../honey-users.ts'
import type {NtlmIdentity} from '../../persona/ntlm-identity.ts'
import type {Persona} from '../../persona.ts'
import type {Connection} from '../../service.ts'
import type {TlsProfile} from '../../tls/profile.ts'
import type {Addresses} from './addresses.ts'
import type {Mta} from './products/mta.ts'

/** What a port is for: mail from other servers, or from people; `smtps` is the latter over TLS from the first byte. */
export type Role = 'mx' | 'smtps' | 'submission'

export interface MailServer {
  readonly persona: Persona
  readonly mta: Mta
  /** What it calls itself. */
  readonly host: string
  readonly tls: TlsProfile
  /** Whether STARTTLS is offered. */
  readonly startTls: boolean
  readonly users: HoneyUsers
  readonly addresses: Addresses
  readonly identity: NtlmIdentity
  /** It relays for everybody, or seems to. */
  readonly open: boolean
}

/** Chunks of BDAT: none yet, some taken, or refused, so that the transaction is dead. */
type Chunks = 'none' | 'open' | 'failed'

export interface Client {
  /** What it said in HELO or EHLO; null before. */
  hello: string | null
  extended: boolean
  secure: boolean
  /** Who has signed in. */
  user: string | null
  /** The path of MAIL, null outside of a transaction. */
  sender: string | null
  /** The first of the recipients. */
  recipients: string[]
  recipientCount: number
  /** One of them is elsewhere. */
  foreign: boolean
  /** One of them is somebody. */
  known: boolean
  /** RCPT commands of this transaction, and the last refusal of one. */
  asked: number
  lastRefusal: string | null
  declaredSize: number
  chunks: Chunks
  /** Replies that refuse, as the product counts them. */
  errors: number
  unknown: number
  /** Commands that lead to no mail. */
  idle: number
  logonFailures: number
  verbose: boolean
}

export const newClient = (): Client => ({
  hello: null,
  extended: false,
  secure: false,
  user: null,
  ...NO_TRANSACTION,
  recipients: [],
  errors: 0,
  unknown: 0,
  idle: 0,
  logonFailures: 0,
  verbose: false,
})

const NO_TRANSACTION = {
  sender: null,
  recipientCount: 0,
  foreign: false,
  known: false,
  asked: 0,
  lastRefusal: null,
  declaredSize: 0,
  chunks: 'none',
} as const

/** RSET, and the end of a message. */
export function resetTransaction(client: Client): void {
  Object.assign(client, NO_TRANSACTION, {recipients: []})
}

/** STARTTLS: nothing that was said before counts (RFC 3207 §4.2). */
export function forget(client: Client): void {
  resetTransaction(client)
  client.hello = null
  client.extended = false
}

/** One command as a product sees it. */
export interface Call {
  /** Upper case. */
  readonly command: string
  /** What stands behind it, without spaces around it. */
  readonly argument: string
  /** The line as it came. */
  readonly line: string
  readonly server: MailServer
  readonly client: Client
  readonly connection: Connection
  readonly role: Role
}
