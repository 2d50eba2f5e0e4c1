/**
 * The mail that a honey user finds. Letters arrive at moments that the decky's seed decides, so that the box is never
 * older than the last working day, and what was there the last time is there again: same text, same unique number.
 */
import {type Mailbox, mailDomain} from '../persona/mailboxes.ts'
import {utcOffset} from '../persona/place.ts'
import type {Persona} from '../persona.ts'
import {type Company, companyOf} from './company.ts'
import {addressOf, compose, messageId} from './compose.ts'
import type {Letter, StoredFolder} from './folder.ts'
import {DAY_MS} from './mail-dates.ts'
import {STORIES} from './stories.ts'
import type {Tale} from './story.ts'

/** Mails in the inbox: each story once. */
const KEPT = STORIES.length
/** Mails before these are in no folder any more. */
const TRASHED = 3
const HOUR_MS = 3_600_000
/** How long mails stay unread at most. */
const UNREAD_MS = 1.5 * DAY_MS

export interface Arrival {
  readonly uid: number
  readonly at: number
}

/** When mails came, from the first on; none in the night or on a weekend. */
export function arrivals(persona: Persona, user: string, now: number): Arrival[] {
  const first = Math.floor(persona.installedAt / DAY_MS)
  const found: Arrival[] = []
  let uid = persona.integer(`first uid ${user}`, 12, 400)
  for (let day = first; day * DAY_MS <= now; day++) {
    const weekday = new Date(day * DAY_MS).getUTCDay()
    if (weekday === 0 || weekday === 6) continue
    const drawn = persona.bytes(`mails ${user} ${day}`, 5)
    const count = [1, 1, 2, 1][drawn.readUInt8(0) & 3] ?? 1
    const times = Array.from({length: count}, (_, index) => drawn.readUInt16BE(1 + index * 2)).sort((a, b) => a - b)
    for (const time of times) {
      const at = day * DAY_MS + 7 * HOUR_MS + Math.floor((time / 0x10000) * 9 * 3600) * 1000
      if (at <= now) found.push({uid: uid++, at})
    }
  }
  return found
}

/** Whether the owner has looked at it: at what is older always. */
export function isRead(persona: Persona, user: string, {uid, at}: Arrival, now: number): boolean {
  return at < now - UNREAD_MS || persona.integer(`read ${user} ${uid}`, 0, 3) === 0
}

export class BaitMailbox {
  readonly #persona: Persona
  readonly #owner: Mailbox
  readonly #company: Company
  #known: {readonly last: number; readonly folders: readonly StoredFolder[]} | null = null

  constructor(persona: Persona, owner: Mailbox) {
    this.#persona = persona
    this.#owner = owner
    this.#company = companyOf(persona, owner)
  }

  /** As it is at that moment, INBOX last. */
  folders(now: number): readonly StoredFolder[] {
    const all = arrivals(this.#persona, this.#owner.user, now)
    const last = all.at(-1)?.uid ?? 0
    const hour = Math.floor(now / HOUR_MS)
    const mark = last * 1e6 + (hour % 1e6)
    if (this.#known?.last === mark) return this.#known.folders
    const folders = this.#made(all, now)
    this.#known = {last: mark, folders}
    return folders
  }

  #made(all: readonly Arrival[], now: number): readonly StoredFolder[] {
    const kept = all.slice(-KEPT)
    const next = (all.at(-1)?.uid ?? 0) + 1
    const trashed = all.slice(-KEPT - TRASHED, -KEPT)
    const sent = kept.flatMap((arrival) => this.#answer(arrival, now))
    return [
      this.#folder(
        'Trash',
        '\\Trash',
        1,
        trashed.map((arrival) => this.#letter(arrival, now)),
        40,
      ),
      this.#folder('Sent', '\\Sent', 2, sent, 900),
      this.#folder('Junk', '\\Junk', 3, [], 6),
      this.#folder('Drafts', '\\Drafts', 4, [this.#draft(now)], 20),
      this.#folder('Archive', null, 5, [], 300),
      this.#folder(
        'INBOX',
        null,
        0,
        kept.map((arrival) => this.#letter(arrival, now)),
        next,
      ),
    ]
  }

  #folder(name: string, use: string | null, index: number, letters: readonly Letter[], next: number): StoredFolder {
    const last = letters.at(-1)?.uid ?? 0
    return {
      name,
      use,
      subscription: index === 0 ? null : index,
      uidValidity:
        Math.floor(this.#persona.installedAt / 1000) + this.#persona.integer('mail set up', 4000, 90_000) + index,
      uidNext: Math.max(next, last + 1),
      modseq: Math.max(next, last + 1) * 3 + index,
      tracked: true,
      letters,
    }
  }

  #tale({uid}: Arrival): Tale {
    const {user} = this.#owner
    const story = STORIES[(uid + this.#persona.integer(`first story ${user}`, 0, 99)) % STORIES.length]
    if (story === undefined) throw new RangeError(`there is no story ${uid}`)
    return story(this.#company, this.#owner, uid)
  }

  #address(of: Pick<Mailbox, 'name' | 'user'>): string {
    return addressOf(of, this.#company.domain)
  }

  #letter(arrival: Arrival, now: number): Letter {
    const {uid, at} = arrival
    const {user} = this.#owner
    const tale = this.#tale(arrival)
    const answered = tale.answer !== undefined && at < now - UNREAD_MS
    const read = isRead(this.#persona, user, arrival, now)
    const flags = [...(answered ? ['\\Answered'] : []), ...(read ? ['\\Seen'] : [])]
    const raw = compose(
      this.#persona,
      {
        ...tale,
        from: this.#address(tale.from),
        to: [this.#address(this.#owner)],
        cc: (tale.cc ?? []).map((each) => this.#address(each)),
      },
      {
        id: `${user} ${uid}`,
        at: at - 2000,
        offset: utcOffset(this.#persona, at),
        recipient: `${user}@${mailDomain(this.#persona)}`,
      },
    )
    return {uid, at, raw, flags}
  }

  /** What the owner wrote back, an hour or so after. */
  #answer(arrival: Arrival, now: number): Letter[] {
    const {uid, at} = arrival
    const tale = this.#tale(arrival)
    if (tale.answer === undefined || at >= now - UNREAD_MS) return []
    const {user} = this.#owner
    const when = at + this.#persona.integer(`answered ${user} ${uid}`, 300, 5000) * 1000
    const from = this.#address(tale.from)
    const quoted = tale.text
      .trimEnd()
      .split('\n')
      .map((line) => `> ${line}`)
    const raw = compose(
      this.#persona,
      {
        from: this.#address(this.#owner),
        to: [from],
        subject: `Re: ${tale.subject}`,
        text: `${tale.answer}\n${quoted.join('\n')}\n`,
        inReplyTo: messageId(this.#persona, `${user} ${uid}`, from),
      },
      {id: `${user} answer ${uid}`, at: when, offset: utcOffset(this.#persona, when), recipient: null},
    )
    return [{uid, at: when, raw, flags: ['\\Seen']}]
  }

  /** One that was never sent: what the owner wants to remember. */
  #draft(now: number): Letter {
    const {user} = this.#owner
    const day = Math.floor(now / DAY_MS / 30) * 30
    const at = Math.min(day * DAY_MS + 9 * HOUR_MS, now - HOUR_MS)
    const company = this.#company
    const text = `portal: https://${company.host('portal')}/  ${user} / ${company.password(`portal ${user}`)}
webmail as Windows
alarm code ${company.number(`alarm ${user}`, 1000, 9999)}
`
    const raw = compose(
      this.#persona,
      {from: this.#address(this.#owner), to: [this.#address(this.#owner)], subject: 'notes', text},
      {id: `${user} draft ${day}`, at, offset: utcOffset(this.#persona, at), recipient: null},
    )
    return {uid: 7, at, raw, flags: ['\\Seen', '\\Draft']}
  }
}
