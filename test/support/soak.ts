/**
 * How often scenarios repeat what they do: the only place that reads `SOAK`. Absent: everyday counts. `SOAK=1`: the
 * full counts, `SOAK=0.5` half of them.
 */
function factor(): number | undefined {
  const text = process.env.SOAK
  if (text === undefined || text === '') return undefined
  const value = Number(text)
  if (!Number.isFinite(value) || value <= 0) throw new Error(`SOAK="${text}" is no multiplier`)
  return value
}

/** Whether figures are wanted. */
export const soaking = (): boolean => factor() !== undefined

/** `everyday`, or in a soak its share of `full`. */
export function rounds(everyday: number, full: number): number {
  const share = factor()
  return share === undefined ? everyday : Math.max(1, Math.round(full * share))
}
