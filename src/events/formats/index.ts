import {cefFormat} from './cef.ts'
import {ecsFormat} from './ecs.ts'
import type {EventFormat, FormatName, FormatOptions} from './format.ts'
import {JSON_FORMAT} from './json.ts'
import {ocsfFormat} from './ocsf.ts'
import {RFC5424_FORMAT} from './rfc5424.ts'

const FORMATS: Readonly<Record<FormatName, (options: FormatOptions) => EventFormat>> = {
  json: () => JSON_FORMAT,
  rfc5424: () => RFC5424_FORMAT,
  cef: cefFormat,
  ecs: ecsFormat,
  ocsf: ocsfFormat,
}

export function createFormat(name: FormatName, options: FormatOptions): EventFormat {
  return FORMATS[name](options)
}
