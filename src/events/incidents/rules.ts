/** Sources that are known to be harmless, such as the operator's own scanner: their events are explained, not dropped. */
import {BlockList} from 'node:net'

import type Database from 'better-sqlite3'

import {DecnetError} from '../../fleet/errors.ts'
import type {EvidenceEvent} from '../event.ts'

/** All of its pairs must hold. */
export interface Rule {
  readonly name: string
  readonly pairs: readonly RulePair[]
}

export interface RulePair {
  /** A field of the event as its JSON has it: `service`, `src.ip`, `credential.principal`, `data.line.text` … */
  readonly field: string
  /** What it is, exactly; `*` stands for any characters. For `src.ip` and `dst.ip` also a subnet, `10.0.0.0/24`. */
  readonly value: string
}

const FIELD = /^[a-z][A-Za-z0-9]*(\.[a-z][A-Za-z0-9]*){0,4}$/

/** `src.ip=10.0.0.5` as a pair. Throws DecnetError for what is none. */
export function parsePair(text: string): RulePair {
  const equals = text.indexOf('=')
  const field = text.slice(0, equals)
  const value = text.slice(equals + 1)
  if (equals < 1 || !FIELD.test(field) || value === '') {
    throw new DecnetError('USAGE', `${JSON.stringify(text)} is no FIELD=VALUE`, {
      hint: 'write for example src.ip=10.0.0.5, src.ip=10.0.0.0/24 or service=snmp',
    })
  }
  return {field, value}
}

export type Explain = (event: EvidenceEvent) => string | null

/** Names the first rule that explains an event; null: none does. */
export function explainer(rules: readonly Rule[]): Explain {
  const compiled = rules.map(({name, pairs}) => ({name, tests: pairs.map(testOf)}))
  return (event) => compiled.find(({tests}) => tests.every((test) => test(event)))?.name ?? null
}

export function storedRules(db: Database.Database): Rule[] {
  const rows = db.prepare('SELECT name, json FROM rules ORDER BY name').all() as {name: string; json: string}[]
  return rows.map(({name, json}) => ({name, pairs: JSON.parse(json) as RulePair[]}))
}

function testOf({field, value}: RulePair): (event: EvidenceEvent) => boolean {
  const path = field.split('.')
  const matches = field.endsWith('.ip') && value.includes('/') ? subnetTest(value) : textTest(value)
  return (event) => {
    const found = path.reduce<unknown>(
      (at, key) => (isRecord(at) && Object.hasOwn(at, key) ? at[key] : undefined),
      event,
    )
    return typeof found === 'string' || typeof found === 'number' || typeof found === 'boolean'
      ? matches(String(found))
      : false
  }
}

function subnetTest(value: string): (text: string) => boolean {
  const [network = '', prefix] = value.split('/')
  const list = new BlockList()
  try {
    list.addSubnet(network, Number(prefix), network.includes(':') ? 'ipv6' : 'ipv4')
  } catch {
    throw new DecnetError('USAGE', `${value} is no subnet`, {hint: 'write for example src.ip=10.0.0.0/24'})
  }
  return (text) => list.check(text, text.includes(':') ? 'ipv6' : 'ipv4')
}

function textTest(value: string): (text: string) => boolean {
  const parts = value.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
  const pattern = new RegExp(`^${parts.join('[^]*?')}$`)
  return (text) => pattern.test(text)
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
