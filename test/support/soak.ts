/** How often a scenario repeats what it does: `few` in everyday runs, multiplied by the environment's `SOAK`. */
export function soak(few: number): number {
  const factor = Number(process.env.SOAK ?? 1)
  if (!Number.isFinite(factor) || factor <= 0) throw new Error(`SOAK="${process.env.SOAK}" is no multiplier`)
  return Math.max(1, Math.round(few * factor))
}
