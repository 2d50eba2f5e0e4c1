/** What Dovecot's imap process answers somebody who is signed in. */

import type {Folder, Message} from '../../mailbox/folder.ts'
import {Folders} from '../../mailbox/folders.ts'
import {fieldValue} from '../../mailbox/header-fields.ts'
import type {MailAccount} from '../../mailbox/mail-store.ts'
import {partsOf} from '../../mailbox/mime.ts'
import {type Action, type Connection, report, write} from '../../service.ts'
import {safe} from '../../shell/evidence.ts'
import {appendRefusal} from './append.ts'
import {ArgumentError, parseArguments} from './arguments.ts'
import type {Announced, Segment} from './command-reader.ts'
import {FOLDER_COMMANDS, MAIL_COMMANDS, UID_COMMANDS} from './mail-commands.ts'
import type {Call, ImapServer, Inside} from './state.ts'

/** Commands in a row that could not be understood. */
const MAX_BAD = 21
/** Octets said in answer to what came in at once: nobody reads more than a few mails at a time. */
const MAX_SAID = 3 * 1024 * 1024
/** `imap_max_line_length`: of a line, and of the literals of any command but APPEND. */
export const MAX_LINE = 64 * 1024
const TAG = /^[^\x00-\x20(){%*"\\+\x7f-\xff]+$/
const NAME = /^[^\x00-\x20(){%*"\\\x7f-\xff]+$/

interface Named {
  readonly tag: string
  /** In upper case; empty: there is none. */
  readonly name: string
  readonly uid: boolean
  readonly rest: readonly Segment[]
}

/** What is to become of a literal: `BYE` ends the session. */
export type LiteralDecision =
  | {readonly type: 'accept'}
  | {readonly type: 'refuse'; readonly swallow: boolean}
  | {readonly type: 'close'}

export class MailStage {
  readonly inside: Inside
  readonly #server: ImapServer
  readonly #connection: Connection
  #bad = 0
  #said = 0
  /** When the command began that is not complete yet. */
  #begun: number | null = null
  #idle: string | null = null
  /** How the last command was answered. */
  status = ''
  closing = false

  constructor(server: ImapServer, connection: Connection, account: MailAccount) {
    this.#server = server
    this.#connection = connection
    this.inside = {
      user: account.user,
      folders: new Folders(account.folders(connection.now())),
      selected: null,
      readOnly: false,
      condstore: false,
      qresync: false,
      saved: new Set(),
      retained: 0,
      uploads: 0,
    }
  }

  get idling(): boolean {
    return this.#idle !== null
  }

  /** New input: what was said before has been read. */
  refresh(): void {
    this.#said = 0
  }

  command(segments: readonly Segment[], actions: Action[]): void {
    const named = nameOf(segments)
    const call = this.#call(named, actions)
    const {name, uid} = named
    const before = this.#bad
    if (!TAG.test(named.tag)) this.#problem('*', 'Error in IMAP tag: Invalid tag', actions)
    else if (!NAME.test(name)) this.#problem(named.tag, 'Error in IMAP command: Invalid command name', actions)
    else if (name === 'IDLE' && !uid) this.#startIdle(named.tag, actions)
    else this.#run(call, uid)
    if (this.#bad === before) this.#bad = 0
    if (!this.idling) this.#begun = null
    if (this.#said > MAX_SAID) this.#end('Disconnected for inactivity in reading our output.', actions)
    else if (this.#bad >= MAX_BAD) this.closing = true
  }

  /** The line after IDLE. */
  endIdle(line: string, actions: Action[]): void {
    const tag = this.#idle ?? '*'
    this.#idle = null
    const right = line.toUpperCase() === 'DONE'
    this.status = right ? 'OK' : 'BAD'
    this.#tagged(tag, this.status, right ? 'Idle completed' : 'Expected DONE', actions)
    this.#begun = null
  }

  literal(segments: readonly Segment[], {size, waits}: Announced, fits: boolean, actions: Action[]): LiteralDecision {
    const {tag, name, uid, rest} = nameOf(segments)
    const known = TAG.test(tag) && isKnown(name, uid)
    if (known && name === 'APPEND') {
      const refusal = appendRefusal(rest, this.inside)
      if (refusal !== null) {
        if (refusal.status === 'BAD') this.#problem(tag, `Error in IMAP command APPEND: ${refusal.text}`, actions)
        else this.#tagged(tag, 'NO', refusal.text, actions)
        return {type: 'refuse', swallow: refusal.swallow}
      }
      if (!fits) {
        this.#tagged(tag, 'NO', '[OVERQUOTA] Quota exceeded (mailbox for user is full)', actions)
        return {type: 'refuse', swallow: true}
      }
    } else if (!known) {
      this.command(segments, actions)
      return {type: 'refuse', swallow: false}
    } else if (size > MAX_LINE || !fits) {
      this.#end('Literal size too large', actions)
      return {type: 'close'}
    }
    this.#begun ??= this.#connection.now()
    if (waits) this.#write('+ OK\r\n', actions)
    return {type: 'accept'}
  }

  /** A line that is longer than Dovecot buffers. */
  tooLong(actions: Action[]): void {
    this.#problem('*', 'Error in IMAP command: Too long argument', actions)
    if (this.#bad >= MAX_BAD) this.closing = true
  }

  #run(call: Call, uid: boolean): void {
    const {name} = call
    if (!isKnown(name, uid)) {
      call.bad('Unknown command')
      return
    }
    try {
      const anywhere = uid ? undefined : MAIL_COMMANDS[name]
      const {selected} = this.inside
      if (anywhere !== undefined) anywhere(call)
      else if (selected === null) this.#tagged(call.tag, 'BAD', 'No mailbox selected', call.actions)
      else FOLDER_COMMANDS[name]?.(call, selected)
    } catch (error) {
      if (!(error instanceof ArgumentError)) throw error
      call.bad(error.message)
    }
  }

  #startIdle(tag: string, actions: Action[]): void {
    this.#idle = tag
    this.#begun = this.#connection.now()
    this.status = 'OK'
    this.#write('+ idling\r\n', actions)
  }

  #call({tag, name, uid, rest}: Named, actions: Action[]): Call {
    const stage = this
    const shown = `${uid ? 'UID ' : ''}${name.slice(0, 1024)}`
    return {
      tag,
      name,
      uid,
      server: this.#server,
      connection: this.#connection,
      inside: this.inside,
      segments: rest,
      actions,
      args: (options) => parseArguments(rest, options),
      untagged: (text) => this.#write(`* ${text}\r\n`, actions),
      raw: (data) => this.#write(data, actions),
      get full() {
        return stage.#said > MAX_SAID
      },
      ok: (text) => this.#tagged(tag, 'OK', text, actions),
      no: (text) => this.#tagged(tag, 'NO', text, actions),
      bad: (text) => this.#problem(tag, `Error in IMAP command ${shown}: ${text}`, actions),
      read: (folder, message) => actions.push(readEvent(this.inside.user, folder, message)),
      close: () => {
        this.closing = true
      },
    }
  }

  /** Counted: whoever makes nothing but mistakes is sent away. */
  #problem(tag: string, text: string, actions: Action[]): void {
    if (++this.#bad >= MAX_BAD) this.#end('Too many invalid IMAP commands.', actions)
    else this.#tagged(tag, 'BAD', text, actions)
  }

  #end(text: string, actions: Action[]): void {
    this.status = 'BYE'
    this.closing = true
    actions.push(write(`* BYE ${text}\r\n`))
  }

  #tagged(tag: string, status: string, text: string, actions: Action[]): void {
    this.status = status
    this.#write(`${tag} ${status} ${text} ${this.#took()}.\r\n`, actions)
  }

  /** `(0.001 + 0.000 secs)`: what the command took, and what it waited for its client. */
  #took(): string {
    const waited = this.#begun === null ? 0 : Math.max(0, this.#connection.now() - this.#begun)
    if (waited > 0) return `(0.001 + ${seconds(waited)} + ${seconds(waited - 1)} secs)`
    return (this.#connection.random(1)[0] ?? 0) < SELDOM ? '(0.002 + 0.000 + 0.001 secs)' : '(0.001 + 0.000 secs)'
  }

  #write(data: Buffer | string, actions: Action[]): void {
    this.#said += data.length
    if (this.#said <= MAX_SAID + MAX_LINE) actions.push(write(data))
  }
}

/** Of 256 answers, how many take a millisecond more. */
const SELDOM = 12

const seconds = (ms: number): string => (ms / 1000).toFixed(3)

function isKnown(name: string, uid: boolean): boolean {
  if (uid) return UID_COMMANDS.has(name)
  return name === 'IDLE' || Object.hasOwn(MAIL_COMMANDS, name) || Object.hasOwn(FOLDER_COMMANDS, name)
}

function nameOf(segments: readonly Segment[]): Named {
  const [first, ...others] = segments
  const line = first?.type === 'text' ? first.text : ''
  const [tag = '', word = '', next = ''] = line.split(' ', 3)
  const uid = word.toUpperCase() === 'UID'
  const name = (uid ? next : word).toUpperCase()
  const used = tag.length + 1 + (uid ? word.length + 1 : 0) + name.length + 1
  return {tag, name, uid, rest: [{type: 'text', text: line.slice(used)}, ...others]}
}

function readEvent(user: string, folder: Folder, message: Message): Action {
  const subject = fieldValue(partsOf(message.raw).header.fields, 'Subject') ?? ''
  const path = `${user}/${folder.name}/${message.uid}`
  return report({event: 'file.read', data: {path: safe(path), subject: safe(subject.slice(0, 256))}})
}
