/**
 * JSON Schema (2020-12) of each event. What the types say is said once more here, as data; the compiler refuses a field
 * that one has and the other has not.
 */
import {
  type Capture,
  type CapturePart,
  type CrackableHash,
  type Credential,
  type Endpoint,
  EVENT_VERSION,
  type EventName,
  type EvidenceEvent,
  type LoggedLine,
  type Sample,
  type TranscriptPart,
} from './event.ts'
import {EVENT_CLASSES, EVENT_TABLE, SEVERITIES} from './event-table.ts'

export type Schema = Readonly<Record<string, unknown>>

/** A schema for each field of a type, no more and no less. */
type Fields<T> = {readonly [Key in keyof Required<T>]: Schema}

const text = (description: string): Schema => ({type: 'string', description})
const whole = (description: string, minimum = 0): Schema => ({type: 'integer', minimum, description})
const flag = (description: string): Schema => ({type: 'boolean', description})
const oneOf = (values: readonly string[], description: string): Schema => ({enum: values, description})

function object<T>(fields: Fields<T>, optional: readonly (keyof T)[], description?: string): Schema {
  return {
    type: 'object',
    ...(description !== undefined && {description}),
    properties: fields,
    required: Object.keys(fields).filter((key) => !(optional as readonly string[]).includes(key)),
    additionalProperties: false,
  }
}

const SAMPLE = object<Sample>(
  {
    text: text('Printable form: `\\xNN` for every other byte, `\\\\` for a backslash.'),
    base64: text('The same bytes.'),
    bytes: whole('How many were sent.'),
    truncated: flag('Whether some of them are not kept.'),
  },
  [],
  'Bytes that a peer sent.',
)

const ENDPOINT = (description: string): Schema =>
  object<Endpoint>({ip: text('IPv4 address.'), port: {...whole('Port.'), maximum: 65_535}}, [], description)

const HASH = object<CrackableHash>(
  {
    format: text("John the Ripper's name of the format; `decnet-…` where no tool has one."),
    hashcatMode: whole('Mode of hashcat that reads the line.'),
    line: text('Challenge and response, ready to crack.'),
  },
  ['hashcatMode'],
)

const CREDENTIAL = object<Credential>(
  {
    principal: text('User, account or community.'),
    domain: text('Domain or realm.'),
    method: text('How it was proved: `password`, `publickey`, `ntlmv2` …'),
    secret: SAMPLE,
    hash: HASH,
    fingerprint: text('`SHA256:…` of an offered public key.'),
    outcome: oneOf(['failure', 'success'], 'Success: a honey credential.'),
  },
  ['domain', 'secret', 'hash', 'fingerprint'],
  'What was tried.',
)

const CAPTURE: Fields<Capture> = {
  sha256: {type: 'string', pattern: '^[0-9a-f]{64}$', description: 'Of all of it.'},
  size: whole('Bytes of all of it.'),
  head: SAMPLE,
  kept: whole('Bytes of it that are kept, in `capture` events with the same hash.'),
}
const CAPTURE_PART: Fields<CapturePart> = {
  sha256: {type: 'string', pattern: '^[0-9a-f]{64}$', description: 'Of the whole that it is a part of.'},
  offset: whole('Where in the whole it begins.'),
  content: text('Base64.'),
}
const LOGGED: Fields<LoggedLine> = {stream: oneOf(['stdout', 'stderr'], 'Where it was printed.'), line: SAMPLE}
const TRANSCRIPT: Fields<TranscriptPart> = {
  part: whole('1, 2, 3 … within its session.', 1),
  columns: whole('Width of the terminal.', 1),
  rows: whole('Height of the terminal.', 1),
  truncated: flag('Whether what came later is not kept.'),
  frames: {
    type: 'array',
    description: 'Milliseconds since the beginning, `i` for typed or `o` for shown, and the bytes in base64.',
    items: {
      type: 'array',
      prefixItems: [{type: 'integer', minimum: 0}, {enum: ['i', 'o']}, {type: 'string'}],
      minItems: 3,
      maxItems: 3,
    },
  },
}

/** Fields of `data` that an event has in every service. Services add facts of their own, hence others are allowed. */
const DATA: Partial<
  Record<EventName, {readonly properties: Readonly<Record<string, Schema>>; readonly required: readonly string[]}>
> = {
  'session.end': fixed({
    reason: text('Why: `peer-closed`, `idle`, `login` …'),
    durationMs: whole('Milliseconds that it lasted.'),
    bytesIn: whole('Bytes from the peer.'),
    bytesOut: whole('Bytes to the peer.'),
  }),
  'session.tls': fixed({version: text('`TLSv1.3` …'), cipher: text('Cipher suite.')}),
  'session.transcript': fixed(TRANSCRIPT),
  capture: fixed(CAPTURE_PART),
  'file.write': {properties: CAPTURE, required: ['sha256', 'size']},
  mail: {properties: CAPTURE, required: ['sha256', 'size']},
  log: fixed(LOGGED),
  suppressed: fixed({count: whole('How many.', 1), reason: text('Why they were left out.')}),
  'service.ready': fixed({
    port: whole('Port.'),
    protocol: oneOf(['tcp', 'udp'], 'Protocol.'),
    listening: flag('Whether its socket is bound.'),
    answering: flag('Whether it passed its own test.'),
  }),
  'service.error': fixed({stage: text('Where it failed.'), message: text('What was said.')}),
}

function fixed(properties: Readonly<Record<string, Schema>>) {
  return {properties, required: Object.keys(properties)}
}

/** Fields that readers add to what the decoy wrote. */
const ADDED = {
  install: text('Id of the install.'),
  class: oneOf(EVENT_CLASSES, 'How much it says about whoever caused it.'),
  severity: oneOf(SEVERITIES, 'How weighty it is.'),
  techniques: {type: 'array', items: {type: 'string', pattern: '^T\\d{4}(\\.\\d{3})?$'}, description: 'MITRE ATT&CK.'},
} as const

/** The schema of one event as `decnet events --json` and the `json` format of sinks have it. */
export function eventSchema(name: EventName): Schema {
  const {summary, hasSource} = EVENT_TABLE[name]
  const data = DATA[name]
  const fields: Fields<EvidenceEvent> = {
    v: {const: EVENT_VERSION, description: 'Version of the schema.'},
    id: text('`boot.seq`: unique within a fleet, the same in every format.'),
    ts: {type: 'string', format: 'date-time', description: 'UTC, with milliseconds.'},
    boot: text('Random for each start of a decoy process.'),
    seq: whole('1, 2, 3 … within a boot, without holes.', 1),
    decky: text('Name of the decky.'),
    service: text('Name of the service.'),
    session: text('Id of the connection.'),
    event: {const: name, description: summary},
    src: ENDPOINT('The peer.'),
    dst: ENDPOINT("The decky's own address and port."),
    credential: CREDENTIAL,
    data: {
      type: 'object',
      description: 'Facts of the event; services add some of their own.',
      properties: data?.properties ?? {},
      ...(data !== undefined && {required: data.required}),
    },
  }
  const optional: (keyof EvidenceEvent)[] = [
    'session',
    ...(hasSource ? [] : (['src', 'dst'] as const)),
    ...(name === 'auth.attempt' ? [] : (['credential'] as const)),
    ...(data === undefined ? (['data'] as const) : []),
  ]
  const event = object<EvidenceEvent>(fields, optional)
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: `decnet event ${name}, version ${EVENT_VERSION}`,
    ...event,
    properties: {...fields, ...ADDED},
    required: [...(event.required as string[]), ...Object.keys(ADDED)],
  }
}
