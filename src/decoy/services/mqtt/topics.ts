/** Names and filters of topics (MQTT 5.0 section 4.7), as Mosquitto checks them. */

/** Levels that Mosquitto takes. */
const MAX_LEVELS = 200

const levels = (text: string): number => text.split('/', MAX_LEVELS + 2).length

/** Whether something can be published to it. */
export const isTopic = (text: string): boolean => text !== '' && !/[+#]/.test(text) && levels(text) <= MAX_LEVELS

export function isFilter(text: string): boolean {
  if (text === '' || levels(text) > MAX_LEVELS) return false
  const parts = text.split('/')
  return parts.every((part, index) => {
    if (part.includes('+') && part !== '+') return false
    return !part.includes('#') || (part === '#' && index === parts.length - 1)
  })
}

/** A filter, taken apart. `$share/group/filter` is shared: one of the group gets each message. */
export interface Filter {
  readonly text: string
  readonly parts: readonly string[]
  readonly group: string | null
}

export function readFilter(text: string): Filter {
  const parts = text.split('/')
  if (parts[0] !== '$share' || parts.length < 3) return {text, parts, group: null}
  return {text, parts: parts.slice(2), group: parts[1] ?? ''}
}

/** A wildcard at the beginning takes no topic that begins with a dollar sign. */
export function matches(filter: readonly string[], topic: readonly string[]): boolean {
  if (topic[0]?.startsWith('$') && (filter[0] === '#' || filter[0] === '+')) return false
  for (let index = 0; index < filter.length; index++) {
    const part = filter[index]
    if (part === '#') return true
    if (index >= topic.length || (part !== '+' && part !== topic[index])) return false
  }
  return filter.length === topic.length
}

const RANK: Readonly<Record<string, number>> = {'+': 1, '#': 2}

/** Which of two filters of one client that both match comes first in the broker's tree. */
export function before(left: readonly string[], right: readonly string[]): boolean {
  for (let index = 0; index < Math.min(left.length, right.length); index++) {
    const difference = (RANK[left[index] ?? ''] ?? 0) - (RANK[right[index] ?? ''] ?? 0)
    if (difference !== 0) return difference < 0
  }
  return left.length < right.length
}
