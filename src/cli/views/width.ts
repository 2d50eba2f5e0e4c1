/** Columns of a stream; unlimited where it is no terminal, or one that does not tell. */
export function columnsOf(stream: {readonly isTTY?: boolean; readonly columns?: number}): number {
  const columns = stream.isTTY === true ? (stream.columns ?? 0) : 0
  return columns > 0 ? columns : Number.POSITIVE_INFINITY
}
