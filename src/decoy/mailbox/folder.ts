/** A mail folder as one session sees it: what it changes is gone with it, and nobody else sees it. */

/** A mail as it lies in the store; never changed. */
export interface Letter {
  readonly uid: number
  /** When it arrived, in ms since the epoch. */
  readonly at: number
  /** Lines end in CRLF. */
  readonly raw: Buffer
  readonly flags: readonly string[]
}

/** A folder as it lies in the store. */
export interface StoredFolder {
  readonly name: string
  /** RFC 6154, e.g. `\Sent`. */
  readonly use: string | null
  /** Its place in the list of subscriptions; null: it is not in it. */
  readonly subscription: number | null
  readonly uidValidity: number
  readonly uidNext: number
  readonly modseq: number
  /** Clients that know RFC 7162 have used it: its modification number is told to everybody. */
  readonly tracked: boolean
  readonly letters: readonly Letter[]
}

/** In the order in which they are listed. */
export const SYSTEM_FLAGS = ['\\Answered', '\\Flagged', '\\Deleted', '\\Seen', '\\Draft'] as const
/** More copies are refused. */
export const MAX_MESSAGES = 500
const MAX_KEYWORDS = 26

export interface Message {
  readonly uid: number
  readonly at: number
  readonly raw: Buffer
  readonly flags: Set<string>
  modseq: number
  /** It came in this session. */
  readonly recent: boolean
}

/** A message to be put into a folder. */
export type NewMessage = Pick<Message, 'at' | 'raw'> & {readonly flags: Iterable<string>}

export class Folder {
  name: string
  subscription: number | null
  readonly use: string | null
  readonly uidValidity: number
  readonly tracked: boolean
  uidNext: number
  modseq: number
  messages: Message[]
  /** Flags of the users' own that messages in it have or had. */
  readonly keywords: string[] = []

  constructor(stored: StoredFolder) {
    this.name = stored.name
    this.use = stored.use
    this.subscription = stored.subscription
    this.uidValidity = stored.uidValidity
    this.tracked = stored.tracked
    this.uidNext = stored.uidNext
    this.modseq = stored.modseq
    this.messages = stored.letters.map(({uid, at, raw, flags}) => {
      for (const flag of flags) this.#learn(flag)
      return {uid, at, raw, flags: new Set(flags), modseq: stored.modseq, recent: false}
    })
  }

  get unseen(): number {
    return this.messages.filter(({flags}) => !flags.has('\\Seen')).length
  }

  get recent(): number {
    return this.messages.filter(({recent}) => recent).length
  }

  get size(): number {
    return this.messages.reduce((sum, {raw}) => sum + raw.length, 0)
  }

  /** The message of that unique number, or undefined. */
  byUid(uid: number): Message | undefined {
    return this.messages.find((message) => message.uid === uid)
  }

  get full(): boolean {
    return this.messages.length >= MAX_MESSAGES
  }

  /** Puts a message at the end; returns its number. */
  add({at, raw, flags}: NewMessage): number {
    const uid = this.uidNext++
    const kept = [...flags].filter((flag) => this.accepts(flag))
    this.messages.push({uid, at, raw, flags: new Set(kept), modseq: ++this.modseq, recent: true})
    return uid
  }

  /** Whether a flag can be set: the system's, and as many keywords as a Maildir has letters for. */
  accepts(flag: string): boolean {
    return this.#learn(flag)
  }

  /** Sets flags of a message; its modification number grows. */
  change(message: Message, flags: Iterable<string>): void {
    const kept = [...flags].filter((flag) => this.accepts(flag))
    message.flags.clear()
    for (const flag of kept) message.flags.add(flag)
    message.modseq = ++this.modseq
  }

  /** Takes messages out; returns the sequence numbers they had when each was taken, one after the other. */
  remove(uids: ReadonlySet<number>): number[] {
    const gone: number[] = []
    const kept = this.messages.filter(({uid}, index) => {
      if (!uids.has(uid)) return true
      gone.push(index + 1 - gone.length)
      return false
    })
    if (gone.length > 0) this.modseq++
    this.messages = kept
    return gone
  }

  #learn(flag: string): boolean {
    if (flag.startsWith('\\')) return SYSTEM_FLAGS.some((known) => known === flag)
    if (this.keywords.includes(flag)) return true
    if (this.keywords.length >= MAX_KEYWORDS) return false
    this.keywords.push(flag)
    return true
  }
}

/** Flags of a message in the order in which they are shown. */
export function shownFlags({keywords}: Folder, {flags, recent}: Message): string {
  const system = SYSTEM_FLAGS.filter((flag) => flags.has(flag))
  const own = keywords.filter((keyword) => flags.has(keyword))
  return [...system, ...(recent ? ['\\Recent'] : []), ...own].join(' ')
}
