/** What is made of a request to create a container. */
import {type Image, type Json, strings} from './state.ts'

/** Of a request to create something, kept to be shown; the evidence has the whole of it. */
const KEPT_JSON = 6144

/** What the client sets wins over what the image has. */
export function environment(sent: unknown, own: readonly string[]): string[] | null {
  const given = strings(sent)
  const names = new Set(given.map((entry) => entry.split('=', 1)[0]))
  const all = [...given, ...own.filter((entry) => !names.has(entry.split('=', 1)[0]))]
  return all.length === 0 ? null : all
}

export const NEVER_RUN = {
  state: 'created',
  exitCode: 0,
  error: '',
  pid: 0,
  startedAt: 0,
  finishedAt: 0,
  address: 0,
  logBytes: 0,
} as const

/** Bytes of a command that are kept, all words together. */
const COMMAND_LIMIT = 8192

/** An entry point of the client's takes the place of the image's command as well. */
export function commandOf(sent: Json, image: Image | undefined): {entrypoint: string[] | null; command: string[]} {
  const own = sent.Entrypoint === undefined || sent.Entrypoint === null
  const entrypoint = own ? (image?.entrypoint ?? null) : strings(sent.Entrypoint)
  const command = strings(sent.Cmd)
  const words = command.length > 0 || !own ? command : [...(image?.command ?? [])]
  const kept: string[] = []
  for (let left = COMMAND_LIMIT; left > 0 && kept.length < words.length; ) {
    const word = (words[kept.length] ?? '').slice(0, left)
    kept.push(word)
    left -= word.length + 1
  }
  return {
    entrypoint: entrypoint === null ? null : entrypoint.slice(0, 64).map((word) => word.slice(0, 1024)),
    command: kept,
  }
}

/** Without the largest fields, until it is small enough to be kept. */
export function bounded(sent: Json): Json {
  const sizes = Object.entries(sent).map(([key, value]) => ({key, size: JSON.stringify(value)?.length ?? 0}))
  const kept = new Set<string>()
  let left = KEPT_JSON
  for (const {key, size} of sizes.toSorted((a, b) => a.size - b.size)) {
    left -= size
    if (left >= 0) kept.add(key)
  }
  return Object.fromEntries(Object.entries(sent).filter(([key]) => kept.has(key)))
}
