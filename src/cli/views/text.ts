/**
 * The one gate between foreign text and a terminal: names, engine messages, file lines and log tails pass through it.
 * Control characters, C1, line separators and bidirectional overrides become visible escapes.
 */
const HAZARDOUS = /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]/g

export function sanitize(text: string): string {
  return text.replace(HAZARDOUS, (character) => {
    const code = character.charCodeAt(0)
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`
  })
}

/** As `sanitize`, keeping line breaks: for texts of several lines that we composed ourselves. */
export function sanitizeLines(text: string): string {
  return text.split('\n').map(sanitize).join('\n')
}

/** Cut to a width, with an ellipsis where something is missing. */
export function truncate(text: string, width: number): string {
  if (text.length <= width) return text
  return width <= 1 ? text.slice(0, width) : `${text.slice(0, width - 1)}…`
}

/** As many of the items as fit into a width, and how many more there are. */
export function fitItems(items: readonly string[], width: number): string {
  for (let shown = items.length; shown > 0; shown--) {
    const more = items.length - shown
    const text = [...items.slice(0, shown), ...(more === 0 ? [] : [`+${more}`])].join(' ')
    if (text.length <= width) return text
  }
  return truncate(items.join(' '), width)
}

/** `1.2 s`, `350 ms`, `2 min 5 s`. */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`
  const seconds = Math.round(ms / 1000)
  if (seconds < 60) return `${(ms / 1000).toFixed(1)} s`
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`
}

/** `1 decky`, `3 deckies`. */
export function deckies(count: number): string {
  return `${count} ${count === 1 ? 'decky' : 'deckies'}`
}

/** A time of the evidence (ISO 8601) as `2026-11-23 12:01:02`, UTC. Foreign text as well. */
export function clock(ts: string): string {
  return sanitize(ts.replace('T', ' ').replace(/\.\d+Z$/, ''))
}
