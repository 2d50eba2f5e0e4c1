/** An LDAP client: the messages that a server only reads. */

import {BerReader} from '../../../../src/decoy/codecs/ber/reader.ts'
import {context, contextPrimitive} from '../../../../src/decoy/codecs/ber/tags.ts'
import {
  boolean,
  constructed,
  enumerated,
  integer,
  type LengthForm,
  octetString,
  sequence,
} from '../../../../src/decoy/codecs/ber/writer.ts'
import {OPERATION} from '../../../../src/decoy/services/ldap/wire/operations.ts'

export function message(
  id: number,
  operation: Buffer,
  controls: readonly Buffer[] = [],
  form: LengthForm = 'minimal',
): Buffer {
  const tail = controls.length === 0 ? [] : [constructed(context(0), controls, form)]
  return sequence([integer(id), operation, ...tail], form)
}

export const simpleBind = (id: number, name: string, password: string): Buffer =>
  message(id, bindOperation(name, octetString(password, contextPrimitive(0))))

export const saslBind = (id: number, mechanism: string, token: Buffer): Buffer =>
  message(id, bindOperation('', constructed(context(3), [octetString(mechanism), octetString(token)])))

export const sicilyBind = (id: number, step: 9 | 10 | 11, token: Buffer): Buffer =>
  message(id, bindOperation('', octetString(token, contextPrimitive(step))))

const bindOperation = (name: string, authentication: Buffer): Buffer =>
  constructed(OPERATION.BIND, [integer(3), octetString(name), authentication])

export const extended = (id: number, oid: string): Buffer =>
  message(id, constructed(OPERATION.EXTENDED, [octetString(oid, contextPrimitive(0))]))

export interface SearchPlan {
  readonly base?: string
  readonly scope?: number
  readonly filter?: Buffer
  readonly attributes?: readonly string[]
  readonly sizeLimit?: number
  readonly controls?: readonly Buffer[]
  readonly form?: LengthForm
}

export function search(id: number, plan: SearchPlan = {}): Buffer {
  const {base = '', scope = 0, filter = present('objectClass'), attributes = [], sizeLimit = 0} = plan
  const form = plan.form ?? 'minimal'
  const operation = constructed(
    OPERATION.SEARCH,
    [
      octetString(base),
      enumerated(scope),
      enumerated(0),
      integer(sizeLimit),
      integer(0),
      boolean(false),
      filter,
      sequence(
        attributes.map((name) => octetString(name)),
        form,
      ),
    ],
    form,
  )
  return message(id, operation, plan.controls, form)
}

export const present = (name: string): Buffer => octetString(name, contextPrimitive(7))
export const equals = (name: string, value: string | Buffer): Buffer =>
  constructed(context(3), [octetString(name), octetString(value)])
export const atLeast = (name: string, value: string): Buffer =>
  constructed(context(5), [octetString(name), octetString(value)])
export const and = (...filters: readonly Buffer[]): Buffer => constructed(context(0), filters)
export const or = (...filters: readonly Buffer[]): Buffer => constructed(context(1), filters)
export const not = (filter: Buffer): Buffer => constructed(context(2), [filter])

export function substrings(name: string, initial: string | null, any: readonly string[], final: string | null): Buffer {
  const parts = [
    ...(initial === null ? [] : [octetString(initial, contextPrimitive(0))]),
    ...any.map((each) => octetString(each, contextPrimitive(1))),
    ...(final === null ? [] : [octetString(final, contextPrimitive(2))]),
  ]
  return constructed(context(4), [octetString(name), sequence(parts)])
}

export const rule = (name: string, oid: string, value: string): Buffer =>
  constructed(context(9), [
    octetString(oid, contextPrimitive(1)),
    octetString(name, contextPrimitive(2)),
    octetString(value, contextPrimitive(3)),
  ])

export function pagedControl(size: number, cookie: Buffer): Buffer {
  const value = sequence([integer(size), octetString(cookie)])
  return sequence([octetString('1.2.840.113556.1.4.319'), boolean(true), octetString(value)])
}

export interface Reply {
  readonly id: number
  readonly tag: number
  readonly code: number | null
  readonly matched: string
  readonly text: string
  /** serverSaslCreds. */
  readonly credentials: Buffer | null
  readonly dn: string
  readonly attributes: ReadonlyMap<string, readonly string[]>
  readonly raw: Buffer
  readonly cookie: Buffer | null
}

export function replies(bytes: Buffer): Reply[] {
  const reader = new BerReader(bytes)
  const list: Reply[] = []
  while (reader.more) list.push(reply(reader.next().raw))
  return list
}

function reply(raw: Buffer): Reply {
  const outer = new BerReader(raw).sequence()
  const id = outer.integer()
  const tag = outer.peek() ?? 0
  const inside = outer.enter(tag)
  const controls = outer.tryEnter(context(0))?.sequence()
  controls?.octetString()
  const paged = controls === undefined ? null : new BerReader(controls.octetString()).sequence()
  paged?.integer()
  const cookie = paged?.octetString() ?? null
  const base = {id, tag, raw, cookie, credentials: null, dn: '', attributes: new Map<string, string[]>()}
  if (tag === OPERATION.SEARCH_ENTRY) return {...base, code: null, matched: '', text: '', ...entry(inside)}
  if (tag === OPERATION.SEARCH_REFERENCE)
    return {...base, code: null, matched: '', text: inside.octetString().toString()}
  const code = inside.enumerated()
  const matched = inside.octetString().toString('latin1')
  const text = inside.octetString().toString()
  inside.optional(context(3))
  return {...base, code, matched, text, credentials: inside.optional(contextPrimitive(7)) ?? null}
}

function entry(reader: BerReader): {dn: string; attributes: Map<string, string[]>} {
  const dn = reader.octetString().toString()
  const list = reader.sequence()
  const attributes = new Map<string, string[]>()
  while (list.more) {
    const attribute = list.sequence()
    const name = attribute.octetString().toString()
    const values = attribute.enter(0x31)
    const texts: string[] = []
    while (values.more) texts.push(values.octetString().toString())
    attributes.set(name, texts)
  }
  return {dn, attributes}
}
