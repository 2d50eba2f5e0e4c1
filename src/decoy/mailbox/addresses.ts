/** Address lists of a header (RFC 5322 section 3.4), as an envelope shows them (RFC 3501 section 7.4.2). */
import {endOfComment, quoted} from './mime-fields.ts'

export interface Address {
  readonly name: string | null
  readonly mailbox: string | null
  readonly domain: string | null
}

const MAX_ADDRESSES = 100
/** What Dovecot puts where an address has no domain. */
const MISSING_DOMAIN = 'MISSING_DOMAIN'
const END_OF_GROUP: Address = {name: null, mailbox: null, domain: null}

export function parseAddresses(text: string): readonly Address[] {
  const reader = new Reader(text)
  while (reader.next()) if (reader.found.length >= MAX_ADDRESSES) break
  return reader.found
}

class Reader {
  readonly found: Address[] = []
  readonly #text: string
  #at = 0
  #entry = newEntry()

  constructor(text: string) {
    this.#text = text
  }

  /** False: that was all. */
  next(): boolean {
    const character = this.#text[this.#at]
    if (character === undefined) {
      this.#finish()
      return false
    }
    this.#at = this.#take(character)
    return true
  }

  /** Where the next token begins. */
  #take(character: string): number {
    const at = this.#at
    if (character === '"') return this.#quoted(at)
    if (character === '(') return this.#comment(at)
    if (character === '<') return this.#angle(at)
    if (character === ',' || character === ';') this.#finish()
    if (character === ';') this.found.push(END_OF_GROUP)
    else if (character === ':' && !this.#entry.words.includes('@')) this.#group()
    else if (character !== ',') this.#entry.words += character
    return at + 1
  }

  #quoted(at: number): number {
    const {content, end} = quoted(this.#text, at)
    this.#entry.words += content
    return end
  }

  #comment(at: number): number {
    const end = endOfComment(this.#text, at)
    this.#entry.comment = this.#text.slice(at + 1, this.#text[end - 1] === ')' ? end - 1 : end)
    return end
  }

  #angle(at: number): number {
    const close = this.#text.indexOf('>', at)
    const end = close < 0 ? this.#text.length : close
    this.#entry.angle = this.#text.slice(at + 1, end)
    return end + 1
  }

  #group(): void {
    this.found.push({name: null, mailbox: this.#entry.words.trim(), domain: null})
    this.#entry = newEntry()
  }

  #finish(): void {
    const address = addressOf(this.#entry)
    if (address !== null) this.found.push(address)
    this.#entry = newEntry()
  }
}

const newEntry = () => ({words: '', comment: '', angle: null as string | null})

function addressOf({words, comment, angle}: ReturnType<typeof newEntry>): Address | null {
  const text = words.trim().replace(/\s+/g, ' ')
  if (angle === null && text === '') return null
  const spec = (angle ?? text).replace(/\s/g, '')
  const at = spec.lastIndexOf('@')
  const name = angle === null ? comment : text === '' ? comment : text
  return {
    name: name === '' ? null : name,
    mailbox: at < 0 ? spec : spec.slice(0, at),
    domain: at < 0 ? MISSING_DOMAIN : spec.slice(at + 1),
  }
}
