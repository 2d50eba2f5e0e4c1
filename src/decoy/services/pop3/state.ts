/** What the connections to one decky share. */
import type {Dovecot} from '../../mailbox/dovecot.ts'
import type {MailStore} from '../../mailbox/mail-store.ts'
import type {SaslMechanism} from '../../mailbox/sasl.ts'
import type {TlsProfile} from '../../tls/profile.ts'

export interface Pop3Server {
  readonly dovecot: Dovecot
  /** Null: it has none. */
  readonly tls: TlsProfile | null
  /** Whether passwords are taken without TLS. */
  readonly plaintext: boolean
  readonly mechanisms: readonly SaslMechanism[]
  readonly store: MailStore
}

/** What a line of the client's leads to. */
export type Outcome = 'goes on' | 'closes' | 'secures' | 'enters'
