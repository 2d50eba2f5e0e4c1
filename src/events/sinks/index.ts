import {SLACK_SINK, TEAMS_SINK} from './chat.ts'
import {ELASTICSEARCH_SINK} from './elasticsearch.ts'
import {FILE_SINK} from './file.ts'
import {MAIL_SINK} from './mail.ts'
import {NATS_SINK} from './nats.ts'
import type {SinkType} from './sink.ts'
import {STDOUT_SINK} from './stdout.ts'
import {SYSLOG_SINK} from './syslog.ts'
import {WEBHOOK_SINK} from './webhook.ts'

/** Every kind of sink, in the order of the reference. */
export const SINK_TYPES: readonly SinkType[] = [
  FILE_SINK,
  SYSLOG_SINK,
  WEBHOOK_SINK,
  NATS_SINK,
  ELASTICSEARCH_SINK,
  SLACK_SINK,
  TEAMS_SINK,
  MAIL_SINK,
  STDOUT_SINK,
]

export function sinkType(name: string): SinkType | undefined {
  return SINK_TYPES.find((type) => type.name === name)
}
