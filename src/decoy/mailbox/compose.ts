/** Writes mails as a company's Postfix delivers them: what the sender's program wrote, and what the server put above it. */
import type {Mailbox} from '../persona/mailboxes.ts'
import type {Persona} from '../persona.ts'
import {mailDate} from './mail-dates.ts'

export interface Attachment {
  readonly name: string
  readonly type: string
  readonly data: Buffer
}

export interface Draft {
  readonly from: string
  readonly to: readonly string[]
  readonly cc?: readonly string[]
  readonly subject: string
  /** Lines end in LF, ASCII. */
  readonly text: string
  readonly attachment?: Attachment
  /** Message identifiers of what it answers. */
  readonly inReplyTo?: string
}

export interface Posting {
  /** Tells the mail from all others of the machine. */
  readonly id: string
  readonly at: number
  /** Minutes east of Greenwich. */
  readonly offset: number
  /** Whose box it lies in; null: it was not delivered, but kept by its sender. */
  readonly recipient: string | null
}

const BASE52 = 'BCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz0123456789'
const BASE64_LINE = 76
/** Of Thunderbird, which writes it into each of its mails. */
const AGENTS = [
  'Mozilla Thunderbird',
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:102.0) Gecko/20100101 Thunderbird/102.15.1',
]

/** `"Anna Berger" <a.berger@corp.example>`; Thunderbird quotes nothing that need not be. */
export const addressOf = ({name, user}: Pick<Mailbox, 'name' | 'user'>, domain: string): string =>
  name === user ? `${user}@${domain}` : `${name} <${user}@${domain}>`

const bare = (address: string): string => /<([^>]*)>/.exec(address)?.[1] ?? address

/** What a mail of that origin is called. */
export function messageId(persona: Persona, id: string, from: string): string {
  const hex = persona.bytes(`message id ${id}`, 16).toString('hex')
  const uuid = [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `9${hex.slice(17, 20)}`, hex.slice(20)]
  return `<${uuid.join('-')}@${bare(from).split('@')[1] ?? 'localhost'}>`
}

/** The whole mail, its lines ended by CRLF. */
export function compose(persona: Persona, draft: Draft, posting: Posting): Buffer {
  const {id, at, offset, recipient} = posting
  const boundary = `------------${letters(persona, `boundary ${id}`, 24)}`
  const program = /^root|^MAILER/.test(draft.from) ? null : persona.pick(`agent ${draft.from}`, AGENTS)
  const header = [
    ...(recipient === null ? [] : trace(persona, draft, posting, recipient)),
    `Message-ID: ${messageId(persona, id, draft.from)}`,
    `Date: ${mailDate(at, offset)}`,
    'MIME-Version: 1.0',
    ...(program === null ? [] : [`User-Agent: ${program}`, 'Content-Language: en-US']),
    `To: ${draft.to.join(', ')}`,
    ...(draft.cc === undefined || draft.cc.length === 0 ? [] : [`Cc: ${draft.cc.join(', ')}`]),
    ...(draft.inReplyTo === undefined ? [] : [`References: ${draft.inReplyTo}`, `In-Reply-To: ${draft.inReplyTo}`]),
    `From: ${draft.from}`,
    `Subject: ${draft.subject}`,
  ]
  const plain = ['Content-Type: text/plain; charset=UTF-8; format=flowed', 'Content-Transfer-Encoding: 7bit', '']
  const {attachment} = draft
  const lines =
    attachment === undefined
      ? [...header, ...plain, draft.text]
      : [
          ...header,
          `Content-Type: multipart/mixed; boundary="${boundary}"`,
          '',
          'This is a multi-part message in MIME format.',
          ...[`--${boundary}`, ...plain, draft.text],
          ...[`--${boundary}`, ...attached(attachment)],
          `--${boundary}--`,
          '',
        ]
  return Buffer.from(lines.join('\n').replaceAll('\n', '\r\n'), 'utf8')
}

/** What Postfix writes above a mail: where it is to go back to, whose it is, and where it came from. */
function trace(persona: Persona, draft: Draft, {id, at, offset}: Posting, recipient: string): string[] {
  const host = persona.fqdn.toLowerCase()
  const queue = letters(persona, `queue ${id}`, 14)
  const local = draft.from.startsWith('root')
  const network = persona.facts.ip.split('.').slice(0, 3).join('.')
  const peer = `${network}.${persona.integer(`workstation ${draft.from}`, 30, 220)}`
  const received = local
    ? [`Received: by ${host} (Postfix, from userid 0)`, `\tid ${queue}; ${mailDate(at + 1000, offset)}`]
    : [
        `Received: from [${peer}] (unknown [${peer}])`,
        `\tby ${host} (Postfix) with ESMTPSA id ${queue}`,
        `\tfor <${recipient}>; ${mailDate(at + 1000, offset)}`,
      ]
  return [
    `Return-Path: <${bare(draft.from)}>`,
    `X-Original-To: ${recipient}`,
    `Delivered-To: ${recipient}`,
    ...received,
  ]
}

function attached({name, type, data}: Attachment): string[] {
  const base64 = data.toString('base64')
  const lines = base64.match(new RegExp(`.{1,${BASE64_LINE}}`, 'g')) ?? []
  return [
    `Content-Type: ${type}; name="${name}"`,
    `Content-Disposition: attachment; filename="${name}"`,
    'Content-Transfer-Encoding: base64',
    '',
    ...lines,
    '',
  ]
}

/** As Postfix makes its long queue identifiers: no vowels. */
const letters = (persona: Persona, purpose: string, size: number): string =>
  [...persona.bytes(purpose, size)].map((byte) => BASE52[byte % BASE52.length]).join('')
