/** TRANSACTION (RFC 1939 section 5) as Dovecot's pop3 process has it, on a mailbox of the session's own. */
import type {Letter, StoredFolder} from '../../mailbox/folder.ts'
import {fieldValue} from '../../mailbox/header-fields.ts'
import {LF} from '../../mailbox/lines.ts'
import type {MailAccount} from '../../mailbox/mail-store.ts'
import {partsOf} from '../../mailbox/mime.ts'
import {type Action, report, write} from '../../service.ts'
import {safe} from '../../shell/evidence.ts'
import {capabilities} from './capabilities.ts'
import type {Outcome} from './state.ts'

/** Commands in a row that were wrong. */
const MAX_BAD = 20
/** Octets said in answer to what came in at once. */
const MAX_SAID = 3 * 1024 * 1024
const LARGEST = 0xffff_ffff
const MAX_ECHO = 500
const DOT = 0x2e

interface Found {
  readonly letter: Letter
  readonly number: number
}

export class Maildrop {
  readonly user: string
  readonly #folder: StoredFolder
  readonly #deleted = new Set<number>()
  #bad = 0
  #said = 0

  constructor(account: MailAccount, now: number) {
    this.user = account.user
    const inbox = account.folders(now).find(({name}) => name === 'INBOX')
    this.#folder = inbox ?? NO_MAIL
  }

  /** New input: what was said before has been read. */
  refresh(): void {
    this.#said = 0
  }

  command(name: string, argument: string, actions: Action[]): Outcome {
    const outcome = this.#answer(name, argument.trimStart(), actions)
    if (outcome === 'wrong') {
      if (++this.#bad > MAX_BAD) {
        this.#say(actions, '-ERR Too many bad commands.')
        return 'closes'
      }
      return 'goes on'
    }
    this.#bad = 0
    return this.#said > MAX_SAID ? 'closes' : outcome
  }

  #answer(name: string, argument: string, actions: Action[]): Outcome | 'wrong' {
    switch (name) {
      case 'CAPA':
        return this.#say(actions, ...capabilities(null))
      case 'STAT':
        return this.#say(actions, `+OK ${this.#left.length} ${sum(this.#left)}`)
      case 'LIST':
        return this.#list(argument, actions)
      case 'UIDL':
        return this.#uidl(argument, actions)
      case 'RETR':
        return this.#message(argument, actions, (found) => this.#retrieve(found, actions))
      case 'TOP':
        return this.#top(argument, actions)
      case 'DELE':
        return this.#message(argument, actions, ({number}) => {
          this.#deleted.add(number)
          return this.#say(actions, '+OK Marked to be deleted.')
        })
      case 'RSET':
        this.#deleted.clear()
        return this.#say(actions, '+OK')
      case 'NOOP':
        return this.#say(actions, '+OK')
      case 'QUIT':
        this.#say(actions, `+OK Logging out${this.#deleted.size > 0 ? ', messages deleted' : ''}.`)
        return 'closes'
      default:
        this.#say(actions, name === '' ? '-ERR Unknown command.' : `-ERR Unknown command: ${name.slice(0, MAX_ECHO)}`)
        return 'wrong'
    }
  }

  get #left(): Found[] {
    return this.#folder.letters.flatMap((letter, index) =>
      this.#deleted.has(index + 1) ? [] : [{letter, number: index + 1}],
    )
  }

  #list(argument: string, actions: Action[]): Outcome | 'wrong' {
    if (argument === '') {
      const lines = this.#left.map(({letter, number}) => `${number} ${letter.raw.length}`)
      return this.#say(actions, `+OK ${lines.length} messages:`, ...lines, '.')
    }
    return this.#message(argument, actions, ({letter, number}) =>
      this.#say(actions, `+OK ${number} ${letter.raw.length}`),
    )
  }

  #uidl(argument: string, actions: Action[]): Outcome | 'wrong' {
    const line = ({letter, number}: Found): string => `${number} ${this.#unique(letter)}`
    if (argument === '') return this.#say(actions, '+OK', ...this.#left.map(line), '.')
    return this.#message(argument, actions, (found) => this.#say(actions, `+OK ${line(found)}`))
  }

  /** `pop3_uidl_format`, as it is by default: %08Xu%08Xv. */
  #unique({uid}: Letter): string {
    return [uid, this.#folder.uidValidity].map((number) => number.toString(16).padStart(8, '0')).join('')
  }

  #top(argument: string, actions: Action[]): Outcome | 'wrong' {
    const [, message = '', lines = ''] = /^(\S*) *(.*)$/s.exec(argument) ?? []
    const found = this.#find(message, actions)
    if (found === null) return 'wrong'
    if (lines === '') return this.#wrong(actions, 'Noise after message number: ')
    if (!/^\d{1,10}$/.test(lines)) return this.#wrong(actions, `Invalid size: ${lines.slice(0, MAX_ECHO)}`)
    const {raw} = found.letter
    const {bodyAt} = partsOf(raw).header
    if (lines !== '0') this.#read(found, actions)
    this.#say(actions, '+OK')
    return this.#text(actions, raw.subarray(0, endOfLines(raw, bodyAt, Number(lines))))
  }

  #retrieve(found: Found, actions: Action[]): Outcome {
    this.#read(found, actions)
    this.#say(actions, `+OK ${found.letter.raw.length} octets`)
    return this.#text(actions, found.letter.raw)
  }

  #read({letter}: Found, actions: Action[]): void {
    const subject = fieldValue(partsOf(letter.raw).header.fields, 'Subject') ?? ''
    const path = `${this.user}/INBOX/${letter.uid}`
    actions.push(report({event: 'file.read', data: {path: safe(path), subject: safe(subject.slice(0, 256))}}))
  }

  /** Does something with the message of that number, if it is one and nothing comes after it. */
  #message(argument: string, actions: Action[], then: (found: Found) => Outcome): Outcome | 'wrong' {
    const end = argument.search(/[^\d]/)
    const digits = end < 0 ? argument : argument.slice(0, end)
    if (digits !== '' && end >= 0) {
      const rest = argument.slice(end)
      if (!rest.startsWith(' ')) return this.#wrong(actions, `Invalid message number: ${argument.slice(0, MAX_ECHO)}`)
      if (this.#find(digits, actions) === null) return 'wrong'
      return this.#wrong(actions, `Noise after message number: ${rest.slice(0, MAX_ECHO)}`)
    }
    const found = this.#find(argument, actions)
    return found === null ? 'wrong' : then(found)
  }

  /** Null: that has been answered. */
  #find(text: string, actions: Action[]): Found | null {
    const problem = this.#problem(text)
    if (problem !== null) {
      this.#wrong(actions, problem)
      return null
    }
    const letter = this.#folder.letters[Number(text) - 1]
    return letter === undefined ? null : {letter, number: Number(text)}
  }

  #problem(text: string): string | null {
    if (!/^\d+$/.test(text)) return `Invalid message number: ${text.slice(0, MAX_ECHO)}`
    const number = Number(text)
    if (number > LARGEST) return `Message number too large: ${text.slice(0, MAX_ECHO)}`
    if (this.#folder.letters[number - 1] === undefined) return `There's no message ${number}.`
    return this.#deleted.has(number) ? 'Message is deleted.' : null
  }

  #wrong(actions: Action[], text: string): 'wrong' {
    this.#say(actions, `-ERR ${text}`)
    return 'wrong'
  }

  #say(actions: Action[], ...lines: readonly string[]): Outcome {
    return this.#write(actions, Buffer.from(lines.map((line) => `${line}\r\n`).join(''), 'latin1'))
  }

  #text(actions: Action[], data: Buffer): Outcome {
    return this.#write(actions, stuffed(data))
  }

  #write(actions: Action[], data: Buffer): Outcome {
    this.#said += data.length
    if (this.#said <= MAX_SAID) actions.push(write(data))
    return 'goes on'
  }
}

const NO_MAIL: StoredFolder = {
  name: 'INBOX',
  use: null,
  subscription: null,
  uidValidity: 1,
  uidNext: 1,
  modseq: 1,
  tracked: false,
  letters: [],
}

const sum = (found: readonly Found[]): number => found.reduce((total, {letter}) => total + letter.raw.length, 0)

/** Where the given number of lines ends that begin at `from`. */
function endOfLines(raw: Buffer, from: number, count: number): number {
  let at = from
  for (let left = count; left > 0 && at < raw.length; left--) {
    const feed = raw.indexOf(LF, at)
    at = feed < 0 ? raw.length : feed + 1
  }
  return at
}

/** Byte-stuffed and ended (RFC 1939 section 3). */
function stuffed(data: Buffer): Buffer {
  const parts: Buffer[] = []
  for (let at = 0; at < data.length; ) {
    const feed = data.indexOf(LF, at)
    const next = feed < 0 ? data.length : feed + 1
    if (data[at] === DOT) parts.push(Buffer.from('.'))
    parts.push(data.subarray(at, next))
    at = next
  }
  if (data.length > 0 && data[data.length - 1] !== LF) parts.push(Buffer.from('\r\n'))
  return Buffer.concat([...parts, Buffer.from('.\r\n')])
}
