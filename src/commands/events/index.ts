import {setTimeout as sleep} from 'node:timers/promises'

import {Flags} from '@oclif/core'

import {BaseCommand} from '../../cli/base-command.ts'
import type {CommandContext} from '../../cli/context.ts'
import {ENGINE_EXITS} from '../../cli/exit-codes.ts'
import {failureOf} from '../../cli/failure.ts'
import {parseMoment} from '../../cli/moment.ts'
import {collectorLine} from '../../cli/views/collector.ts'
import {eventLines} from '../../cli/views/events.ts'
import {sanitizeLines} from '../../cli/views/text.ts'
import {recordOf} from '../../events/classify.ts'
import {EVENT_NAMES, type EventName} from '../../events/event.ts'
import {EVENT_CLASSES} from '../../events/event-table.ts'
import {FORMAT_NAMES, type FormatName} from '../../events/formats/format.ts'
import {createFormat} from '../../events/formats/index.ts'
import {eventDocument} from '../../events/formats/json.ts'
import {type CollectorReport, collectEvents, runCollector} from '../../operations/collect.ts'
import {isEngineFailure} from '../../operations/engines.ts'
import {type EventQuery, installOf, type StoredEvent, storedEvents} from '../../operations/events.ts'

/** What decoys say of themselves, the ends of sessions whose beginning is shown, and what other commands show better. */
const HOUSEKEEPING: readonly EventName[] = [
  'service.ready',
  'service.error',
  'session.end',
  'session.tls',
  'session.transcript',
  'capture',
]
const FOLLOW_MS = 250
/** In one go while following: more stay for the next look. */
const FOLLOW_LIMIT = 10_000

export default class Events extends BaseCommand {
  static override summary = 'Show what intruders did.'
  static override description =
    'Takes new evidence off the deckies, keeps it in the state directory, and shows the newest events, oldest first. Times are UTC. What intruders sent is shown escaped; with --json it is there whole, also as base64.'
  static override exits = [...ENGINE_EXITS] as const
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --event auth.attempt --since 1h',
    '<%= config.bin %> <%= command.id %> --source 192.168.1.50 --json',
    '<%= config.bin %> <%= command.id %> --follow --class high-confidence',
    '<%= config.bin %> <%= command.id %> --since 1d --format cef',
  ]
  static override flags = {
    decky: Flags.string({summary: 'Events of this decky.', multiple: true, helpGroup: 'FILTER'}),
    service: Flags.string({summary: 'Events of this service.', multiple: true, helpGroup: 'FILTER'}),
    event: Flags.option({
      summary: 'Events of this name.',
      options: EVENT_NAMES,
      multiple: true,
      helpGroup: 'FILTER',
    })(),
    class: Flags.option({
      summary: 'Events of this class.',
      options: EVENT_CLASSES,
      multiple: true,
      helpGroup: 'FILTER',
    })(),
    source: Flags.string({summary: 'Events of this IP address.', helpGroup: 'FILTER'}),
    text: Flags.string({summary: 'Events with this text somewhere in them.', helpGroup: 'FILTER'}),
    since: Flags.string({summary: 'Not before: 2h, 30m, or 2026-03-01T12:00Z.', helpGroup: 'FILTER'}),
    until: Flags.string({summary: 'Before, written like --since.', helpGroup: 'FILTER'}),
    limit: Flags.integer({summary: 'The newest so many.', min: 1, max: 100_000, default: 100, helpGroup: 'FILTER'}),
    all: Flags.boolean({
      default: false,
      summary: 'Also the ends of sessions, and what decoys say of themselves.',
      helpGroup: 'FILTER',
    }),
    format: Flags.option({
      summary: 'How events are written, one a line.',
      options: ['text', ...FORMAT_NAMES] as const,
      default: 'text' as const,
      exclusive: ['json'],
    })(),
    follow: Flags.boolean({
      default: false,
      char: 'f',
      summary: 'Go on showing events as they happen.',
      exclusive: ['until'],
    }),
    'no-collect': Flags.boolean({default: false, summary: 'Show what is stored, and ask no engine.'}),
  }

  readonly #failed = new AbortController()

  async run(): Promise<unknown> {
    const {flags} = await this.parse(Events)
    const context = await this.makeContext(flags)
    const now = context.deps.now()
    const query: EventQuery = {
      deckies: flags.decky,
      services: flags.service,
      events: flags.event,
      without: flags.all || flags.event !== undefined ? undefined : HOUSEKEEPING,
      classes: flags.class,
      source: flags.source,
      text: flags.text,
      since: flags.since === undefined ? undefined : parseMoment(flags.since, now),
      until: flags.until === undefined ? undefined : parseMoment(flags.until, now),
      limit: flags.limit,
    }
    if (!flags['no-collect']) await this.#collect(context)
    const events = storedEvents(context.deps, query)
    const install = installOf(context.deps)
    const show = this.#shower(context, flags.format, install)
    if (flags.follow) {
      await Promise.all([
        flags['no-collect'] ? undefined : this.#collectOn(context),
        this.#follow(context, query, events, show),
      ])
      return undefined
    }
    if (events.length > 0) this.print(show(events))
    else if (flags.format === 'text') this.print('No events.')
    const documents = events.map(({event}) => eventDocument(recordOf(event, install)))
    return {schema: 'decnet.events/v1', ok: process.exitCode === undefined, events: documents}
  }

  /** Events as lines, in the format asked for; with --json, one document a line while following. */
  #shower({style, width}: CommandContext, format: FormatName | 'text', install: string): Shower {
    if (format === 'text' && !this.jsonEnabled()) return (events) => eventLines(events, style, width)
    const lines = createFormat(format === 'text' ? 'json' : format, {version: this.config.version})
    return (events) => events.map(({event}) => lines.event(recordOf(event, install))).join('\n')
  }

  /** Where the engine cannot be asked, what is stored is shown all the same. */
  async #collect({deps, errorStyle}: CommandContext): Promise<void> {
    try {
      await collectEvents(deps, this.signal)
    } catch (error) {
      if (this.signal.aborted || !isEngineFailure(error)) throw error
      process.stderr.write(`${errorStyle.bad('error')}: ${sanitizeLines(error.message)}\n`)
      process.exitCode = failureOf(error).exit
    }
  }

  /** Goes on taking what is new until a signal ends it. */
  async #collectOn({deps, errorStyle}: CommandContext): Promise<void> {
    const report = (report: CollectorReport): void => {
      if (report.kind === 'failed' || report.kind === 'disk-full' || report.kind === 'gap') {
        process.stderr.write(`${collectorLine(report, errorStyle)}\n`)
      }
    }
    try {
      await runCollector(deps, {signal: this.signal, report})
    } catch (error) {
      this.#failed.abort(error)
    }
  }

  /** Prints until a signal ends it, or nothing can be stored any more. */
  async #follow({deps}: CommandContext, query: EventQuery, first: readonly StoredEvent[], show: Shower): Promise<void> {
    const signal = AbortSignal.any([this.signal, this.#failed.signal])
    let last = lastOf(first, storedEvents(deps, {limit: 1}))
    let events = first
    for (;;) {
      if (events.length > 0) process.stdout.write(`${show(events)}\n`)
      await sleep(FOLLOW_MS, undefined, {signal}).catch(() => undefined)
      if (this.#failed.signal.aborted) throw this.#failed.signal.reason
      if (this.signal.aborted) {
        process.exitCode = failureOf(this.signal.reason).exit
        return
      }
      events = storedEvents(deps, {...query, after: last, limit: FOLLOW_LIMIT})
      last = lastOf(events, [], last)
    }
  }
}

type Shower = (events: readonly StoredEvent[]) => string

function lastOf(events: readonly StoredEvent[], others: readonly StoredEvent[], known = 0): number {
  return [...events, ...others].reduce((last, {id}) => Math.max(last, id), known)
}
