import type {EventRecord} from '../classify.ts'
import type {EventFormat} from './format.ts'

/** Our own, without any loss: the event as `decnet events --json` has it, alerts under `alert`. One object a line. */
export const JSON_FORMAT: EventFormat = {
  contentType: 'application/json',
  event: (record) => asciiJson(eventDocument(record)),
  alert: (alert) => asciiJson({v: 1, alert}),
}

/** An event with what is known of it, as every JSON of ours has it. */
export function eventDocument({event, install, class: eventClass, severity, techniques}: EventRecord): object {
  return {...event, install, class: eventClass, severity, techniques}
}

/** JSON whose characters are all printable ASCII: no reader can take a part of it for a line end or a control code. */
export function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\u007f-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
