/** A recorded terminal, put together again from the parts in which it was kept. */
import type {EvidenceEvent, TranscriptFrame, TranscriptPart} from '../event.ts'

export interface Recording {
  readonly columns: number
  readonly rows: number
  /** Whether what came later was not kept, or a part of it is missing. */
  readonly truncated: boolean
  readonly frames: readonly TranscriptFrame[]
}

/** Null: there is none among these events. */
export function recordingOf(events: readonly EvidenceEvent[]): Recording | null {
  const parts = events
    .filter(({event}) => event === 'session.transcript')
    .flatMap(({data}) => partOf(data) ?? [])
    .toSorted((a, b) => a.part - b.part)
  const [first] = parts
  if (first === undefined) return null
  const missing = parts.some(({part}, index) => part !== index + 1)
  return {
    columns: first.columns,
    rows: first.rows,
    truncated: missing || parts.some(({truncated}) => truncated),
    frames: parts.flatMap(({frames}) => frames),
  }
}

/** What a container wrote is not trusted to be what we write. */
function partOf(data: unknown): TranscriptPart | undefined {
  if (typeof data !== 'object' || data === null) return undefined
  const {part, columns, rows, truncated, frames} = data as Partial<TranscriptPart>
  const sizes = [part, columns, rows].every((value) => Number.isSafeInteger(value) && Number(value) > 0)
  if (!sizes || !Array.isArray(frames)) return undefined
  return {
    part: Number(part),
    columns: Number(columns),
    rows: Number(rows),
    truncated: truncated === true,
    frames: frames.filter(isFrame),
  }
}

function isFrame(value: unknown): value is TranscriptFrame {
  if (!Array.isArray(value)) return false
  const [ms, way, base64] = value
  return typeof ms === 'number' && ms >= 0 && (way === 'i' || way === 'o') && typeof base64 === 'string'
}
