/** What many queries of one source mean together: data that leaves in names, or a flood. */
import type {ServiceEvent} from '../../../events/event.ts'
import {typeName} from '../../codecs/dns/constants.ts'
import type {Question} from '../../codecs/dns/message.ts'
import {type Name, nameKey, nameText} from '../../codecs/dns/name.ts'

const WINDOW_MS = 60_000
/** Once reported, the same is quiet for so long. */
const QUIET_MS = 10 * 60_000
/** Queries in ten seconds: more than any resolver of one machine sends. */
const FLOOD = {queries: 150, windowMs: 10_000}
/** Different names of that kind below one domain in a window. */
const TUNNEL_NAMES = 5
/** A part in front of the domain that carries data: so long, and so many bits per character. */
const CARRIER = {length: 30, entropy: 3.2}
/** Two labels are the domain; what else there is may be data. */
const BASE_LABELS = 2
const MAX_SOURCES = 1024
const MAX_DOMAINS = 16

interface Carried {
  since: number
  quietUntil: number
  readonly names: Set<string>
}

interface Source {
  floodSince: number
  queries: number
  floodQuietUntil: number
  readonly domains: Map<string, Carried>
}

export class QueryWatch {
  readonly #sources = new Map<string, Source>()

  /** What this query makes plain, besides itself. */
  see(question: Question, ip: string, now: number): ServiceEvent[] {
    const source = this.#source(ip, now)
    return [...this.#flood(source, now), ...tunnel(source, question, now)]
  }

  #flood(source: Source, now: number): ServiceEvent[] {
    if (now - source.floodSince >= FLOOD.windowMs) {
      source.floodSince = now
      source.queries = 0
    }
    source.queries++
    if (source.queries < FLOOD.queries || now < source.floodQuietUntil) return []
    source.floodQuietUntil = now + QUIET_MS
    return [{event: 'probe', data: {what: 'flood', queries: source.queries, seconds: FLOOD.windowMs / 1000}}]
  }

  #source(ip: string, now: number): Source {
    const known = this.#sources.get(ip)
    const source = known ?? {floodSince: now, queries: 0, floodQuietUntil: 0, domains: new Map()}
    // Whoever was heard last stands last, so that the oldest is the first to go.
    this.#sources.delete(ip)
    this.#sources.set(ip, source)
    if (this.#sources.size > MAX_SOURCES) forgetFirst(this.#sources)
    return source
  }
}

function tunnel({domains}: Source, {name, type}: Question, now: number): ServiceEvent[] {
  const carried = carriedBy(name)
  if (carried === null) return []
  const base = name.slice(-BASE_LABELS)
  const key = nameKey(base)
  const known = domains.get(key)
  const domain = known ?? {since: now, quietUntil: 0, names: new Set<string>()}
  domains.set(key, domain)
  if (domains.size > MAX_DOMAINS) forgetFirst(domains)
  if (now - domain.since >= WINDOW_MS) {
    domain.since = now
    domain.names.clear()
  }
  if (domain.names.size < TUNNEL_NAMES) domain.names.add(carried)
  if (domain.names.size < TUNNEL_NAMES || now < domain.quietUntil) return []
  domain.quietUntil = now + QUIET_MS
  return [
    {event: 'probe', data: {what: 'tunnel', domain: nameText(base), type: typeName(type), example: nameText(name)}},
  ]
}

/** Null: nothing that could not be a host's name, or a service's (`_ldap._tcp.Some-Site._sites`). */
function carriedBy(name: Name): string | null {
  const labels = name.slice(0, -BASE_LABELS).filter((label) => !label.startsWith('_'))
  const text = labels.join('')
  return text.length >= CARRIER.length && entropyOf(text) >= CARRIER.entropy ? text : null
}

/** Bits per character (Shannon). */
function entropyOf(text: string): number {
  const counts = new Map<string, number>()
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1)
  return [...counts.values()].reduce((sum, count) => sum - (count / text.length) * Math.log2(count / text.length), 0)
}

function forgetFirst<T>(map: Map<string, T>): void {
  for (const key of map.keys()) {
    map.delete(key)
    return
  }
}
