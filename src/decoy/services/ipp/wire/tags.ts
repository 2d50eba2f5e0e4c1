/** RFC 8010 §3.5. */
export const GROUP = {OPERATION: 0x01, JOB: 0x02, END: 0x03, PRINTER: 0x04, UNSUPPORTED: 0x05} as const
/** Below it a tag opens a group or ends them all. */
export const FIRST_VALUE_TAG = 0x10

export const TAG = {
  UNKNOWN: 0x12,
  NO_VALUE: 0x13,
  INTEGER: 0x21,
  BOOLEAN: 0x22,
  ENUM: 0x23,
  OCTETS: 0x30,
  DATE_TIME: 0x31,
  RESOLUTION: 0x32,
  RANGE: 0x33,
  BEGIN_COLLECTION: 0x34,
  END_COLLECTION: 0x37,
  TEXT: 0x41,
  NAME: 0x42,
  KEYWORD: 0x44,
  URI: 0x45,
  URI_SCHEME: 0x46,
  CHARSET: 0x47,
  LANGUAGE: 0x48,
  MIME: 0x49,
  MEMBER_NAME: 0x4a,
} as const

/** RFC 8011 §5.4.15, PWG 5100.7, CUPS. */
export const OPERATION = {
  PRINT_JOB: 0x0002,
  PRINT_URI: 0x0003,
  VALIDATE_JOB: 0x0004,
  CREATE_JOB: 0x0005,
  SEND_DOCUMENT: 0x0006,
  CANCEL_JOB: 0x0008,
  GET_JOB_ATTRIBUTES: 0x0009,
  GET_JOBS: 0x000a,
  GET_PRINTER_ATTRIBUTES: 0x000b,
  CANCEL_MY_JOBS: 0x0039,
  CLOSE_JOB: 0x003b,
  IDENTIFY_PRINTER: 0x003c,
  CUPS_GET_DEFAULT: 0x4001,
  CUPS_GET_PRINTERS: 0x4002,
  CUPS_GET_CLASSES: 0x4005,
  CUPS_GET_DEVICES: 0x400b,
} as const

export const OPERATION_NAMES: ReadonlyMap<number, string> = new Map(
  Object.entries(OPERATION).map(([name, code]) => [
    code,
    name
      .split('_')
      .map((word) => (word === 'CUPS' || word === 'URI' ? word : `${word[0]}${word.slice(1).toLowerCase()}`))
      .join('-'),
  ]),
)

/** RFC 8011 appendix B. */
export const STATUS = {
  OK: 0x0000,
  OK_IGNORED: 0x0001,
  BAD_REQUEST: 0x0400,
  FORBIDDEN: 0x0401,
  NOT_AUTHENTICATED: 0x0402,
  NOT_POSSIBLE: 0x0404,
  NOT_FOUND: 0x0406,
  REQUEST_VALUE_TOO_LONG: 0x0409,
  FORMAT_NOT_SUPPORTED: 0x040a,
  CHARSET_NOT_SUPPORTED: 0x040d,
  COMPRESSION_NOT_SUPPORTED: 0x040f,
  OPERATION_NOT_SUPPORTED: 0x0501,
  VERSION_NOT_SUPPORTED: 0x0503,
} as const
