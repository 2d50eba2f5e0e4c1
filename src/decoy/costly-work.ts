/**
 * Work of a tenth of a second and more, such as deriving an RSA key, in a process that may play hundreds of deckies: it
 * is done in pieces with room between them, so that no number of deckies makes the others wait for all of it.
 */

/** Background work takes one part in so many of the processor's time. */
const SHARE = 20
const PAUSE_MS = 50

const urgent: (() => void)[] = []
const background: (() => void)[] = []

/** Does it soon, one piece a turn of the event loop: what arrives meanwhile is served between two pieces. */
export function doSoon(work: () => void): void {
  urgent.push(work)
  if (urgent.length === 1) setImmediate(nextUrgent)
}

/** Does it when there is time for it. The process does not stay alive for it. */
export function doSometime(work: () => void): void {
  background.push(work)
  if (background.length === 1) setTimeout(nextInBackground, PAUSE_MS).unref()
}

function nextUrgent(): void {
  try {
    urgent[0]?.()
  } finally {
    urgent.shift()
    if (urgent.length > 0) setImmediate(nextUrgent)
  }
}

function nextInBackground(): void {
  const startedAt = performance.now()
  try {
    background[0]?.()
  } finally {
    background.shift()
    const rest = Math.max(PAUSE_MS, SHARE * (performance.now() - startedAt))
    if (background.length > 0) setTimeout(nextInBackground, rest).unref()
  }
}
