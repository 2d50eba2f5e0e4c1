/** A message on its way in: its digest, its size, and the beginning of it. Nothing else is kept in memory. */
import {type Captured, Capturing} from '../../capture.ts'
import type {Limits} from '../../limits.ts'

/** Bytes from the beginning in which header fields are looked for. */
const HEAD_BYTES = 16 * 1024
const FIELDS = ['subject', 'from', 'to', 'date', 'message-id', 'x-mailer', 'content-type'] as const
/** Names of attached files that are kept. */
const MAX_ATTACHMENTS = 16

export type FieldName = (typeof FIELDS)[number]

export interface Message {
  readonly captured: Captured
  readonly size: number
  readonly head: Buffer
  /** Values as they were sent, unfolded, latin1. */
  readonly fields: Readonly<Partial<Record<FieldName, string>>>
  /** File names in the part that is kept. */
  readonly attachments: readonly string[]
}

export class IncomingMessage {
  readonly #capturing: Capturing
  #size = 0

  constructor(limits: Limits) {
    this.#capturing = new Capturing(limits)
  }

  get size(): number {
    return this.#size
  }

  readonly write = (bytes: Buffer): void => {
    this.#capturing.append(bytes)
    this.#size += bytes.length
  }

  /** Call it once. */
  finish(): Message {
    const head = this.#capturing.beginning.subarray(0, HEAD_BYTES)
    const text = head.toString('latin1')
    const names = [...text.matchAll(/\b(?:file)?name\*?="?([^"\r\n;]{1,256})/gi)].map(([, name = '']) => name)
    return {
      captured: this.#capturing.finish(),
      size: this.#size,
      head,
      fields: fieldsOf(text),
      attachments: [...new Set(names)].slice(0, MAX_ATTACHMENTS),
    }
  }
}

/** RFC 5322 §2.2: the first field of each name; folded lines are joined. */
function fieldsOf(text: string): Partial<Record<FieldName, string>> {
  const end = /\r?\n\r?\n/.exec(text)?.index ?? text.length
  const lines = text
    .slice(0, end)
    .replace(/\r?\n[ \t]+/g, ' ')
    .split(/\r?\n/)
  const found: Partial<Record<FieldName, string>> = {}
  for (const line of lines) {
    const colon = line.indexOf(':')
    const name = FIELDS.find((field) => field === line.slice(0, Math.max(0, colon)).trim().toLowerCase())
    if (name !== undefined && found[name] === undefined) found[name] = line.slice(colon + 1).trim()
  }
  return found
}
