/** The indices: those that were there, and those that intruders make. */
import type {Persona} from '../../persona.ts'
import {bait} from './bait.ts'
import type {Json} from './failures.ts'

/** What intruders add is bounded; the oldest is forgotten first. */
const MOST_INDICES = 16
const MOST_DOCUMENTS = 64
const DOCUMENT_BYTES = 4096

export interface Document {
  readonly id: string
  readonly source: Json
  readonly version: number
  readonly sequence: number
}

export interface Index {
  readonly name: string
  /** 22 characters of base64. */
  readonly uuid: string
  readonly created: number
  readonly documents: Map<string, Document>
  /** Documents that nobody can find. */
  more: number
  readonly own: boolean
}

export const identifier = (bytes: Buffer): string => bytes.toString('base64url')

export class Store {
  readonly #persona: Persona
  readonly #indices = new Map<string, Index>()

  constructor(persona: Persona, now: number) {
    this.#persona = persona
    for (const {index, documents, more} of bait(persona, now)) {
      const found = documents.map((source, at): [string, Document] => {
        const id = identifier(persona.bytes(`es document ${index.slice(0, 8)} ${at}`, 15))
        return [id, {id, source, version: 1, sequence: at}]
      })
      this.#indices.set(index, {
        name: index,
        uuid: identifier(persona.bytes(`es index ${index.slice(0, 8)}`, 16)),
        created: persona.installedAt + persona.integer(`es index age ${index.slice(0, 8)}`, 1, 30) * 86_400_000,
        documents: new Map(found),
        more,
        own: true,
      })
    }
  }

  /** By name, by list, or by pattern; null: one that is named is not there. */
  select(expression: string): {readonly indices: readonly Index[]; readonly missing: string | null} {
    const all = [...this.#indices.values()]
    if (['', '*', '_all'].includes(expression)) return {indices: all, missing: null}
    const found = new Set<Index>()
    for (const part of expression.split(',').slice(0, 64)) {
      if (part.includes('*')) for (const index of all.filter(({name}) => matches(part, name))) found.add(index)
      else {
        const index = this.#indices.get(part)
        if (index === undefined) return {indices: [], missing: part}
        found.add(index)
      }
    }
    return {indices: [...found], missing: null}
  }

  get(name: string): Index | undefined {
    return this.#indices.get(name)
  }

  create(name: string, now: number, random: (size: number) => Buffer): Index {
    const index: Index = {
      name,
      uuid: identifier(random(16)),
      created: now,
      documents: new Map(),
      more: 0,
      own: false,
    }
    this.#indices.set(name, index)
    const made = [...this.#indices.values()].filter(({own}) => !own)
    for (const old of made.slice(0, Math.max(0, made.length - MOST_INDICES))) this.#indices.delete(old.name)
    return index
  }

  remove(index: Index): void {
    this.#indices.delete(index.name)
  }

  /** The document as it is kept. */
  put(index: Index, id: string, source: Json): Document {
    const kept = JSON.stringify(source).length > DOCUMENT_BYTES ? {} : source
    const version = (index.documents.get(id)?.version ?? 0) + 1
    const document = {id, source: kept, version, sequence: index.documents.size + index.more}
    index.documents.delete(id)
    index.documents.set(id, document)
    const [oldest] = index.documents.keys()
    if (index.documents.size > MOST_DOCUMENTS && oldest !== undefined) {
      index.documents.delete(oldest)
      index.more++
    }
    return document
  }

  /** Bytes that an index seems to take. */
  size({name, documents, more}: Index): number {
    const each = this.#persona.integer(`es size ${name.slice(0, 8)}`, 180, 900)
    return 225 + (documents.size + more) * each + documents.size * 1900
  }
}

/** Linear: a pattern is taken apart at its asterisks. */
function matches(pattern: string, name: string): boolean {
  const parts = pattern.split('*')
  const [first = ''] = parts
  const last = parts.at(-1) ?? ''
  if (!name.startsWith(first) || !name.endsWith(last) || name.length < first.length + last.length) return false
  let at = first.length
  for (const part of parts.slice(1, -1)) {
    const found = name.indexOf(part, at)
    if (found < 0) return false
    at = found + part.length
  }
  return at <= name.length - last.length
}
