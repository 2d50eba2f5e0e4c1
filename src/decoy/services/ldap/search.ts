/** Searches: the rootDSE, the directory behind it, pages of it, and the netlogon ping. */
import type {ServiceEvent} from '../../../events/event.ts'
import {BerReader} from '../../codecs/ber/reader.ts'
import {integer, octetString, sequence} from '../../codecs/ber/writer.ts'
import type {Connection} from '../../service.ts'
import {matches} from './directory/match.ts'
import {select} from './directory/selection.ts'
import {Entry, Tree} from './directory/tree.ts'
import {searchEvent} from './evidence.ts'
import type {LdapHost} from './host.ts'
import {netlogonReply} from './netlogon.ts'
import type {Filter} from './wire/filter.ts'
import {type Control, type LdapRequest, OPERATION, SCOPE, type SearchRequest} from './wire/operations.ts'
import {Replies, type ReplyControl} from './wire/replies.ts'
import {type Outcome, RESULT, SUCCESS} from './wire/results.ts'

const PAGED = '1.2.840.113556.1.4.319'
/** MS-ADTS §3.1.1.3.4.1.12: no references to other servers, please. */
const DOMAIN_SCOPE = '1.2.840.113556.1.4.1339'
/** MaxPageSize of Active Directory; slapd's default is half of it. */
const LARGEST_PAGE = 1000
/** Searches whose further pages a connection may yet ask for. */
const MAX_PENDING = 4
const COOKIE = 16
const EMPTY = new Tree([])

export interface Searched {
  readonly replies: readonly Buffer[]
  readonly event: ServiceEvent
}

interface Found {
  readonly outcome: Outcome
  readonly entries: readonly Entry[]
}

export class Searches {
  readonly #host: LdapHost
  readonly #connection: Connection
  readonly #replies: Replies
  /** Whether the port is that of the global catalog, which holds the whole forest. */
  readonly #catalog: boolean
  readonly #pending = new Map<string, readonly Entry[]>()

  constructor(host: LdapHost, connection: Connection, catalog: boolean) {
    this.#host = host
    this.#connection = connection
    this.#replies = new Replies(host.dialect.form)
    this.#catalog = catalog
  }

  run({id, controls}: LdapRequest, request: SearchRequest, bound: boolean): Searched {
    const paging = controls.find(({oid}) => oid === PAGED)
    const found = this.#find(request, bound, controls, paging)
    const {entries, outcome, control} = this.#cut(found, request, paging)
    const {dialect} = this.#host
    const selection = {wanted: request.attributes, typesOnly: request.typesOnly, plus: dialect.plus}
    const scoped = controls.some(({oid}) => oid === DOMAIN_SCOPE)
    const references =
      outcome.code === RESULT.SUCCESS && control === null && !scoped ? dialect.references(request, this.#catalog) : []
    const replies = [
      ...entries.map((entry) => this.#replies.entry(id, entry.dn, select(entry, selection))),
      ...references.map((url) => this.#replies.reference(id, url)),
      this.#replies.result(id, OPERATION.SEARCH_DONE, outcome, control === null ? [] : [control]),
    ]
    const result = {outcome, entries: entries.length, controls}
    return {replies, event: searchEvent(request, result, this.#connection.limits)}
  }

  #find(request: SearchRequest, bound: boolean, controls: readonly Control[], paging: Control | undefined): Found {
    const {dialect} = this.#host
    const unknown = controls.some(({oid, critical}) => critical && !dialect.controls.includes(oid))
    if (unknown) return {outcome: dialect.criticalControl, entries: []}
    if (request.base === '' && request.scope === SCOPE.BASE) return {outcome: SUCCESS, entries: this.#root(request)}
    const refusal = dialect.searchRefusal(request, bound, this.#catalog)
    if (refusal !== null) return {outcome: refusal, entries: []}
    const continued = paging === undefined ? null : this.#continued(paging)
    return {outcome: SUCCESS, entries: continued ?? dialect.tree.search(request.base, request.scope, request.filter)}
  }

  #root({attributes, filter}: SearchRequest): Entry[] {
    const {dialect, windows} = this.#host
    const {now, local} = this.#connection
    if (windows !== null && attributes.length === 1 && attributes[0]?.toLowerCase() === 'netlogon') {
      const reply = netlogonReply(windows.dialect, filter, local)
      return reply === null ? [] : [new Entry('', [{name: 'netlogon', values: [reply]}])]
    }
    const entry = new Entry('', dialect.rootDse(now()))
    return asksForAnything(filter) || matches(filter, entry, EMPTY) ? [entry] : []
  }

  #continued({value}: Control): readonly Entry[] | null {
    const {cookie} = readPaging(value)
    const rest = this.#pending.get(cookie)
    this.#pending.delete(cookie)
    return rest ?? null
  }

  #cut(
    {outcome, entries}: Found,
    {sizeLimit}: SearchRequest,
    paging: Control | undefined,
  ): Found & {control: ReplyControl | null} {
    if (outcome.code !== RESULT.SUCCESS) return {outcome, entries, control: null}
    if (paging !== undefined) return this.#page(entries, readPaging(paging.value).size)
    const most = sizeLimit > 0 ? Math.min(sizeLimit, LARGEST_PAGE) : LARGEST_PAGE
    if (entries.length <= most) return {outcome, entries, control: null}
    return {outcome: {code: RESULT.SIZE_LIMIT_EXCEEDED}, entries: entries.slice(0, most), control: null}
  }

  /** RFC 2696: a cookie stands for what is left, and none for the end. */
  #page(entries: readonly Entry[], size: number): Found & {control: ReplyControl} {
    const most = size > 0 ? Math.min(size, LARGEST_PAGE) : LARGEST_PAGE
    const rest = entries.slice(most)
    let cookie: Buffer = Buffer.alloc(0)
    if (rest.length > 0) {
      cookie = this.#cookie(entries[most - 1])
      const [oldest] = this.#pending.keys()
      if (this.#pending.size >= MAX_PENDING && oldest !== undefined) this.#pending.delete(oldest)
      this.#pending.set(cookie.toString('hex'), rest)
    }
    const value = sequence([integer(0), octetString(cookie)], this.#host.dialect.form)
    return {outcome: SUCCESS, entries: entries.slice(0, most), control: {oid: PAGED, value}}
  }

  /** slapd's is the number of the last entry; of Active Directory's nobody knows more than that it is long. */
  #cookie(last: Entry | undefined): Buffer {
    const {dialect} = this.#host
    if (dialect.name === 'active-directory' || last === undefined) return this.#connection.random(COOKIE)
    const number = Buffer.alloc(8)
    number.writeUInt32LE(dialect.tree.entries.indexOf(last) + 1)
    return number
  }
}

/** Throws CodecError; a control without a value asks for a page of the largest size. */
function readPaging(value: Buffer | null): {readonly size: number; readonly cookie: string} {
  if (value === null) return {size: LARGEST_PAGE, cookie: ''}
  const reader = new BerReader(value).sequence()
  const size = reader.integer()
  return {size, cookie: reader.octetString().toString('hex')}
}

/** `(objectClass=*)`, which holds for a rootDSE that shows no class. */
function asksForAnything(filter: Filter): boolean {
  return filter.type === 'present' && filter.attribute.toLowerCase() === 'objectclass'
}
