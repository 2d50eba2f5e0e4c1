/** What was tried, each once, however often and wherever it was tried. */
import {triesCredential} from './classify.ts'
import type {EvidenceEvent} from './event.ts'
import {ASKED_FOR} from './evidence-schema.ts'
import type {EvidenceStore} from './evidence-store.ts'

export interface UsedCredential {
  readonly principal: string
  readonly domain: string | null
  readonly method: string
  /** Printable form of the plaintext, where the protocol gave it away. */
  readonly secret: string | null
  readonly secretBase64: string | null
  readonly hash: {readonly format: string; readonly hashcatMode: number | null; readonly line: string} | null
  readonly fingerprint: string | null
  readonly attempts: number
  /** Whether it let anybody in. */
  readonly success: boolean
  readonly deckies: readonly string[]
  readonly services: readonly string[]
  readonly sources: readonly string[]
  /** ISO 8601. */
  readonly first: string
  readonly last: string
}

export interface CredentialQuery {
  readonly deckies?: readonly string[] | undefined
  readonly services?: readonly string[] | undefined
  readonly source?: string | undefined
  readonly since?: string | undefined
  readonly success: boolean
}

/**
 * Those tried most often first. Responses to a challenge differ at each attempt: of the same principal and method they
 * are one credential, shown by its last line, unless every line is wanted.
 */
export function findCredentials(
  store: EvidenceStore,
  query: CredentialQuery,
  {everyHash = false} = {},
): UsedCredential[] {
  const used = new Map<string, Accumulated>()
  store.read(undefined, (db) => {
    const rows = db
      .prepare(`SELECT json FROM evidence WHERE event = 'auth.attempt' AND ${ASKED_FOR} AND ts >= ? ORDER BY ts, id`)
      .pluck()
      .iterate(query.since ?? '') as IterableIterator<string>
    for (const json of rows) {
      const event = JSON.parse(json) as EvidenceEvent
      if (event.credential !== undefined && triesCredential(event) && fits(event, query))
        add(used, event, event.credential, everyHash)
    }
  })
  return [...used.values()]
    .map(({deckies, services, sources, ...rest}) => ({
      ...rest,
      deckies: [...deckies],
      services: [...services],
      sources: [...sources],
    }))
    .toSorted((a, b) => b.attempts - a.attempts || (a.last < b.last ? 1 : -1))
}

interface Accumulated extends Omit<UsedCredential, 'deckies' | 'services' | 'sources'> {
  readonly deckies: Set<string>
  readonly services: Set<string>
  readonly sources: Set<string>
}

function fits({decky, service, src, credential}: EvidenceEvent, query: CredentialQuery): boolean {
  const {deckies = [], services = [], source, success} = query
  return (
    (deckies.length === 0 || deckies.some((name) => name.toLowerCase() === decky.toLowerCase())) &&
    (services.length === 0 || services.includes(service)) &&
    (source === undefined || src?.ip === source) &&
    (!success || credential?.outcome === 'success')
  )
}

function add(
  used: Map<string, Accumulated>,
  {ts, decky, service, src}: EvidenceEvent,
  credential: NonNullable<EvidenceEvent['credential']>,
  everyHash: boolean,
): void {
  const {principal, domain = null, method, secret, hash, fingerprint = null, outcome} = credential
  const proof = secret?.base64 ?? fingerprint ?? (everyHash ? hash?.line : hash?.format) ?? ''
  const key = JSON.stringify([principal.toLowerCase(), domain?.toLowerCase(), method, proof])
  const known = used.get(key)
  const deckies = known?.deckies ?? new Set<string>()
  const services = known?.services ?? new Set<string>()
  const sources = known?.sources ?? new Set<string>()
  deckies.add(decky)
  services.add(service)
  if (src !== undefined) sources.add(src.ip)
  used.set(key, {
    principal,
    domain,
    method,
    secret: secret?.text ?? null,
    secretBase64: secret?.base64 ?? null,
    hash: hash === undefined ? null : {format: hash.format, hashcatMode: hash.hashcatMode ?? null, line: hash.line},
    fingerprint,
    attempts: (known?.attempts ?? 0) + 1,
    success: (known?.success ?? false) || outcome === 'success',
    deckies,
    services,
    sources,
    first: known?.first ?? ts,
    last: ts,
  })
}
