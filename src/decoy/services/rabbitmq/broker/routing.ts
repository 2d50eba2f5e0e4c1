/** Where exchanges send what they get (AMQP 0-9-1 §3.1.3). */

export const EXCHANGE_TYPES = ['direct', 'fanout', 'headers', 'topic'] as const
export type ExchangeType = (typeof EXCHANGE_TYPES)[number]

export interface Binding {
  readonly exchange: string
  readonly queue: string
  readonly key: string
}

/** Queues bound to that exchange in a way that fits, each once. */
export function routes(type: ExchangeType, exchange: string, key: string, bindings: readonly Binding[]): string[] {
  const fits = (binding: Binding): boolean => {
    if (binding.exchange !== exchange) return false
    if (type === 'fanout') return true
    // A message without headers matches no binding by headers.
    if (type === 'headers') return false
    return type === 'direct' ? binding.key === key : topicMatches(binding.key.split('.'), key.split('.'))
  }
  return [...new Set(bindings.filter(fits).map(({queue}) => queue))]
}

/** `*` stands for a word, `#` for any number of them. In time of the product of both lengths. */
export function topicMatches(pattern: readonly string[], words: readonly string[]): boolean {
  // reached[n]: the pattern so far fits the first n words.
  let reached = [true, ...words.map(() => false)]
  for (const part of pattern) {
    const next = reached.map(() => false)
    for (const [index, yes] of reached.entries()) {
      if (part === '#') next[index] = yes || next[index - 1] === true
      else if (index > 0) next[index] = reached[index - 1] === true && (part === '*' || part === words[index - 1])
    }
    reached = next
  }
  return reached[words.length] === true
}
