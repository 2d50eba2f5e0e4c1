/** Bytes on their way in, a print job or a file: what is kept of them is their digest, their size and their beginning. */
import type {ServiceEvent} from '../../events/event.ts'
import {Capturing} from '../capture.ts'
import type {Limits} from '../limits.ts'
import {printable} from '../sample.ts'

const SHOWN = 128
const PATH_SHOWN = 512

/** What is said of a job before it comes. Text is latin1. */
export interface JobTicket {
  name: string
  user: string
  /** Null: the printer finds out itself. */
  language: string | null
}

export const newTicket = (): JobTicket => ({name: '', user: '', language: null})

export const shown = (text: string, most = SHOWN): string => printable(Buffer.from(text, 'latin1').subarray(0, most))

export class Intake {
  readonly #capturing: Capturing

  constructor(limits: Limits) {
    this.#capturing = new Capturing(limits)
  }

  append(data: Buffer): void {
    this.#capturing.append(data)
  }

  /** Its events, with what else is known of it. Call it once. */
  events(path: string, more: Readonly<Record<string, unknown>> = {}): ServiceEvent[] {
    const {fields, parts} = this.#capturing.finish()
    return [{event: 'file.write', data: {path: shown(path, PATH_SHOWN), ...more, ...fields}}, ...parts]
  }

  /** As a print job. Call it once. */
  printed({name, user, language}: JobTicket, more: Readonly<Record<string, unknown>> = {}): ServiceEvent[] {
    return this.events(`job/${name === '' ? 'untitled' : name.slice(0, SHOWN)}`, {
      language: language === null ? languageOf(this.#capturing.beginning) : shown(language),
      user: shown(user),
      ...more,
    })
  }
}

/** As a printer recognises it that switches languages by itself. */
export function languageOf(head: Buffer): string {
  const text = head.toString('latin1', 0, 64)
  if (text.startsWith('%!') || text.startsWith('\x04%!')) return 'POSTSCRIPT'
  if (text.startsWith('%PDF')) return 'PDF'
  if (/^[)(] HP-PCL XL/.test(text)) return 'PCLXL'
  if (text.startsWith('\x1b')) return 'PCL'
  return /^[\x07-\x0d\x20-\x7e\x80-\xff]*$/.test(text) ? 'TEXT' : 'UNKNOWN'
}
