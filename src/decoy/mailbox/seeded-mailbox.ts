/**
 * A mailbox with the operator's own mails in its inbox: the same on every look, for as long as they are the same mails.
 * The other folders are generated.
 */
import {createHash} from 'node:crypto'

import type {Persona} from '../persona.ts'
import {arrivals, type BaitMailbox, isRead} from './bait-mailbox.ts'
import type {Letter, StoredFolder} from './folder.ts'
import {fieldValue} from './header-fields.ts'
import {parseMailDate} from './mail-dates.ts'
import {partsOf} from './mime.ts'

export class SeededMailbox {
  readonly #bait: BaitMailbox
  readonly #persona: Persona
  readonly #user: string
  readonly #uidNext: number
  readonly #letters: readonly Omit<Letter, 'flags'>[]
  readonly #digest: number

  constructor(bait: BaitMailbox, persona: Persona, user: string, mails: readonly Buffer[]) {
    this.#bait = bait
    this.#persona = persona
    this.#user = user
    const first = persona.integer(`first uid ${user}`, 12, 400)
    const moments = deliveries(persona, user, mails.length)
    this.#letters = mails.map((raw, index) => ({
      uid: first + index,
      at: writtenAt(raw) ?? moments[index] ?? persona.installedAt,
      raw,
    }))
    this.#uidNext = first + mails.length
    this.#digest = digest(mails)
  }

  folders(now: number): readonly StoredFolder[] {
    return this.#bait.folders(now).map((folder) => (folder.name === 'INBOX' ? this.#inbox(folder, now) : folder))
  }

  #inbox(bait: StoredFolder, now: number): StoredFolder {
    return {
      ...bait,
      uidValidity: bait.uidValidity + 1 + this.#digest,
      uidNext: this.#uidNext,
      modseq: this.#uidNext * 3,
      letters: this.#letters.map((letter) => ({
        ...letter,
        flags: isRead(this.#persona, this.#user, letter, now) ? ['\\Seen'] : [],
      })),
    }
  }
}

const writtenAt = (raw: Buffer): number | null =>
  parseMailDate(fieldValue(partsOf(raw).header.fields, 'Date') ?? '')?.at ?? null

/**
 * When mails without a date came: the last moments before the decky was first deployed at which bait would have. They do
 * not move as time goes by: the date of a unique number never changes (RFC 3501 section 2.3.3).
 */
function deliveries(persona: Persona, user: string, count: number): readonly (number | undefined)[] {
  const known = arrivals(persona, user, Date.parse(persona.facts.since))
  return Array.from({length: count}, (_, index) => known[Math.max(0, known.length - count + index)]?.at)
}

/** Other mails under the same unique numbers need another UIDVALIDITY (RFC 3501 section 2.3.1.1); below a day, in s. */
function digest(mails: readonly Buffer[]): number {
  const hash = createHash('sha256')
  for (const raw of mails) hash.update(createHash('sha256').update(raw).digest())
  return hash.digest().readUInt16BE(0)
}
