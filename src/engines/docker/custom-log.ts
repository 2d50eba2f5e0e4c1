/**
 * What custom services print, kept as evidence. Their lines have no numbers: the place in a log up to where it is kept is
 * the engine's own time of the last kept line, and how many lines have that very time. Whoever appends says where the new
 * lines follow, and the store refuses them when somebody else was faster.
 */
import {sample} from '../../decoy/sample.ts'
import type {ContainerLog, LogEntry, LogMark} from '../../events/event.ts'
import type {StepListener} from '../engine.ts'
import type {DockerContext} from './context.ts'
import {logBatches, readable} from './evidence.ts'
import type {Channel} from './multiplex.ts'
import type {OwnContainer} from './own-containers.ts'

/** A machine's clock may be set back; what is read again is known by its place. */
const OVERLAP_MS = 60_000
/** Of one line; an attacker may decide how long it is. */
const LINE_BYTES = 2048
/** Between two looks; what is over is counted. */
const MOST_LINES = 1000
const BOOT_LENGTH = 16
const STAMPED = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?Z (.*)$/s

interface Line {
  /** With nine digits behind the point, so that order in time is order of the text. */
  readonly at: string
  readonly stream: Channel
  readonly text: string
}

type Appending = Pick<OwnContainer, 'id' | 'name' | 'decky'> & {readonly customService: string}

/** Takes the lines that are not kept yet. Failures are as with `drainEvidence`. */
export async function drainCustomLog(
  context: DockerContext,
  container: Appending,
  onStep: StepListener,
  signal?: AbortSignal,
): Promise<void> {
  const {logMark, appendLog} = context.evidence
  if (logMark === undefined || appendLog === undefined) return
  const boot = container.id.slice(0, BOOT_LENGTH)
  const after = logMark.call(context.evidence, boot)
  const lines = await readable(context, container, onStep, signal, () =>
    readLines(context, container.id, after, signal),
  )
  const found = lines === undefined ? null : newLines(lines, after)
  if (found === null) return
  const {decky, customService: service} = container
  appendLog.call(context.evidence, {boot, decky, service, after, ...found})
}

async function readLines(
  {api, timing}: DockerContext,
  id: string,
  after: LogMark | null,
  abort: AbortSignal | undefined,
): Promise<Line[]> {
  const deadline = AbortSignal.timeout(timing.drain)
  const signal = abort === undefined ? deadline : AbortSignal.any([deadline, abort])
  const since = after === null ? {} : {since: ((Date.parse(after.at) - OVERLAP_MS) / 1000).toFixed(3)}
  const stream = await api.readLog(id, {follow: false, timestamps: true, ...since}, signal)
  const lines: Line[] = []
  for await (const batch of logBatches(stream, ['stdout', 'stderr'])) {
    for (const {channel, line} of batch) {
      // What begins in the middle of a line after a rotation has no time.
      const [, second, fraction = '', text] = STAMPED.exec(line) ?? []
      if (second === undefined || text === undefined) continue
      // A little more than is kept, so that it shows where it is cut.
      lines.push({at: `${second}.${fraction.padEnd(9, '0')}Z`, stream: channel, text: text.slice(0, LINE_BYTES + 1)})
    }
  }
  return lines
}

/** What follows the mark; null: nothing. */
export function newLines(
  lines: readonly Line[],
  after: LogMark | null,
): Pick<ContainerLog, 'mark' | 'lost' | 'entries'> | null {
  const place = placeOf(lines, after)
  const fresh = place === null ? lines.filter(({at}) => at > (after?.at ?? '')) : lines.slice(place)
  const last = fresh.at(-1)
  if (last === undefined) return null
  return {
    mark: {at: last.at, lines: lines.filter(({at}) => at === last.at).length},
    lost: place === null,
    entries: entriesOf(fresh, last),
  }
}

/** Index of the first line behind the mark; null: the marked line is not there any more. */
function placeOf(lines: readonly Line[], after: LogMark | null): number | null {
  if (after === null) return 0
  const marked = lines.flatMap(({at}, index) => (at === after.at ? [index] : []))
  const index = marked.slice(0, after.lines).at(-1)
  return index === undefined ? null : index + 1
}

function entriesOf(fresh: readonly Line[], last: Line): LogEntry[] {
  const kept = fresh.slice(0, MOST_LINES)
  const entries: LogEntry[] = kept.map(({at, stream, text}) => ({
    ts: milliseconds(at),
    event: {event: 'log', data: {stream, line: sample(text, LINE_BYTES)}},
  }))
  const count = fresh.length - kept.length
  if (count > 0) entries.push({ts: milliseconds(last.at), event: {event: 'suppressed', data: {count, reason: 'log'}}})
  return entries
}

function milliseconds(at: string): string {
  return `${at.slice(0, 23)}Z`
}
