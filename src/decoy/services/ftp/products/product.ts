/** What differs between FTP servers: every reply takes its words from here. */
import type {Patience} from '../../../deadlines.ts'
import type {FsErrorCode} from '../../../files/nodes.ts'
import type {Entry} from '../listing.ts'

/** Code and text of a one-line reply, or whole lines. */
export type Reply = string

export interface StatusFacts {
  readonly peer: string
  readonly user: string | null
  readonly binary: boolean
  readonly secure: boolean
  readonly privateData: boolean
}

/** Why something about a file did not work; null stands for "not allowed here at all". */
export type Cause = FsErrorCode | null

/** Commands whose success or failure products word each in their way. */
export type FileCommand =
  | 'CWD'
  | 'CDUP'
  | 'DELE'
  | 'LIST'
  | 'MDTM'
  | 'MKD'
  | 'MLST'
  | 'RETR'
  | 'RMD'
  | 'RNFR'
  | 'RNTO'
  | 'SIZE'
  | 'STAT'
  | 'STOR'

export interface Product {
  readonly name: 'vsftpd' | 'proftpd' | 'iis' | 'axis' | 'jetdirect'
  /** Every name and password is right: it is a printer, and jobs are welcome. */
  readonly everybody?: true
  readonly greeting: Reply
  /** Answered before a login; everything else is `loginFirst`. */
  readonly open: ReadonlySet<string>
  /** Known and refused by name. */
  readonly unimplemented: ReadonlySet<string>
  /** Not known at all, whether signed in or not. */
  readonly unknown: (command: string) => Reply
  readonly unknownBeforeLogin: (command: string) => Reply
  readonly notImplemented: (command: string) => Reply
  readonly missing: (command: string) => Reply
  readonly loginFirst: Reply
  readonly user: (name: string, anonymous: boolean) => Reply
  readonly welcome: (name: string, anonymous: boolean) => Reply
  readonly denied: Reply
  readonly userFirst: Reply
  readonly alreadyIn: (name: string) => Reply
  /** Failed logins until the connection is closed. */
  readonly maxFailures: number
  /** Milliseconds a failed login takes; what is random in it is added. */
  readonly failureDelay: readonly [least: number, most: number]
  readonly features: (tls: boolean) => readonly string[]
  readonly featuresHead: string
  readonly featuresEnd: string
  readonly help: Reply
  readonly system: Reply
  readonly status: (facts: StatusFacts) => Reply
  readonly statusOf: (path: string, lines: readonly string[]) => Reply
  readonly type: (type: string) => Reply | null
  readonly badType: (type: string) => Reply
  readonly mode: (mode: string) => Reply
  readonly structure: (structure: string) => Reply
  readonly options: (text: string) => Reply
  readonly site: (text: string) => Reply
  readonly noop: Reply
  readonly abort: Reply
  readonly allocate: Reply
  readonly rest: (text: string) => {readonly reply: Reply; readonly offset: number | null}
  readonly workingDirectory: (path: string) => Reply
  readonly done: (command: FileCommand, path: string, value: string) => Reply
  readonly failed: (command: FileCommand, path: string, cause: Cause) => Reply
  readonly renameFirst: Reply
  readonly passive: (address: string) => Reply
  readonly extendedPassive: (port: number) => Reply
  readonly extendedAll: Reply
  readonly badProtocol: (command: string) => Reply
  readonly active: (command: string) => Reply
  readonly badActive: (command: string, malformed: boolean) => Reply
  /** A transfer without PASV and PORT before it. */
  readonly noData: Reply
  readonly cannotConnect: Reply
  readonly noPassivePort: Reply
  readonly opening: (kind: 'list' | 'read' | 'write', binary: boolean, path: string, size: number) => Reply
  readonly complete: (kind: 'list' | 'read' | 'write') => Reply
  readonly broken: Reply
  readonly goodbye: Reply
  readonly idle: Reply
  /** Where it says another thing to who did not log in in time. */
  readonly loginTimeout?: Reply
  readonly patience: Patience
  readonly auth: (mechanism: string, tls: boolean) => {readonly reply: Reply; readonly upgrade: boolean}
  readonly bufferSize: (secure: boolean, argument: string) => Reply
  readonly protection: (secure: boolean, level: string) => {readonly reply: Reply; readonly private: boolean | null}
  /** One line of LIST. */
  readonly listLine: (entry: Entry, now: number) => string
  readonly machineLists: boolean
  /** Whether LIST of something that is not there is an empty list. */
  readonly silentList: boolean
}

/** `211-Head`, lines, `211 End`. */
export function block(code: number, head: string, lines: readonly string[], end: string): Reply {
  return [`${code}-${head}`, ...lines, `${code} ${end}`].join('\r\n')
}
