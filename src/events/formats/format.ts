import type {EventRecord} from '../classify.ts'
import type {Alert} from '../incidents/incident.ts'

export const FORMAT_NAMES = ['json', 'rfc5424', 'cef', 'ecs', 'ocsf'] as const
export type FormatName = (typeof FORMAT_NAMES)[number]

/** How events and alerts are written for others: one line each, without its line feed. */
export interface EventFormat {
  /** MIME type of one line. */
  readonly contentType: string
  event(record: EventRecord): string
  alert(alert: Alert): string
}

export interface FormatOptions {
  /** Of this program, where a format names the product. */
  readonly version: string
}
