/** Sinks: added, shown, removed, tried, and fed. */

import {randomBytes} from 'node:crypto'
import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import type {EvidenceEvent} from '../events/event.ts'
import {EvidenceStore} from '../events/evidence-store.ts'
import {pause} from '../events/pause.ts'
import {DELIVERY_TIMING, Delivery, DeliveryFailure, type DeliveryOptions, deliverTo} from '../events/sinks/delivery.ts'
import {FILE_SINK} from '../events/sinks/file.ts'
import {SINK_TYPES, sinkType} from '../events/sinks/index.ts'
import {addSink, findSinks, removeSink, type SinkRecord} from '../events/sinks/outbox.ts'
import {parseSettings, shownSettings} from '../events/sinks/settings.ts'
import type {SinkType} from '../events/sinks/sink.ts'
import {DecnetError} from '../fleet/errors.ts'
import type {Deps} from './deps.ts'
import {installOf} from './events.ts'
import {withEvidence} from './evidence.ts'
import {withState} from './state.ts'

const SINK_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/

/** All sinks; their secrets are masked. */
export function sinksOf(deps: Deps): SinkRecord[] {
  return withEvidence(deps, findSinks).map(masked)
}

/** `settings` as `KEY=VALUE`. Throws DecnetError for a bad name, type or setting; nothing is changed then. */
export function createSink(
  deps: Deps,
  {
    name,
    type: typeName,
    settings,
    fromStart,
  }: {name: string; type: string; settings: readonly string[]; fromStart: boolean},
): SinkRecord {
  if (!SINK_NAME.test(name)) {
    throw new DecnetError('USAGE', `${JSON.stringify(name)} is no name for a sink`, {
      hint: 'letters, digits, dots, dashes and underscores, such as `siem`',
    })
  }
  const type = sinkType(typeName)
  if (type === undefined) {
    throw new DecnetError('USAGE', `there is no kind of sink ${JSON.stringify(typeName)}`, {
      hint: `there is ${SINK_TYPES.map((each) => each.name).join(', ')}`,
    })
  }
  const parsed = parseSettings(type, settings)
  return withEvidence(deps, (store) => {
    addSink(store, {name, type: type.name, settings: parsed, fromStart}, deps.now().toISOString())
    return masked(recordOf(store, name))
  })
}

/** Throws DecnetError where there is none of that name. */
export function dropSink(deps: Deps, name: string): void {
  if (!withEvidence(deps, (store) => removeSink(store, name))) throw noSink(name)
}

export interface SinkTrial {
  readonly sink: string
  readonly arrived: boolean
  readonly error: string | null
  readonly durationMs: number
  /** Id of the event that was sent, to look for at the receiver. */
  readonly event: string
}

/**
 * Sends what a touch of a decky would bring about through the whole path, from the line of evidence to the receiver, and
 * says where it arrived. The path is laid in a store of its own: nothing of it stays in the evidence. Throws DecnetError
 * where there is no sink of that name.
 */
export async function trySinks(
  deps: Deps,
  names: readonly string[],
  signal: AbortSignal,
  version: string,
): Promise<SinkTrial[]> {
  const all = withEvidence(deps, findSinks)
  const absent = names.find((name) => !all.some((sink) => isNamed(sink, name)))
  if (absent !== undefined) throw noSink(absent)
  const chosen = names.length === 0 ? all : all.filter((sink) => names.some((name) => isNamed(sink, name)))
  const install = installOf(deps)
  return Promise.all(chosen.map((sink) => trial(sink, {install, version, signal}, deps.now())))
}

async function trial(sink: SinkRecord, options: Omit<DeliveryOptions, 'report'>, now: Date): Promise<SinkTrial> {
  const directory = mkdtempSync(join(tmpdir(), 'decnet-sink-test-'))
  const store = EvidenceStore.open(directory)
  const touch = syntheticTouch(now)
  const started = performance.now()
  const result = (error: string | null): SinkTrial => ({
    sink: sink.name,
    arrived: error === null,
    error,
    durationMs: Math.round(performance.now() - started),
    event: touch.id,
  })
  const delivery = new Delivery(store, sink, typeOf(sink), {...options, timing: TRIAL_TIMING, report: () => {}})
  try {
    addSink(store, {...sink, fromStart: true}, sink.added)
    store.store([JSON.stringify(touch)])
    while ((await delivery.step()) === 'more');
    return result(null)
  } catch (error) {
    if (!(error instanceof DeliveryFailure)) throw error
    return result(error.message)
  } finally {
    await delivery.close()
    store.close()
    rmSync(directory, {recursive: true, force: true})
  }
}

const TRIAL_TIMING = {...DELIVERY_TIMING, deadline: 15_000}

/** A login with a honey credential, so that every sink wants it, from an address that is nobody's (RFC 5737). */
function syntheticTouch(now: Date): EvidenceEvent {
  const boot = `test-${randomBytes(6).toString('hex')}`
  return {
    v: 1,
    id: `${boot}.1`,
    ts: now.toISOString(),
    boot,
    seq: 1,
    decky: 'decnet-test',
    service: 'ssh',
    session: boot,
    event: 'auth.attempt',
    src: {ip: '192.0.2.1', port: 40_000},
    dst: {ip: '192.0.2.2', port: 22},
    credential: {principal: 'decnet-test', method: 'password', outcome: 'success'},
    data: {test: true},
  }
}

/**
 * Feeds every sink at its own pace until the signal: one that is slow or away holds up no other. A sink that is added or
 * removed meanwhile is taken up or left. Rejects only where the store fails.
 */
export async function feedSinks(
  deps: Deps,
  options: Pick<DeliveryOptions, 'signal' | 'version' | 'report'> & {readonly lookMs?: number},
): Promise<void> {
  const store = deps.openEvidence()
  const failed = new AbortController()
  const signal = AbortSignal.any([options.signal, failed.signal])
  const running = new Map<string, Promise<void>>()
  try {
    while (!signal.aborted) {
      syncLogFile(deps, store)
      for (const sink of findSinks(store)) {
        const key = `${sink.name} ${sink.added}`
        if (running.has(key)) continue
        const delivery = deliverTo(store, sink, typeOf(sink), {...options, signal, install: installOf(deps)})
          .catch((error: unknown) => failed.abort(error))
          .finally(() => running.delete(key))
        running.set(key, delivery)
      }
      await pause(options.lookMs ?? LOOK_MS, signal)
    }
  } finally {
    await Promise.all(running.values())
    store.close()
  }
  if (!options.signal.aborted) throw failed.signal.reason
}

const LOOK_MS = 2_000

/** Feeds every sink until it has all there is; returns why the others do not. */
export async function drainSinks(
  deps: Deps,
  options: Pick<DeliveryOptions, 'signal' | 'version'>,
): Promise<{readonly sink: string; readonly message: string}[]> {
  const store = deps.openEvidence()
  const failures: {sink: string; message: string}[] = []
  try {
    syncLogFile(deps, store)
    await Promise.all(
      findSinks(store).map(async (sink) => {
        const report = () => {}
        const delivery = new Delivery(store, sink, typeOf(sink), {...options, report, install: installOf(deps)})
        try {
          while ((await delivery.step()) === 'more' && !options.signal.aborted);
        } catch (error) {
          if (!(error instanceof DeliveryFailure)) throw error
          failures.push({sink: sink.name, message: error.message})
        } finally {
          await delivery.close()
        }
      }),
    )
    return failures
  } finally {
    store.close()
  }
}

/** The sink that stands for the fleet's log file, in the format that what reads the original's log files reads. */
const LOG_FILE = 'log-file'

/** Brings that sink in line with the fleet, as the last deployment left it. */
function syncLogFile(deps: Deps, store: EvidenceStore): void {
  const path = withState(deps, null, (state) => state.fleet()?.fleet.logFile ?? null)
  const known = findSinks(store).find(({name}) => name === LOG_FILE)
  if ((known?.settings.path ?? null) === path) return
  if (known !== undefined) removeSink(store, LOG_FILE)
  if (path === null) return
  const settings = {path, format: 'rfc5424', megabytes: '0', events: 'system'}
  addSink(store, {name: LOG_FILE, type: FILE_SINK.name, settings, fromStart: false}, deps.now().toISOString())
}

function recordOf(store: EvidenceStore, name: string): SinkRecord {
  const record = findSinks(store).find((sink) => isNamed(sink, name))
  if (record === undefined) throw noSink(name)
  return record
}

function typeOf({name, type}: SinkRecord): SinkType {
  const found = sinkType(type)
  if (found !== undefined) return found
  throw new DecnetError('STATE_UNREADABLE', `the sink ${name} is of a kind that this version does not know: ${type}`, {
    hint: `use the version that added it, or remove it: decnet sinks remove ${name}`,
  })
}

function masked(sink: SinkRecord): SinkRecord {
  return {...sink, settings: shownSettings(typeOf(sink), sink.settings)}
}

function isNamed(sink: SinkRecord, name: string): boolean {
  return sink.name.toLowerCase() === name.toLowerCase()
}

function noSink(name: string): DecnetError {
  return new DecnetError('USAGE', `there is no sink ${JSON.stringify(name)}`, {hint: '`decnet sinks list` shows them'})
}
