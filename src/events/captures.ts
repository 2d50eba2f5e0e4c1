/** Files and mails that intruders left behind, by their hash. They are listed and written out, never opened. */
import type {CapturePart, EvidenceEvent} from './event.ts'
import {ASKED_FOR} from './evidence-schema.ts'
import type {EvidenceStore} from './evidence-store.ts'

export interface StoredCapture {
  readonly sha256: string
  readonly size: number
  /** Bytes of it that are kept. */
  readonly kept: number
  readonly kind: 'file' | 'mail'
  /** Where it was put, or what it was called, the last time. */
  readonly name: string
  readonly times: number
  readonly deckies: readonly string[]
  readonly services: readonly string[]
  readonly sources: readonly string[]
  /** ISO 8601. */
  readonly first: string
  readonly last: string
}

/** In the order in which they were last left. */
export function findCaptures(store: EvidenceStore, since = ''): StoredCapture[] {
  const found = new Map<string, StoredCapture>()
  store.read(undefined, (db) => {
    const rows = db
      .prepare(
        `SELECT json FROM evidence WHERE event IN ('file.write', 'mail') AND ${ASKED_FOR} AND ts >= ? ORDER BY ts, id`,
      )
      .pluck()
      .iterate(since) as IterableIterator<string>
    for (const json of rows) {
      const event = JSON.parse(json) as EvidenceEvent
      const sha256 = event.data?.sha256
      if (typeof sha256 !== 'string') continue
      const known = found.get(sha256)
      found.delete(sha256)
      found.set(sha256, merged(known, event, sha256))
    }
  })
  return [...found.values()]
}

/** What is kept of one; null: nothing. Where a part is missing, what comes before it. */
export function captureContent(store: EvidenceStore, sha256: string): Buffer | null {
  const rows = store.read([], (db) =>
    db
      .prepare(
        `SELECT json FROM evidence WHERE event = 'capture' AND ${ASKED_FOR} AND json ->> '$.data.sha256' = ? ORDER BY ts, id`,
      )
      .pluck()
      .all(sha256),
  ) as string[]
  const parts = new Map<number, Buffer>()
  for (const json of rows) {
    const {offset, content} = ((JSON.parse(json) as EvidenceEvent).data ?? {}) as Partial<CapturePart>
    if (typeof offset === 'number' && typeof content === 'string') parts.set(offset, Buffer.from(content, 'base64'))
  }
  const whole: Buffer[] = []
  for (let offset = 0, part = parts.get(0); part !== undefined; part = parts.get(offset)) {
    whole.push(part)
    offset += part.length
    if (part.length === 0) break
  }
  return whole.length === 0 ? null : Buffer.concat(whole)
}

function merged(known: StoredCapture | undefined, event: EvidenceEvent, sha256: string): StoredCapture {
  const {data = {}, decky, service, src, ts} = event
  const number = (value: unknown): number => (typeof value === 'number' && value >= 0 ? value : 0)
  return {
    sha256,
    size: number(data.size),
    kept: Math.max(known?.kept ?? 0, number(data.kept)),
    kind: event.event === 'mail' ? 'mail' : 'file',
    name: nameOf(data),
    times: (known?.times ?? 0) + 1,
    deckies: withOne(known?.deckies, decky),
    services: withOne(known?.services, service),
    sources: src === undefined ? (known?.sources ?? []) : withOne(known?.sources, src.ip),
    first: known?.first ?? ts,
    last: ts,
  }
}

/** The path of a file, the subject of a mail: whichever is text or a sample of it. */
function nameOf(data: Readonly<Record<string, unknown>>): string {
  for (const value of [data.path, data.name, data.subject]) {
    if (typeof value === 'string') return value
    if (typeof value === 'object' && value !== null && 'text' in value && typeof value.text === 'string')
      return value.text
  }
  return ''
}

function withOne(names: readonly string[] = [], name: string): readonly string[] {
  return names.includes(name) ? names : [...names, name]
}
