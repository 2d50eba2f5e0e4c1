/** What the connections to one decky share, what one of them has come to, and one command as its handler sees it. */
import type {Dovecot} from '../../mailbox/dovecot.ts'
import type {Folder, Message} from '../../mailbox/folder.ts'
import type {Folders} from '../../mailbox/folders.ts'
import type {MailStore} from '../../mailbox/mail-store.ts'
import type {SaslMechanism} from '../../mailbox/sasl.ts'
import type {Persona} from '../../persona.ts'
import type {Action, Connection} from '../../service.ts'
import type {TlsProfile} from '../../tls/profile.ts'
import type {Argument, ParseOptions} from './arguments.ts'
import type {Segment} from './command-reader.ts'

export interface ImapServer {
  readonly persona: Persona
  readonly dovecot: Dovecot
  /** Null: it has none. */
  readonly tls: TlsProfile | null
  /** Whether passwords are taken without TLS. */
  readonly plaintext: boolean
  readonly mechanisms: readonly SaslMechanism[]
  readonly store: MailStore
}

/** What a user who is signed in has: mail of the session's own. */
export interface Inside {
  readonly user: string
  readonly folders: Folders
  selected: Folder | null
  readOnly: boolean
  /** RFC 7162: changes are told with their modification numbers; and what is gone by unique numbers. */
  condstore: boolean
  qresync: boolean
  /** Unique numbers of what was searched last with RETURN (SAVE) (RFC 5182). */
  saved: ReadonlySet<number>
  /** Octets of appended mails that are kept. */
  retained: number
  uploads: number
}

/** One command as its handler sees it. */
export interface Call {
  readonly tag: string
  /** In upper case, without UID. */
  readonly name: string
  readonly uid: boolean
  readonly server: ImapServer
  readonly connection: Connection
  readonly inside: Inside
  /** What came after the name. */
  readonly segments: readonly Segment[]
  /** Performed in order. */
  readonly actions: Action[]
  /** @throws ArgumentError, which is answered with BAD. */
  args(options?: ParseOptions): Argument[]
  /** A line without a tag. */
  untagged(text: string): void
  /** Octets as they are. */
  raw(data: Buffer | string): void
  /** More than anybody reads at once was said: the session ends, nothing more need be made. */
  readonly full: boolean
  ok(text: string): void
  no(text: string): void
  /** `Error in IMAP command …`; counted. */
  bad(text: string): void
  /** Records something of the folder that is open. */
  read(folder: Folder, message: Message): void
  close(): void
}

export type Handler = (call: Call) => void

/** A handler of a command that needs an open folder. */
export type FolderHandler = (call: Call, folder: Folder) => void
