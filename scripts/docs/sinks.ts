import {SINK_TYPES} from '../../src/events/sinks/index.ts'
import {commonSettings} from '../../src/events/sinks/settings.ts'
import type {SinkSetting, SinkType} from '../../src/events/sinks/sink.ts'
import {block, code, GENERATED, page, plain, table} from './markdown.ts'

export function sinksPage(): string {
  return page(
    '# Sinks',
    GENERATED,
    'A sink hands events and incidents on to what you already run. While `decnet collect` runs, each sink gets what is new in the order in which it was stored, at its own pace: one that is slow or away holds up no other and gets the rest when it is back. Everything arrives at least once; what is repeated has the same id in every format, so that the receiver can tell.',
    block('sh', EXAMPLE),
    '`sinks test` sends what a touch of a decky would bring about the whole way, and says where it arrived; the event is marked with `"test": true` and is not kept. Settings that are secret are in the state directory, readable by its owner alone, and are never shown.',
    '## Settings of every sink',
    settingsTable(Object.entries(commonSettings(GENERAL)).map(([name, setting]) => [name, {...setting, fallback: ''}])),
    ...SINK_TYPES.flatMap(sinkPart),
    '## When a receiver is killed',
    'What a receiver has not confirmed is sent again. HTTP, SMTP and JetStream confirm. Syslog does not: over TCP and TLS each batch has a connection, and counts as taken when the receiver has closed it in good order and was not ended together with it. What the receiver itself keeps in memory is beyond that. For rsyslog, a ruleset with a queue of its own that is none, `ruleset(name="decnet" queue.type="Direct") { … }`, has written what it has read; a disk queue does as well. Over UDP nobody knows what arrives.',
    '## Formats',
    table(
      ['format', 'is'],
      [
        ['`json`', 'Our own, without any loss: the event as `decnet events --json` has it, an alert under `alert`.'],
        ['`rfc5424`', 'Syslog lines; the facts are parameters of one structured data element, see below.'],
        ['`cef`', 'ArcSight Common Event Format, version 0.'],
        [
          '`ecs`',
          'Elastic Common Schema 8; what it has no field for is under `decnet`, the facts of the service there as texts.',
        ],
        ['`ocsf`', 'Open Cybersecurity Schema Framework 1.4: Authentication, Network Activity, Detection Finding.'],
      ],
    ),
    'Whatever an intruder sent is printable in every format: a control character, an escape sequence, a line separator or a character that turns text around is written as `\\xNN` or `\\u{N}`; fields with a name in `_b64` have the bytes.',
    '## Lines for a parser of DECNET',
    'With `log_file` in the fleet file, `--log-file`, or `DECNET_INGEST_LOG_FILE` at `deploy`, `decnet collect` writes that file; the next deployment with another name changes it. The lines are `rfc5424`, facility local0, and what maps the lines of DECNET maps these: the host name is the decky, the application is the service, the message id is the event, and the structured data element is `relay@55555` with `src_ip`, `src_port`, `username`, `secret_printable`, `secret_b64`, `outcome` and the facts of the event under their own names. What differs: `"`, `\\` and `]` are always escaped as RFC 5424 has it, and no line ever has a control character. The file is opened again when something else rotated it.',
  )
}

const EXAMPLE = `decnet sinks add siem syslog host=10.0.0.9 transport=tls ca=/etc/ssl/siem.pem
decnet sinks add duty slack url=https://hooks.example/services/T0/B0/x
decnet sinks test
decnet sinks list`

/** Stands for any kind: what differs between kinds is told with each. */
const GENERAL: SinkType = {
  name: '',
  summary: '',
  settings: {},
  format: 'json',
  events: 'scan',
  alerts: 'yes',
  create: () => {
    throw new Error('this is no sink')
  },
}

function sinkPart(type: SinkType): string[] {
  const {name, summary, settings, format, events, alerts} = type
  const entries = Object.entries(settings)
  const of = events === 'none' ? 'no events' : `events of class ${code(events)} and above`
  return [
    `## ${name}`,
    `${plain(summary)} Unless you say otherwise: format ${code(format)}, ${of}, ${alerts === 'yes' ? 'and incidents' : 'no incidents'}.`,
    ...(entries.length === 0 ? [] : [settingsTable(entries)]),
  ]
}

function settingsTable(entries: readonly (readonly [string, SinkSetting])[]): string {
  return table(
    ['setting', 'is', 'expects', 'default'],
    entries.map(([name, {summary, expected, fallback, required, secret}]) => [
      `${code(name)}${secret === true ? ' (secret)' : ''}`,
      plain(summary),
      plain(expected),
      required === true ? 'must be given' : fallback === undefined || fallback === '' ? '' : code(fallback),
    ]),
  )
}
