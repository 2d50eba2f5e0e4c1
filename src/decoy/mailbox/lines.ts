/** Line ends. */
export const LF = 0x0a

export function countLines(raw: Buffer, from: number, to: number): number {
  let count = 0
  for (let at = raw.indexOf(LF, from); at >= 0 && at < to; at = raw.indexOf(LF, at + 1)) count++
  return count
}

/** A message as it is stored: every line ends in CRLF. */
export function withCrlf(data: Buffer): Buffer {
  let bare = 0
  for (let at = data.indexOf(LF); at >= 0; at = data.indexOf(LF, at + 1)) if (data[at - 1] !== 0x0d) bare++
  if (bare === 0) return data
  const out = Buffer.alloc(data.length + bare)
  let to = 0
  let from = 0
  for (let at = data.indexOf(LF); at >= 0; at = data.indexOf(LF, at + 1)) {
    to += data.copy(out, to, from, at)
    if (data[at - 1] !== 0x0d) out[to++] = 0x0d
    out[to++] = LF
    from = at + 1
  }
  data.copy(out, to, from)
  return out
}
